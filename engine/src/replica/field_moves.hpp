#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/record_slots.hpp"
#include "schema/former_rules.hpp"
#include "strategy/carry_over.hpp"
#include "syncline/schema_change.hpp"

// What a migration carries over, and into which slots (spec/merge.md, Another schema).

namespace syncline::replica {

// A field whose slots may hold values of another rule than the one that is to be in force. Where a
// rule is that of a group, the field is one of its parts.
struct FieldMove {
  std::string field;
  std::string before_name;
  std::string after_name;
  FieldRule before;
  FieldRule after;
  std::optional<std::string> group_before{};
  std::optional<std::string> group_after{};
  bool is_return = false;     // the field had the rule, or one that reads the same slots, before
  std::uint64_t carried = 0;  // records
  std::uint64_t left = 0;
};

// Those of one collection, ascending by field: what the comparison says has to be migrated, and
// what devices with a former rule may have written since. `former` is as it was before the change.
[[nodiscard]] std::vector<FieldMove> field_moves(const std::string& collection,
                                                 const SchemaComparison& comparison,
                                                 const schema::FormerRules& former,
                                                 const CollectionRules& given,
                                                 const Strategies& strategies);

// Registers of one field or group, each to be written if it beats the one that is there, and the
// moves that they are of, which it borrows.
struct MovedSlots {
  std::string field;
  std::vector<strategy::Carried> registers;
  std::vector<FieldMove*> moves;
};

// What the record's slots are by the new rules. Counts what is left.
[[nodiscard]] std::vector<MovedSlots> move_record(std::vector<FieldMove>& moves,
                                                  const merge::RecordSlots& slots);

}  // namespace syncline::replica
