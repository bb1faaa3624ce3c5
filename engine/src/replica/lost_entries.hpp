#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "replica/repair_plan.hpp"

namespace syncline::replica {

// What the names of lost entries in meta begin with (spec/op-format.md, What is stored).
inline constexpr std::string_view kLostPrefix = "lost/";

// Keeps an entry of what is kept aside in meta, byte for byte. Answers the name that it gets;
// nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> keep_as_it_is(RepairPlan& plan, Keyspace keyspace,
                                                       std::string_view key);

}  // namespace syncline::replica
