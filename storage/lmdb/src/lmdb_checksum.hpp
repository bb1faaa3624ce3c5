#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "syncline/error.hpp"

// What is stored under a key: the checksum, 4 bytes big-endian, then the value.

namespace syncline::lmdb {

inline constexpr std::size_t kChecksumBytes = 4;

// The databases, by the number that their checksums cover: the keyspaces, and the header.
inline constexpr std::uint8_t kHeaderDatabase = 255;
[[nodiscard]] std::string_view database_name(std::uint8_t database);

// CRC-32 of the database, the key's length, the key and the value, so that a value which damage
// moves to another key does not pass either.
[[nodiscard]] std::uint32_t checksum(std::uint8_t database, std::string_view key,
                                     std::string_view value);

// Writes value.size() + kChecksumBytes bytes to `target`.
void write_checked(std::uint8_t database, std::string_view key, std::string_view value,
                   void* target);

// The value inside of what is stored under the key; it views the same bytes. `stored` is what LMDB
// answered and points into the map, whose pages have `page_bytes` bytes.
// Errors: store_corrupt, which names the database and the key.
[[nodiscard]] Result<std::string_view> read_checked(std::uint8_t database, std::string_view key,
                                                    std::string_view stored,
                                                    std::size_t page_bytes);

}  // namespace syncline::lmdb
