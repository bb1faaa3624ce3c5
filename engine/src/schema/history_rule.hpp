#pragma once

#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

namespace syncline::schema {

// Reads what a collection's document says of its history. `place` is the collection's. Errors:
// schema_invalid, naming the place.
[[nodiscard]] Result<void> parse_history(const Value::Object& collection, const std::string& place,
                                         CollectionRules& rules);

}  // namespace syncline::schema
