#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger.hpp"
#include "syncline/schema.hpp"

// What two schemas say of a field: spec/merge.md, Another schema, read plainly.

namespace syncline::simulation {

// Before the name of a group, in the words of its parts' rule.
inline constexpr std::string_view kGroupRule = "group ";

// A field of two schemas.
struct FieldChange {
  std::string collection;
  std::string field;
  std::string before;  // in words; empty is not declared
  std::string after;
  std::vector<std::string> former;
  bool is_changed = false;
  bool is_declared = false;  // by the second
};

[[nodiscard]] std::vector<FieldChange> changes_of(const SchemaAccount& account,
                                                  const Schema& before, const Schema& after);

// Whether a field has another rule in the second schema, so that an opening with it is refused.
[[nodiscard]] bool changes_rules(const SchemaAccount& account, const Schema& before,
                                 const Schema& after);

// Whether the second schema is the first to declare a field that holds a value, which its rule does
// not read.
[[nodiscard]] bool declares_what_is_held(const DeviceAccount& account, const Schema& before,
                                         const Schema& after);

// Notes the rules that are in force no more.
void note_former(SchemaAccount& account, const Schema& before, const Schema& after);

// The rule whose values the field may hold; empty if there is none.
[[nodiscard]] std::string rule_before(const FieldChange& change);

// The rule by its words.
[[nodiscard]] FieldRule rule_of(const std::string& words);

// The field's rule, in words; empty if none is declared.
[[nodiscard]] std::string rule_in_words(const CollectionRules& rules, const std::string& field);

}  // namespace syncline::simulation
