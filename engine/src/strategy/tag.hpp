#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategy/strategy.hpp"

// Tags: elements that name one write each, so that what has not seen a write cannot touch it.

namespace syncline::strategy {

inline constexpr std::size_t kTagBytes = kStampBytes + 2;

// The name of a mutation's write of this ordinal, which no other write anywhere has.
[[nodiscard]] std::string tag_of(const Stamp& stamp, std::size_t ordinal);
// The ordinal behind that of the tag if the stamp made it, else 0. A stamp may be given again after
// it was withdrawn (spec/clock.md), while the tags that it made stay.
[[nodiscard]] std::size_t ordinal_behind(std::string_view tag, std::string_view stamp);
// The first ordinal that the stamp may make a tag with, beside these slots.
[[nodiscard]] std::size_t first_ordinal(std::span<const SlotView> slots, const Stamp& stamp);
// Errors: transaction_too_large.
[[nodiscard]] Result<void> check_tag_count(std::size_t count);

[[nodiscard]] inline bool is_tag(std::string_view element) { return element.size() == kTagBytes; }
// Whether the slot is a tag that nothing has replaced or removed.
[[nodiscard]] inline bool is_live_tag(const SlotView& slot) {
  return is_tag(slot.element) && slot.is_live();
}

// Whether the slot is a value of a multi-value register: under a tag, or under the empty element,
// which is what the field held while it was lww.
[[nodiscard]] inline bool is_live_value(const SlotView& slot) {
  return (is_tag(slot.element) || slot.element.empty()) && slot.is_live();
}

// The distinct live values, each where it stands first by the stamp of its slot, then by
// the element. They borrow from the slots.
[[nodiscard]] std::vector<std::string_view> values_in_order(std::span<const SlotView> slots);

// Tombstones every live value and writes each of the encoded ones under a new tag.
// Errors: transaction_too_large.
[[nodiscard]] Result<std::vector<SlotWrite>> replace_values(std::span<const SlotView> slots,
                                                            std::vector<std::string> values,
                                                            const Stamp& stamp);

}  // namespace syncline::strategy
