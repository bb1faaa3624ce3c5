#pragma once

#include "plan.hpp"

namespace syncline::simulation {

// Leaves out of a failing plan what it fails without (Zeller, Hildebrandt: Simplifying and
// Isolating Failure-Inducing Input, IEEE TSE 2002), and fills in the failure's trace.
void shrink_failure(const Options& options, Plan plan, Failure& failure);

}  // namespace syncline::simulation
