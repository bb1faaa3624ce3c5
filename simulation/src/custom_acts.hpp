#pragma once

#include "place.hpp"
#include "syncline/simulation/workload.hpp"

namespace syncline::simulation {

// What the app of a simulated device does to a field with a custom strategy. Of one that is
// registered nobody here can tell what it makes of a value; of one that is not, the raw slots are
// read, put back and replaced.
[[nodiscard]] Act change_custom(Replica& replica, const Place& place, SeededRandom& random);

// The act, or none if it was refused because a custom strategy does not offer it.
[[nodiscard]] Act pass_over(Act act, const Place& place);

}  // namespace syncline::simulation
