#pragma once

#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

namespace syncline::schema {

// Reads the indexes of a collection's document, whose groups the rules already have. `place` is the
// collection's. In a stored document an index that this build cannot keep is passed over: the build
// that can makes it anew. Errors: schema_invalid, naming the place.
[[nodiscard]] Result<void> parse_indexes(const Value::Object& collection, const std::string& place,
                                         bool is_stored, CollectionRules& rules);

}  // namespace syncline::schema
