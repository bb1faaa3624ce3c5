#include "strategy/carry_over.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "strategy/carried_list.hpp"
#include "strategy/tag.hpp"

namespace syncline::strategy {
namespace {

bool is_tagged(Merge merge) {
  return merge == Merge::kSet || merge == Merge::kMulti || merge == Merge::kMergeText;
}

bool is_extreme(Merge merge) { return merge == Merge::kMin || merge == Merge::kMax; }

// The latest live value of a multi, by the law.
std::optional<Holding> latest_value(std::span<const SlotView> slots) {
  const SlotView* latest = nullptr;
  for (const SlotView& slot : slots) {
    if (!is_live_value(slot)) continue;
    if (latest == nullptr || beats(slot.stamp, slot.value, latest->stamp, latest->value))
      latest = &slot;
  }
  if (latest == nullptr) return std::nullopt;
  auto value = decode_value(latest->value);
  if (!value) return std::nullopt;
  return Holding{std::move(*value), latest->stamp};
}

// Whether no live value is later than that under the empty element. That one may be the joined text
// already, which would be joined with its parts again.
bool is_first_latest(std::span<const SlotView> slots) {
  if (slots.empty() || !slots.front().element.empty() || !slots.front().is_live()) return false;
  return std::none_of(slots.begin(), slots.end(), [&slots](const SlotView& slot) {
    return is_live_value(slot) && slot.stamp > slots.front().stamp;
  });
}

// What is read where the strategy that wrote it is not there.
bool is_raw(const Value& value) {
  const auto* members = value.if_object();
  return members != nullptr && members->size() == 1 && members->contains("$slots");
}

// In whose name an accumulator holds what was carried over: no replica's own, and nobody counts on
// in it. So all devices make one slot of it, of which the law keeps the latest.
ReplicaId carrier_of(Merge merge) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  if (merge == Merge::kCounter) return static_cast<ReplicaId>(kLast);
  return static_cast<ReplicaId>(merge == Merge::kMin ? kLast - 1 : kLast - 2);
}

// Whether the rule holds something of its own in the field that is no earlier: then what is carried
// over is a copy of that, or has been replaced by it.
bool holds_later(const FieldRule& rule, std::span<const SlotView> slots, const Stamp& deletion,
                 const Stamp& stamp) {
  return std::any_of(slots.begin(), slots.end(), [&](const SlotView& slot) {
    if (slot.element.empty() || slot.stamp < stamp) return false;
    return is_tagged(rule.merge) ? is_tag(slot.element)
                                 : strategy_of(rule).resolve({&slot, 1}, deletion).has_value();
  });
}

Value as_put(Merge after, const Value& value) {
  if ((after == Merge::kSet || after == Merge::kList) && value.if_array() == nullptr)
    return Value(Value::Array{value});
  return value;
}

Result<std::vector<Carried>> one_register(std::string element, const Holding& holding) {
  auto encoded = encode_value(holding.value);
  if (!encoded) return fail(encoded.error());
  return std::vector<Carried>{{std::move(element), holding.stamp, std::move(*encoded)}};
}

// Each item with the stamp of its own slots, where it has some: what was removed from the list
// since then stays removed.
Result<std::vector<Carried>> as_carried_items(const FieldRule& before, const Holding& holding,
                                              std::span<const SlotView> slots) {
  std::map<std::string_view, Stamp> stamps;
  for (const SlotView& slot : slots) {
    const bool is_item = (before.merge == Merge::kSet && is_live_tag(slot)) ||
                         (before.merge == Merge::kMulti && is_live_value(slot));
    if (!is_item) continue;
    Stamp& stamp = stamps[slot.value];
    stamp = std::max(stamp, slot.stamp);
  }
  const Value value = as_put(Merge::kList, holding.value);
  std::vector<CarriedItem> items;
  for (const Value& item : *value.if_array()) {
    auto encoded = encode_value(item);
    if (!encoded) return fail(encoded.error());
    const auto own = stamps.find(*encoded);
    const Stamp& stamp = own == stamps.end() ? holding.stamp : own->second;
    items.push_back({std::move(*encoded), stamp});
  }
  return carry_into_list(items, slots, holding.stamp);
}

// By what the strategy itself writes when the value is put.
Result<std::vector<Carried>> as_written(const FieldRule& after, const Value& value,
                                        const Stamp& stamp, std::span<const SlotView> slots,
                                        const Stamp& deletion, bool is_return) {
  std::vector<SlotView> seen;
  if (is_return) {
    std::copy_if(slots.begin(), slots.end(), std::back_inserter(seen),
                 [&stamp](const SlotView& slot) { return slot.stamp <= stamp; });
  }
  Stamp named = stamp;
  if (accumulates(after.merge)) named.replica = carrier_of(after.merge);
  auto writes = strategy_of(after).write(Put{value}, seen, {named, deletion, FieldType::kAny});
  if (!writes) return fail(writes.error());
  if (after.merge == Merge::kList) *writes = name_inserted(std::move(*writes), seen);
  std::vector<Carried> carried;
  for (SlotWrite& write : *writes)
    carried.push_back({std::move(write.element), stamp, std::move(write.value)});
  return carried;
}

}  // namespace

