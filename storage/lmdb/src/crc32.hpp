#pragma once

#include <cstdint>
#include <string_view>

namespace syncline::lmdb {

// The CRC-32 of zlib, gzip and Ethernet: `sum` is 0 or that of the bytes before. Zlib alone takes
// several times as long for the few dozen bytes that most keys and values have.
[[nodiscard]] std::uint32_t crc32_of(std::uint32_t sum, std::string_view bytes);

}  // namespace syncline::lmdb
