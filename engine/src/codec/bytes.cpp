#include "codec/bytes.hpp"

#include <array>

namespace syncline::codec {
namespace {

constexpr unsigned kVarintBits = 7;
constexpr std::uint8_t kVarintMore = 0x80;

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

// The length of the sequence that a lead byte starts and the range of its second byte (RFC 3629,
// section 4); length 0 for a byte that starts none.
struct Utf8Lead {
  std::size_t length;
  std::uint8_t second_min;
  std::uint8_t second_max;
};

Utf8Lead utf8_lead(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_base64_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < kBase64.size(); ++i) {
    digits.at(static_cast<std::uint8_t>(kBase64[i])) = static_cast<std::int8_t>(i);
  }
  return digits;
}
constexpr auto kBase64Digits = make_base64_digits();

}  // namespace

void append_u64(std::string& out, std::uint64_t value) {
  std::array<char, sizeof value> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8U)
    bytes.at(i) = static_cast<char>(static_cast<std::uint8_t>(value));
  out.append(bytes.data(), bytes.size());
}

void append_varint(std::string& out, std::uint32_t value) {
  while (value >= kVarintMore) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value | kVarintMore)));
    value >>= kVarintBits;
  }
  out.push_back(static_cast<char>(static_cast<std::uint8_t>(value)));
}

void append_sized(std::string& out, std::string_view bytes) {
  append_varint(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

std::size_t varint_size(std::uint32_t value) {
  std::size_t size = 1;
  while (value >= kVarintMore) {
    value >>= kVarintBits;
    ++size;
  }
  return size;
}

std::optional<std::uint8_t> Reader::take_u8() {
  if (rest_.empty()) return std::nullopt;
  const std::uint8_t value = byte_at(rest_, 0);
  rest_.remove_prefix(1);
  return value;
}

std::optional<std::uint64_t> Reader::take_u64() {
  if (rest_.size() < sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8U) | byte_at(rest_, i);
  rest_.remove_prefix(sizeof value);
  return value;
}

std::optional<std::uint32_t> Reader::take_varint() {
  constexpr std::size_t kBytesMax = 5;
  constexpr std::uint8_t kLastByteMax = 0x0F;  // what of a fifth byte still fits in 32 bits
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kBytesMax && i < rest_.size(); ++i) {
    const std::uint8_t byte = byte_at(rest_, i);
    if (i == kBytesMax - 1 && byte > kLastByteMax) return std::nullopt;
    value |= static_cast<std::uint32_t>(byte & 0x7FU) << (kVarintBits * i);
    if ((byte & kVarintMore) != 0) continue;
    if (byte == 0 && i > 0) return std::nullopt;  // not the shortest
    rest_.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Reader::take(std::size_t size_bytes) {
  if (rest_.size() < size_bytes) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, size_bytes);
  rest_.remove_prefix(size_bytes);
  return bytes;
}

std::optional<std::string_view> Reader::take_sized() {
  const std::string_view before = rest_;
  if (const auto size = take_varint()) {
    if (const auto bytes = take(*size)) return bytes;
  }
  rest_ = before;
  return std::nullopt;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const Utf8Lead lead = utf8_lead(byte_at(text, i));
    if (lead.length == 0 || text.size() - i < lead.length) return false;
    for (std::size_t k = 1; k < lead.length; ++k) {
      const std::uint8_t byte = byte_at(text, i + k);
      const std::uint8_t low = k == 1 ? lead.second_min : 0x80;
      const std::uint8_t high = k == 1 ? lead.second_max : 0xBF;
      if (byte < low || byte > high) return false;
    }
    i += lead.length;
  }
  return true;
}

std::string encode_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0FU]);
  }
  return text;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t group = static_cast<std::uint32_t>(byte_at(bytes, i)) << 16U;
    if (have > 1) group |= static_cast<std::uint32_t>(byte_at(bytes, i + 1)) << 8U;
    if (have > 2) group |= byte_at(bytes, i + 2);
    for (std::size_t k = 0; k < 4; ++k) {
      const std::uint32_t digit = (group >> (18U - 6U * k)) & 0x3FU;
      text.push_back(k <= have ? kBase64[digit] : '=');
    }
  }
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::size_t padding = 0;
    if (i + 4 == text.size()) {
      padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
    }
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::int8_t digit =
          k >= 4 - padding ? std::int8_t{0} : kBase64Digits.at(byte_at(text, i + k));
      if (digit < 0) return std::nullopt;
      group = (group << 6U) | static_cast<std::uint32_t>(digit);
    }
    // The bits that padding leaves over have to be zero, or two texts would decode to the same
    // bytes.
    if ((padding == 1 && (group & 0xFFU) != 0) || (padding == 2 && (group & 0xFFFFU) != 0)) {
      return std::nullopt;
    }
    for (std::size_t k = 0; k < 3 - padding; ++k) {
      bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(group >> (16U - 8U * k))));
    }
  }
  return bytes;
}

}  // namespace syncline::codec
