#pragma once

#include <string>

#include "ledger.hpp"
#include "syncline/schema.hpp"

// What becomes of a store when its schema changes: spec/merge.md, Another schema, once more, by the
// plainest code that can be read, to hold against what the engine does.

namespace syncline::simulation {

// Whether a field has another rule in the second schema, so that an opening with it is refused.
[[nodiscard]] bool changes_rules(const SchemaAccount& account, const Schema& before,
                                 const Schema& after);

// What a migration of these slots from the one schema to the other writes: only what is greater
// than what is there. Both may be the same.
[[nodiscard]] CarriedOver carried_meaning(const Slots& slots, const SchemaAccount& account,
                                          const Schema& before, const Schema& after);

// Notes the rules that are in force no more.
void note_former(SchemaAccount& account, const Schema& before, const Schema& after);

// The field's rule, in words; empty if none is declared.
[[nodiscard]] std::string rule_in_words(const CollectionRules& rules, const std::string& field);

// What a list's slots read as once the registers are there, encoded; those that came later are
// left out.
[[nodiscard]] std::string items_of(const Slots& slots, const CarriedOver::List& list);

}  // namespace syncline::simulation
