#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "replica/repair_plan.hpp"

namespace syncline::replica {

// What the names of lost entries in meta begin with (spec/op-format.md, What is stored).
inline constexpr std::string_view kLostPrefix = "lost/";

// Whether an entry of meta of this name is the whole key of the lost entry whose name it begins
// with, which has no room for it.
[[nodiscard]] bool is_key_of_lost_entry(std::string_view name);

// Keeps an entry in meta, byte for byte. Answers the name that it gets; nothing if it cannot be
// read.
std::optional<std::string> keep_as_it_is(RepairPlan& plan, Keyspace keyspace, std::string_view key);

}  // namespace syncline::replica
