#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The primitives of spec/op-format.md: big-endian integers, shortest varints, UTF-8.

namespace syncline::codec {

void append_u64(std::string& out, std::uint64_t value);
void append_varint(std::string& out, std::uint32_t value);
// Varint length, then the bytes.
void append_sized(std::string& out, std::string_view bytes);
[[nodiscard]] std::size_t varint_size(std::uint32_t value);

// Reads from the front of a buffer that it borrows; every take answers nothing, and leaves the
// position where it was, when the bytes are not there or not canonical.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::optional<std::uint8_t> take_u8();
  [[nodiscard]] std::optional<std::uint64_t> take_u64();
  [[nodiscard]] std::optional<std::uint32_t> take_varint();
  [[nodiscard]] std::optional<std::string_view> take(std::size_t size_bytes);
  [[nodiscard]] std::optional<std::string_view> take_sized();

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Whether the text is well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

// Two lower-case digits a byte.
[[nodiscard]] std::string encode_hex(std::string_view bytes);
[[nodiscard]] std::string encode_base64(std::string_view bytes);
// Nothing unless it is the padded, canonical encoding of some bytes (RFC 4648).
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace syncline::codec
