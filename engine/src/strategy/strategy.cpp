#include "strategy/strategy.hpp"

#include <array>

#include "codec/bytes.hpp"

namespace syncline::strategy {
namespace {

constexpr std::size_t kReplicaBytes = 8;

}  // namespace

const Strategy& strategy_of(const FieldRule& rule) {
  switch (rule.merge) {
    case Merge::kMin:
      return min_strategy();
    case Merge::kMax:
      return max_strategy();
    case Merge::kCounter:
      return counter_strategy();
    case Merge::kSet:
      return set_strategy();
    case Merge::kMap:
      return map_strategy();
    case Merge::kMulti:
      return multi_strategy();
    case Merge::kMergeText:
      return merge_text_strategy();
    case Merge::kList:
      return list_strategy();
    case Merge::kGroup:
      return group_strategy();
    case Merge::kCustom:
      return *rule.custom;
    case Merge::kLww:
      break;
  }
  return lww_strategy();
}

tl::unexpected<Error> wrong_strategy(std::string_view strategy) {
  return fail(Code::kWrongStrategy,
              "a field merged by \"" + std::string(strategy) + "\" does not offer this change");
}

Result<std::string> encode_typed(const Value& value, FieldType type) {
  if (!type_accepts(type, value)) {
    return fail(Code::kTypeMismatch, value_to_json(value).substr(0, 40) + " is not of type " +
                                         std::string(type_name(type)));
  }
  return encode_value(value);
}

std::vector<SlotWrite> tombstones(std::span<const SlotView> slots) {
  std::vector<SlotWrite> writes;
  for (const SlotView& slot : slots) {
    if (slot.is_live()) writes.push_back({std::string(slot.element), std::string(kTombstone)});
  }
  return writes;
}

bool accumulates(Merge merge) {
  return merge == Merge::kCounter || merge == Merge::kMin || merge == Merge::kMax;
}

std::string accumulator_element(ReplicaId replica, const Stamp& deletion) {
  std::string element;
  codec::append_u64(element, static_cast<std::uint64_t>(replica));
  append_stamp(element, deletion);
  return element;
}

std::optional<Stamp> followed_deletion(std::string_view element) {
  if (element.size() != kReplicaBytes + kStampBytes) return std::nullopt;
  return decode_stamp(element.substr(kReplicaBytes));
}

bool follows_deletion(std::string_view element, const Stamp& deletion) {
  return followed_deletion(element) == deletion;
}

}  // namespace syncline::strategy
