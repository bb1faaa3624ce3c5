#pragma once

#include <string>

#include "syncline/batch.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {

// An op for people: its stamp, its slot and its value.
[[nodiscard]] std::string op_to_text(const Op& op);

// The same as members of a JSON object: stamp, collection, record, field, element, removed, value.
[[nodiscard]] Value::Object op_members(const Op& op);

}  // namespace syncline::cli
