#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "strategy/strategy.hpp"

// What a field holds by one rule, as another would hold it (spec/merge.md, Another schema). Pure
// functions of the slots, so that every device makes the same of the same.

namespace syncline::strategy {

// What a rule reads, and the greatest stamp of the slots that it reads it from.
struct Holding {
  Value value;
  Stamp stamp;
};

// Nothing where the rule reads nothing, or what it reads is only known to another build. `to_list`
// says that a multi's values are all wanted, and not only the latest.
[[nodiscard]] std::optional<Holding> holding_of(const FieldRule& rule,
                                                std::span<const SlotView> slots,
                                                const Stamp& deletion, bool to_list);

// The register that the new rule has for it.
struct Carried {
  std::string element;
  Stamp stamp;
  std::string value;
};

// How a field that held something by `before` holds it by `after`: nothing to write where that
// reads the same slots. The slots are those of the field that count, by `after`. Where the field
// had that rule before, the later of both is what it holds; otherwise what is there by that rule is
// of another device that migrated, and is added to. Errors: those of Strategy::write, if what is
// held is no value of the rule.
[[nodiscard]] Result<std::vector<Carried>> carry_over(const FieldRule& before,
                                                      const FieldRule& after,
                                                      const Holding& holding,
                                                      std::span<const SlotView> slots,
                                                      const Stamp& deletion, bool is_return);

// Whether both rules read each other's slots as they are.
[[nodiscard]] bool share_slots(Merge a, Merge b);

}  // namespace syncline::strategy
