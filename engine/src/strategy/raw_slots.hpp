#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "syncline/strategy.hpp"

// A field's slots as a value, for whoever does not know what they mean (spec/merge.md, custom).

namespace syncline::strategy {

// The slots as they are; nothing if there is none.
[[nodiscard]] std::optional<Value> raw_slots(std::span<const SlotView> slots);

// The same with one slot more, in place of what its element held. Errors: those of encode_value.
[[nodiscard]] Result<Value> raw_slots_with(std::span<const SlotView> slots,
                                           std::string_view element, const Value& value);

// Whether the mutation puts raw slots, in the right shape or not.
[[nodiscard]] bool is_raw_put(const Mutation& mutation);

// What a put of raw slots writes. Errors: type_mismatch (another shape, an element twice),
// key_too_long, those of encode_value.
[[nodiscard]] Result<std::vector<SlotWrite>> write_raw(const Mutation& mutation,
                                                       std::span<const SlotView> slots);

}  // namespace syncline::strategy
