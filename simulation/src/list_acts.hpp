#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "place.hpp"
#include "syncline/simulation/workload.hpp"

namespace syncline::simulation {

// What the app of a simulated device does to lists. Every item that it inserts is another, so that
// in the end it can tell whether each is there, and once.
//
// Thread safety: none.
class ListActs {
 public:
  [[nodiscard]] Act change(Replica& replica, const Place& place, SeededRandom& random);
  // Puts the list in another order, some items left out and some new.
  [[nodiscard]] Act put(Replica& replica, const Place& place, SeededRandom& random);
  // What was inserted into the record's lists may be gone.
  void forget(const Place& place);
  // Nor is it known what the field holds in any record, from now on.
  void forget_field(const Place& place) { migrated_.emplace(place.collection, place.field); }

  // An item that is there twice on a device, or is not there though nobody removed it.
  [[nodiscard]] std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const;

 private:
  using Items = std::vector<Value>;
  using RecordName = std::pair<std::string, std::string>;
  struct ListName {
    std::string collection;
    std::string record;
    std::string field;

    auto operator<=>(const ListName&) const = default;
  };

  [[nodiscard]] Value new_item(FieldType type);
  [[nodiscard]] Items new_items(FieldType type, std::uint64_t count);
  // Keeps the account, and holds what is read against what the act should have made of it.
  void settle_act(const Replica& replica, const Place& place, bool existed, const Items& before,
                  const Items& expected, Act& act);

  std::int64_t next_ = 0;
  std::map<ListName, std::set<std::string>> inserted_;  // encoded, and not removed
  std::set<RecordName> forgotten_;
  std::set<std::pair<std::string, std::string>> migrated_;  // collections and fields
};

}  // namespace syncline::simulation