bool share_slots(Merge a, Merge b) {
  return (a == b && a != Merge::kCustom) || (is_tagged(a) && is_tagged(b)) ||
         (is_extreme(a) && is_extreme(b));
}

std::optional<Holding> holding_of(const FieldRule& rule, std::span<const SlotView> slots,
                                  const Stamp& deletion, bool to_list) {
  if (rule.merge == Merge::kMulti && !to_list) return latest_value(slots);
  if (rule.merge == Merge::kMergeText && is_first_latest(slots)) return latest_value(slots);
  const Strategy& strategy = strategy_of(rule);
  auto value = strategy.resolve(slots, deletion);
  if (!value || is_raw(*value)) return std::nullopt;
  Stamp latest;
  for (const SlotView& slot : slots) {
    const bool is_read =
        rule.merge == Merge::kCustom || strategy.resolve(std::span(&slot, 1), deletion).has_value();
    if (is_read) latest = std::max(latest, slot.stamp);
  }
  return Holding{std::move(*value), latest};
}

Result<std::vector<Carried>> carry_over(const FieldRule& before, const FieldRule& after,
                                        const Holding& holding, std::span<const SlotView> slots,
                                        const Stamp& deletion, bool is_return) {
  if (share_slots(before.merge, after.merge)) {
    // A value from before there were tags is one of a multi and a merge_text, but no item of a set.
    const bool is_first = !slots.empty() && slots.front().element.empty();
    if (after.merge != Merge::kSet || !is_first || !slots.front().is_live())
      return std::vector<Carried>{};
    const SlotView& first = slots.front();
    return std::vector<Carried>{{tag_of(first.stamp, 0), first.stamp, std::string(first.value)}};
  }
  if (is_return && holds_later(after, slots, deletion, holding.stamp))
    return std::vector<Carried>{};
  switch (after.merge) {
    case Merge::kLww:
      return one_register({}, holding);
    case Merge::kMulti:
      // Under the empty element it is one value, whatever it is.
      if (before.merge != Merge::kList && !is_return) return one_register({}, holding);
      return as_written(
          after, before.merge == Merge::kList ? holding.value : Value(Value::Array{holding.value}),
          holding.stamp, slots, deletion, is_return);
    case Merge::kMergeText:
      if (holding.value.if_string() == nullptr)
        return fail(Code::kTypeMismatch, "what is held is no text");
      if (!is_return) return one_register({}, holding);
      break;
    case Merge::kList:
      if (!is_return) return as_carried_items(before, holding, slots);
      break;
    default:
      break;
  }
  return as_written(after, as_put(after.merge, holding.value), holding.stamp, slots, deletion,
                    is_return);
}

}  // namespace syncline::strategy
