#pragma once

#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

namespace syncline::schema {

// Reads the indexes of a collection's document, whose groups the rules already have. `place` is the
// collection's. Errors: schema_invalid, naming the place.
[[nodiscard]] Result<void> parse_indexes(const Value::Object& collection, const std::string& place,
                                         CollectionRules& rules);

}  // namespace syncline::schema
