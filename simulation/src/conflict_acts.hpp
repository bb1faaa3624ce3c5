#pragma once

#include <optional>

#include "syncline/conflicts.hpp"
#include "syncline/simulation/workload.hpp"

// What a person does with the conflict journal.

namespace syncline::simulation {

// One of the latest open conflicts; nothing if there is none.
[[nodiscard]] std::optional<Conflict> choose_conflict(const Replica& replica, SeededRandom& random);

// Puts back what lost, or says that it may stay so, and reads the journal and the record back.
[[nodiscard]] Act restore_conflict(Replica& replica, const Conflict& conflict);
[[nodiscard]] Act dismiss_conflict(Replica& replica, const Conflict& conflict);

}  // namespace syncline::simulation
