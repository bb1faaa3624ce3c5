#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/strategy.hpp"

// The built-in strategies of spec/merge.md, and what they share.

namespace syncline::strategy {

[[nodiscard]] const Strategy& lww_strategy();
[[nodiscard]] const Strategy& min_strategy();
[[nodiscard]] const Strategy& max_strategy();
[[nodiscard]] const Strategy& counter_strategy();
[[nodiscard]] const Strategy& set_strategy();
[[nodiscard]] const Strategy& map_strategy();
[[nodiscard]] const Strategy& multi_strategy();
[[nodiscard]] const Strategy& merge_text_strategy();
[[nodiscard]] const Strategy& list_strategy();
[[nodiscard]] const Strategy& group_strategy();

// The strategy of a field; it borrows from the rule where it is a custom one.
[[nodiscard]] const Strategy& strategy_of(const FieldRule& rule);

[[nodiscard]] tl::unexpected<Error> wrong_strategy(std::string_view strategy);
// The encoding of a value that is of the type. Errors: type_mismatch, those of encode_value.
[[nodiscard]] Result<std::string> encode_typed(const Value& value, FieldType type);
// A tombstone for each live slot.
[[nodiscard]] std::vector<SlotWrite> tombstones(std::span<const SlotView> slots);
// Whether each replica has a slot of its own for the strategy, which only grows.
[[nodiscard]] bool accumulates(Merge merge);
// The element of an accumulating strategy's slot: the replica, then the deletion that it follows.
[[nodiscard]] std::string accumulator_element(ReplicaId replica, const Stamp& deletion);
// The deletion that such an element follows; nothing for any other element.
[[nodiscard]] std::optional<Stamp> followed_deletion(std::string_view element);
// Whether the element is one, and follows this deletion.
[[nodiscard]] bool follows_deletion(std::string_view element, const Stamp& deletion);

}  // namespace syncline::strategy
