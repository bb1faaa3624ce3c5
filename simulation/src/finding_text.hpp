#pragma once

#include <string>
#include <string_view>

#include "invariants.hpp"
#include "ledger.hpp"

// How a broken invariant is told.

namespace syncline::simulation::invariants {

[[nodiscard]] Finding broken(std::string_view invariant, std::string what);

// A slot key for people to read.
[[nodiscard]] std::string printable(std::string_view slot);

// A register for people to read.
[[nodiscard]] std::string shown(const Register& held);

}  // namespace syncline::simulation::invariants
