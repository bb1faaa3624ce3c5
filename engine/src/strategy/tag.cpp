#include "strategy/tag.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "syncline/limits.hpp"

namespace syncline::strategy {

std::string tag_of(const Stamp& stamp, std::size_t ordinal) {
  std::string tag = encode_stamp(stamp);
  tag.push_back(static_cast<char>(static_cast<std::uint8_t>(ordinal >> 8U)));
  tag.push_back(static_cast<char>(static_cast<std::uint8_t>(ordinal)));
  return tag;
}

std::size_t ordinal_behind(std::string_view tag, std::string_view stamp) {
  if (!is_tag(tag) || !tag.starts_with(stamp)) return 0;
  const auto byte = [&tag](std::size_t at) {
    return std::size_t{static_cast<std::uint8_t>(tag[kStampBytes + at])};
  };
  return (byte(0) << 8U | byte(1)) + 1;
}

std::size_t first_ordinal(std::span<const SlotView> slots, const Stamp& stamp) {
  const std::string encoded = encode_stamp(stamp);
  std::size_t first = 0;
  for (const SlotView& slot : slots) first = std::max(first, ordinal_behind(slot.element, encoded));
  return first;
}

Result<void> check_tag_count(std::size_t count) {
  if (count <= kTagsMax) return {};
  return fail(Code::kTransactionTooLarge, "more than 65,536 items are written at once");
}

std::vector<std::string_view> values_in_order(std::span<const SlotView> slots) {
  std::vector<const SlotView*> live;
  for (const SlotView& slot : slots) {
    if (is_live_value(slot)) live.push_back(&slot);
  }
  // They come ascending by element, which decides between equal stamps.
  std::stable_sort(live.begin(), live.end(),
                   [](const SlotView* a, const SlotView* b) { return a->stamp < b->stamp; });
  std::vector<std::string_view> values;
  std::set<std::string_view> known;
  for (const SlotView* slot : live) {
    if (known.insert(slot->value).second) values.push_back(slot->value);
  }
  return values;
}

Result<std::vector<SlotWrite>> replace_values(std::span<const SlotView> slots,
                                              std::vector<std::string> values, const Stamp& stamp) {
  std::size_t ordinal = first_ordinal(slots, stamp);
  if (auto ok = check_tag_count(ordinal + values.size()); !ok) return fail(ok.error());
  std::vector<SlotWrite> writes;
  for (const SlotView& slot : slots) {
    if (is_live_value(slot)) writes.push_back({std::string(slot.element), std::string(kTombstone)});
  }
  for (std::string& value : values) writes.push_back({tag_of(stamp, ordinal++), std::move(value)});
  return writes;
}

}  // namespace syncline::strategy
