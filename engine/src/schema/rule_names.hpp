#pragma once

#include <optional>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/strategy.hpp"

// The names that a schema document has for strategies and types.

namespace syncline::schema {

// The rule of a field that is merged so. Errors: schema_invalid (no strategy of this build),
// key_malformed, key_too_long (the name of a custom one).
[[nodiscard]] Result<FieldRule> rule_of_name(std::string_view name, const Strategies& strategies);
// The same where a newer build may have named it: what this build does not know is kept as it is.
[[nodiscard]] Result<FieldRule> stored_rule(std::string_view name, const Strategies& strategies);

[[nodiscard]] std::optional<FieldType> type_of_name(std::string_view name);

}  // namespace syncline::schema
