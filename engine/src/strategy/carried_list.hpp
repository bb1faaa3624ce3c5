#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategy/carry_over.hpp"

// What is carried over into a list (spec/merge.md, Another schema). An item's node has a name that
// all devices find by themselves, whenever they carry it over, so that it is there once.

namespace syncline::strategy {

// The id of the node that holds a carried item, of which so many equal ones come before.
[[nodiscard]] std::string carried_id(std::string_view item, std::uint32_t occurrence);

struct CarriedItem {
  std::string value;  // encoded
  Stamp stamp;
};

// The registers of those items that are not there, or were there only before their stamp, among
// what the list holds. The places are named by `stamp`. Errors: transaction_too_large.
[[nodiscard]] Result<std::vector<Carried>> carry_into_list(const std::vector<CarriedItem>& items,
                                                           std::span<const SlotView> slots,
                                                           const Stamp& stamp);

// What a put over these slots writes, with the names of carried items for those that it inserts.
[[nodiscard]] std::vector<SlotWrite> name_inserted(std::vector<SlotWrite> writes,
                                                   std::span<const SlotView> slots);

}  // namespace syncline::strategy
