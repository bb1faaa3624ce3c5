#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger.hpp"
#include "syncline/value.hpp"

namespace syncline::simulation {

// What the slots of a list that count, by element, resolve to: a second, plain reading of
// spec/merge.md.
[[nodiscard]] std::optional<Value> meaning_of_list(const std::map<std::string, Register>& field);

}  // namespace syncline::simulation
