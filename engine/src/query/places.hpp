#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "query/index_list.hpp"
#include "syncline/query.hpp"
#include "syncline/value.hpp"

// Where a record stands in an index, and which part of an index a query asks for.

namespace syncline::query {

// Flags of an entry, its value.
inline constexpr unsigned kHasOthersFlag = 0x01;
inline constexpr unsigned kIsCutFlag = 0x02;

// Keys of the index keyspace, and the flags under them.
using Places = std::map<std::string, unsigned, std::less<>>;

// Adds the places of a record with these fields.
void add_places(const Index& index, std::string_view record, const Value::Object& fields,
                Places& places);

// What a query asks for. Bounds are half open: at or after the first, before the last.
struct Range {
  Index index;
  std::size_t limit = 0;
  bool reverse = false;
  std::string first_key;  // of the keys
  std::string last_key;
  std::string first_place;  // of the components, nothing of them cut
  std::string last_place;
  // Only keys behind this, in the direction of the query; empty for all.
  std::string behind;
};

// Errors: invalid_argument, cursor_malformed, those of encode_value.
[[nodiscard]] Result<Range> make_range(const Index& index, const Query& query);

// The key at which the record is given, or nothing if it has no place in the range.
[[nodiscard]] std::optional<std::string> place_in(const Range& range, std::string_view record,
                                                  const Value::Object& fields);

// Whether the key is within the range and behind where it begins.
[[nodiscard]] bool is_reached(const Range& range, std::string_view key);

// The cursor that goes on behind a key of the range.
[[nodiscard]] std::string cursor_behind(const Range& range, std::string_view key);

// The key that a cursor goes on behind. Errors: cursor_malformed.
[[nodiscard]] Result<std::string> decode_cursor(const Index& index, bool reverse,
                                                std::string_view cursor);

}  // namespace syncline::query
