#pragma once

#include <string>

#include "syncline/simulation/workload.hpp"

namespace syncline::simulation {

// Several changes in one transaction, to two records that no other act touches. Some fail and are
// taken back alone, and some transactions are given up as a whole. What the transaction saw at its
// end is what is there afterwards.
[[nodiscard]] Act act_in_one_transaction(Replica& replica, const std::string& collection,
                                         SeededRandom& random);

}  // namespace syncline::simulation
