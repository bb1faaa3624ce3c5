#pragma once

#include "syncline/schema.hpp"
#include "syncline/value.hpp"

namespace syncline::schema {

// The `conflicts` of a schema document; the defaults where it has none. Errors: schema_invalid.
[[nodiscard]] Result<ConflictBounds> parse_conflict_bounds(const Value::Object& document);

}  // namespace syncline::schema
