#pragma once

#include <optional>
#include <span>
#include <vector>

#include "syncline/strategy.hpp"

// A field's slots as a value, for whoever does not know what they mean (spec/merge.md, custom).

namespace syncline::strategy {

// The slots as they are; nothing if there is none.
[[nodiscard]] std::optional<Value> raw_slots(std::span<const SlotView> slots);

// Whether the mutation puts raw slots, in the right shape or not.
[[nodiscard]] bool is_raw_put(const Mutation& mutation);

// What a put of raw slots writes. Errors: type_mismatch (another shape, an element twice),
// key_too_long, those of encode_value.
[[nodiscard]] Result<std::vector<SlotWrite>> write_raw(const Mutation& mutation,
                                                       std::span<const SlotView> slots);

}  // namespace syncline::strategy
