#include "query/index_key.hpp"

#include <bit>
#include <cmath>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"

namespace syncline::query {
namespace {

constexpr char kNoneTag = 0x01;
constexpr char kNullTag = kFirstValueTag;
constexpr char kFalseTag = 0x03;
constexpr char kTrueTag = 0x04;
constexpr char kNumberTag = 0x05;
constexpr char kStringTag = 0x06;
constexpr char kBytesTag = 0x07;

constexpr char kZero = '\0';
constexpr char kEscaped = '\xFF';
constexpr char kWhole = 0x00;
constexpr char kCut = 0x01;

constexpr std::size_t kNumberBytes = 10;
constexpr std::size_t kIndexNumberBytes = 4;

// A number as the greatest double that is not above it, and what it lies above that.
struct Floor {
  double below = 0;
  std::uint16_t rest = 0;
};

Floor floor_of(std::int64_t number) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  auto below = static_cast<double>(number);
  if (below >= kTwoTo63 || static_cast<std::int64_t>(below) > number)
    below = std::nextafter(below, -kTwoTo63);
  return {below, static_cast<std::uint16_t>(number - static_cast<std::int64_t>(below))};
}

void append_number(std::string& out, const Floor& number) {
  constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;
  // The two zeros are one number.
  const auto bits = std::bit_cast<std::uint64_t>(number.below == 0 ? 0.0 : number.below);
  codec::append_u64(out, (bits & kSignBit) != 0 ? ~bits : bits ^ kSignBit);
  out.push_back(static_cast<char>(number.rest >> 8U));
  out.push_back(static_cast<char>(number.rest & 0xFFU));
}

bool append_content(std::string& out, std::string_view bytes, std::size_t room_bytes) {
  const std::size_t begin = out.size();
  for (const char byte : bytes) {
    if (out.size() - begin >= room_bytes) {
      out.push_back(kCut);
      return true;
    }
    out.push_back(byte);
    if (byte == kZero) out.push_back(kEscaped);
  }
  out.push_back(kWhole);
  return false;
}

// The size of the content of a string or bytes, its end included; nothing if it has no end.
std::optional<std::size_t> content_size(std::string_view bytes, std::size_t room_bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at >= room_bytes) {
      if (bytes[at] != kWhole && bytes[at] != kCut) return std::nullopt;
      return at + 1;
    }
    if (bytes[at] != kZero) continue;
    const bool escaped = at + 1 < bytes.size() && bytes[at + 1] == kEscaped;
    if (!escaped) return at + 1;
    ++at;
  }
  return std::nullopt;
}

std::optional<std::size_t> component_size(std::string_view bytes, std::size_t room_bytes) {
  if (bytes.empty()) return std::nullopt;
  switch (bytes.front()) {
    case kNoneTag:
    case kNullTag:
    case kFalseTag:
    case kTrueTag:
      return 1;
    case kNumberTag:
      if (bytes.size() < 1 + kNumberBytes) return std::nullopt;
      return 1 + kNumberBytes;
    case kStringTag:
    case kBytesTag: {
      const auto size = content_size(bytes.substr(1), room_bytes);
      if (!size) return std::nullopt;
      return 1 + *size;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::size_t component_room(std::size_t fields) { return kIndexValueBytesMax / fields; }

bool has_place(const Value& value) {
  return value.if_array() == nullptr && value.if_object() == nullptr;
}

bool append_component(std::string& out, const Value* value, std::size_t room_bytes) {
  if (value == nullptr || !has_place(*value)) {
    out.push_back(kNoneTag);
  } else if (value->is_null()) {
    out.push_back(kNullTag);
  } else if (const auto* boolean = value->if_bool()) {
    out.push_back(*boolean ? kTrueTag : kFalseTag);
  } else if (const auto* integer = value->if_int64()) {
    out.push_back(kNumberTag);
    append_number(out, floor_of(*integer));
  } else if (const auto* number = value->if_double()) {
    out.push_back(kNumberTag);
    append_number(out, {*number, 0});
  } else if (const auto* text = value->if_string()) {
    out.push_back(kStringTag);
    return append_content(out, *text, room_bytes);
  } else {
    out.push_back(kBytesTag);
    return append_content(out, value->if_bytes()->data, room_bytes);
  }
  return false;
}

void append_index_number(std::string& out, std::uint32_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<char>(number >> shift & 0xFFU));
}

std::optional<std::uint32_t> number_of_index_key(std::string_view key) {
  if (key.size() < kIndexNumberBytes) return std::nullopt;
  std::uint32_t number = 0;
  for (const char byte : key.substr(0, kIndexNumberBytes))
    number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

std::optional<IndexKeyParts> split_index_key(std::string_view key, std::size_t fields) {
  const auto number = number_of_index_key(key);
  if (!number) return std::nullopt;
  std::size_t at = kIndexNumberBytes;
  for (std::size_t field = 0; field < fields; ++field) {
    const auto size = component_size(key.substr(at), component_room(fields));
    if (!size) return std::nullopt;
    at += *size;
  }
  const std::string_view record = key.substr(at);
  if (!check_record(record)) return std::nullopt;
  return IndexKeyParts{*number, key.substr(kIndexNumberBytes, at - kIndexNumberBytes), record};
}

}  // namespace syncline::query
