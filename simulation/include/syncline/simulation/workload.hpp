#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"
#include "syncline/simulation/random.hpp"

namespace syncline::simulation {

// What one act of an app did.
struct Act {
  std::string what;     // for the trace: "put metrics/day1 {…}"
  Result<void> result;  // of Replica::write
  // What the app expected and did not find afterwards; makes the seed fail.
  std::optional<std::string> surprise;
};

// What the app of a simulated device does. One object serves all devices of a world; it is made
// anew for each seed.
//
// Thread safety: none.
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;

  // Changes something on a device. The replica may have an older schema than others.
  [[nodiscard]] virtual Act act(Replica& replica, SeededRandom& random) = 0;

  // A device was migrated, so that fields merge in other ways on it; or it began to be. What it has
  // by the new rules is made of what it had. Into fields, named with their collections, that keep
  // their rule it takes in what devices without that rule had written.
  virtual void migrated(const Schema& before, const Schema& after,
                        const std::set<std::pair<std::string, std::string>>& taken_in) {
    static_cast<void>(before);
    static_cast<void>(after);
    static_cast<void>(taken_in);
  }

  // Looks at all devices when every one has everything: what is not as the acts said, or nothing.
  [[nodiscard]] virtual std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const {
    static_cast<void>(devices);
    return std::nullopt;
  }
};

using WorkloadFactory = std::function<std::unique_ptr<Workload>()>;

// A workload for any schema: puts, patches, clears, deletes, increments, additions, removals and
// keys, by the strategy of each field, on few records, so that devices meet. It reads every write
// back, and holds the counters in the end against all that was added.
[[nodiscard]] std::unique_ptr<Workload> make_schema_workload();

}  // namespace syncline::simulation
