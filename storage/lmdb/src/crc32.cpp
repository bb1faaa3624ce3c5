#include "crc32.hpp"

#include <array>
#include <cstddef>
#include <zlib.h>

namespace syncline::lmdb {
namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320;
constexpr std::size_t kStride = 8;
// From here on zlib, which treats several words at once, is faster.
constexpr std::size_t kLongBytes = 512;

// tables[n][b] is the remainder of byte b followed by n zero bytes, so that the remainders of eight
// bytes can be looked up independently of each other.
constexpr auto kTables = [] {
  std::array<std::array<std::uint32_t, 256>, kStride> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? kPolynomial : 0U);
    }
    tables[0][byte] = remainder;
  }
  for (std::size_t zeros = 1; zeros < kStride; ++zeros) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[zeros - 1][byte];
      tables[zeros][byte] = (before >> 8U) ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}();

std::uint32_t four_bytes(const unsigned char* bytes) {
  return bytes[0] | (std::uint32_t{bytes[1]} << 8U) | (std::uint32_t{bytes[2]} << 16U) |
         (std::uint32_t{bytes[3]} << 24U);
}

}  // namespace

std::uint32_t crc32_of(std::uint32_t sum, std::string_view bytes) {
  const auto* at = static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
  std::size_t left = bytes.size();
  if (left >= kLongBytes) return static_cast<std::uint32_t>(crc32_z(sum, at, left));
  sum = ~sum;
  for (; left >= kStride; left -= kStride, at += kStride) {
    const std::uint32_t low = sum ^ four_bytes(at);
    const std::uint32_t high = four_bytes(at + 4);
    sum = kTables[7][low & 0xffU] ^ kTables[6][(low >> 8U) & 0xffU] ^
          kTables[5][(low >> 16U) & 0xffU] ^ kTables[4][low >> 24U] ^ kTables[3][high & 0xffU] ^
          kTables[2][(high >> 8U) & 0xffU] ^ kTables[1][(high >> 16U) & 0xffU] ^
          kTables[0][high >> 24U];
  }
  for (; left != 0; --left, ++at) sum = (sum >> 8U) ^ kTables[0][(sum ^ *at) & 0xffU];
  return ~sum;
}

}  // namespace syncline::lmdb
