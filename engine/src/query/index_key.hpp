#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "syncline/value.hpp"

// The keys of indexes, whose byte order is the order of what they stand for (spec/indexes.md, Key).

namespace syncline::query {

// Of one component: so many bytes of content before it is cut.
[[nodiscard]] std::size_t component_room(std::size_t fields);
inline constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

// Whether the value has a place of its own; an array has one for each item, an object has none.
[[nodiscard]] bool has_place(const Value& value);

// Appends the component of a value; of null, and of a value without a place, that of "none".
// Answers whether it is cut.
bool append_component(std::string& out, const Value* value, std::size_t room_bytes);

// What is behind every "none" and before every value.
inline constexpr char kFirstValueTag = 0x02;
// No component and no record's name begins with a byte as high, so this ends what begins alike.
inline constexpr char kAfterAll = '\xFF';

// The number of an index, which its keys begin with.
void append_index_number(std::string& out, std::uint32_t number);

// The parts of a key, which they borrow.
struct IndexKeyParts {
  std::uint32_t number = 0;
  std::string_view components;
  std::string_view record;
};

// The number of the index that a key belongs to; nothing if it is too short.
[[nodiscard]] std::optional<std::uint32_t> number_of_index_key(std::string_view key);

// Takes a key of an index of so many fields apart; nothing if it is not one.
[[nodiscard]] std::optional<IndexKeyParts> split_index_key(std::string_view key,
                                                           std::size_t fields);

}  // namespace syncline::query
