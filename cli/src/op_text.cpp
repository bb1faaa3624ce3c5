#include "op_text.hpp"

#include <cstdint>
#include <string_view>

#include "syncline/slot.hpp"
#include "times.hpp"

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

constexpr std::size_t kReplicaBytes = 8;
constexpr std::size_t kTagBytes = kStampBytes + 2;
constexpr std::size_t kNodeBytes = kTagBytes + 1;  // what an item of a list hangs from

std::string moment_text(const Stamp& stamp) {
  return time_text(stamp.time.milliseconds()) + "." + std::to_string(stamp.time.counter());
}

// When an item came into its field, and as which of its mutation.
std::string tag_text(std::string_view tag) {
  const auto stamp = decode_stamp(tag.substr(0, kStampBytes));
  const auto byte = [&tag](std::size_t at) { return static_cast<unsigned char>(tag[at]); };
  const unsigned ordinal = byte(kStampBytes) * 256U + byte(kStampBytes + 1);
  return "of " + moment_text(*stamp) + (ordinal > 0 ? " #" + std::to_string(ordinal) : "");
}

// Nothing for an element that is none of the strategy's.
std::string element_text(Merge merge, std::string_view element, ReplicaId self) {
  switch (merge) {
    case Merge::kMap:
      return "." + std::string(element);
    case Merge::kCounter:
    case Merge::kMin:
    case Merge::kMax: {
      if (element.size() != kReplicaBytes + kStampBytes) return {};
      std::uint64_t replica = 0;
      for (const char c : element.substr(0, kReplicaBytes))
        replica = replica << 8U | static_cast<unsigned char>(c);
      return " (" + device_text(static_cast<ReplicaId>(replica), self) + ")";
    }
    case Merge::kSet:
    case Merge::kMulti:
    case Merge::kMergeText:
      return element.size() == kTagBytes ? " (item " + tag_text(element) + ")" : std::string();
    case Merge::kList:
      if (element.size() == kTagBytes + 1 + kTagBytes)
        return " (place of the item " + tag_text(element.substr(kNodeBytes)) + ")";
      return element.size() == kNodeBytes ? " (item)" : std::string();
    default:
      return {};
  }
}

}  // namespace

std::string device_text(ReplicaId replica, ReplicaId self) {
  return replica == self ? "this device" : "device " + to_hex(replica);
}

std::string place_text(const SlotKey& key, const Schema& schema, ReplicaId self) {
  if (key.field().empty()) return key.element() == kLiveElement ? "(created)" : "(deleted)";
  std::string field(key.field());
  if (key.element().empty()) return field;
  const Merge merge = schema.collection(key.collection()).field(key.field()).merge;
  const std::string element = element_text(merge, key.element(), self);
  return field + (element.empty() ? " (element " + hex(key.element()) + ")" : element);
}

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
