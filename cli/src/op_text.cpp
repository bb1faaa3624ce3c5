#include "op_text.hpp"

#include <cstdint>
#include <string_view>

#include "output.hpp"

namespace syncline::cli {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0FU]);
  }
  return text;
}

}  // namespace

std::string op_to_text(const Op& op) {
  const SlotKey& key = op.key;
  const auto value = decode_value(op.value);
  const std::string shown = is_tombstone(op.value) ? "removed"
                            : value                ? value_to_json(*value)
                                                   : "?";
  return time_text(op.stamp.time.milliseconds()) + "." + std::to_string(op.stamp.time.counter()) +
         " " + to_hex(op.stamp.replica) + "  " + std::string(key.collection()) + " " +
         std::string(key.record()) + " " +
         (key.field().empty() ? "(" + std::string(key.element()) + ")" : std::string(key.field())) +
         " = " + shown;
}

Value::Object op_members(const Op& op) {
  const SlotKey& key = op.key;
  const bool tombstone = is_tombstone(op.value);
  const auto value = tombstone ? Result<Value>(Value()) : decode_value(op.value);
  return {{"stamp", Value(hex(encode_stamp(op.stamp)))},
          {"collection", Value(key.collection())},
          {"record", Value(key.record())},
          {"field", Value(key.field())},
          {"element", Value(hex(key.element()))},
          {"removed", Value(tombstone)},
          {"value", value ? *value : Value()}};
}

}  // namespace syncline::cli
