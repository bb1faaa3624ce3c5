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

// What the app of a simulated device does to counters. It adds up all that was added, so that in
// the end it can tell what each of them holds.
//
// Thread safety: none.
class CounterActs {
 public:
  [[nodiscard]] Act increment(Replica& replica, const Place& place, SeededRandom& random);
  // The same by putting what it comes to.
  [[nodiscard]] Act put(Replica& replica, const Place& place, SeededRandom& random);
  // What was added to the record's counters before no longer tells what they hold.
  void forget(const Place& place);
  // The same of the field in all records, from now on.
  void forget_field(const Place& place) { migrated_.emplace(place.collection, place.field); }

  // A counter that does not hold what was added to it.
  [[nodiscard]] std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const;

 private:
  struct Counter {
    std::string collection;
    std::string record;
    std::string field;

    auto operator<=>(const Counter&) const = default;
  };

  [[nodiscard]] Act count(Replica& replica, const Place& place, std::int64_t amount,
                          bool by_putting);

  std::map<Counter, std::optional<std::int64_t>> counters_;
  std::set<std::pair<std::string, std::string>> forgotten_;  // records
  std::set<std::pair<std::string, std::string>> migrated_;   // collections and fields
};

}  // namespace syncline::simulation
