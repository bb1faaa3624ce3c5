#pragma once

#include <string>

#include "ledger.hpp"
#include "syncline/schema.hpp"

// What becomes of a store when its schema changes: spec/merge.md, Another schema, once more, by the
// plainest code that can be read, to hold against what the engine does.

namespace syncline::simulation {

// What a migration of these slots from the one schema to the other writes: only what is greater
// than what is there. Both may be the same.
[[nodiscard]] CarriedOver carried_meaning(const Slots& slots, const SchemaAccount& account,
                                          const Schema& before, const Schema& after);

// What a list's slots read as once the registers are there, encoded; those that came later are
// left out.
[[nodiscard]] std::string items_of(const Slots& slots, const CarriedOver::List& list);

}  // namespace syncline::simulation
