#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "syncline/batch.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"

// Reads spec/vectors/*.json (spec/vectors/README.md says how they are written).

namespace syncline::test {

namespace json = boost::json;

// The text of a file of the tree, by its path from the root.
std::string read_source_file(std::string_view path);

// Calls `run` with every case of spec/vectors/<file>, in the context of its name. Fails if there
// is none.
void for_each_case(std::string_view file, const std::function<void(const json::object&)>& run);

// Fails if the object has a member beside these, so that nothing in a vector goes unread.
void only_members(const json::object& object, std::initializer_list<std::string_view> known);

// Each fails the test when the vector is not as it should be.
[[noreturn]] void unknown(std::string_view what, std::string_view name);
std::string text(const json::object& object, std::string_view member);
std::int64_t number(const json::value& value);  // a number or its text
bool is_null_or_absent(const json::object& object, std::string_view member);
std::string from_hex(std::string_view hex);
std::string to_hex_text(std::string_view bytes);
// The bytes of a hex string, a repeat, or a list of both.
std::string expand(const json::value& parts);
Value typed(const json::value& value);
Stamp stamp_from_hex(std::string_view hex);
Op op_from(const json::object& object);

}  // namespace syncline::test
