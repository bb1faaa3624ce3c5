#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/value.hpp"

// Reads the members of a schema document. Every error is schema_invalid and names the place.

namespace syncline::schema {

[[nodiscard]] tl::unexpected<Error> invalid(const std::string& place, const std::string& what);

[[nodiscard]] Result<const Value::Object*> object_at(const Value& value, const std::string& place);

// An error if the object has a member beside these.
[[nodiscard]] Result<void> only_members(const Value::Object& object, const std::string& place,
                                        std::initializer_list<std::string_view> known);

// The member's string, or nothing if it is not there.
[[nodiscard]] Result<std::optional<std::string>> optional_string(const Value::Object& object,
                                                                 std::string_view name,
                                                                 const std::string& place);

}  // namespace syncline::schema
