#pragma once

#include <map>
#include <string>
#include <utility>

#include "meaning.hpp"
#include "syncline/schema.hpp"

// What a migration makes of a value: the table of spec/merge.md, Another schema, read plainly.

namespace syncline::simulation {

struct CarriedPut {
  Merge after;
  Merge before;
  Stamp stamp;     // of what is carried over
  Stamp deletion;  // of the record
  bool is_return;  // the field had this rule before
};

// The register values by element; none where the value is none of the rule. `seen` are the slots
// over which it is put.
[[nodiscard]] std::map<std::string, std::string> carried_put(const CarriedPut& put,
                                                             const Value& value,
                                                             const FieldSlots& seen);

// The array itself, or one of the value alone.
[[nodiscard]] Value as_items(const Value& value);
[[nodiscard]] std::string tag_named(const Stamp& stamp, unsigned ordinal);
[[nodiscard]] bool is_tagged(Merge merge);
// Whether both rules read each other's slots.
[[nodiscard]] bool reads_the_same(Merge a, Merge b);
// The greatest register of a multi that holds a value, or null.
[[nodiscard]] const std::pair<const std::string, Register>* greatest_live(const FieldSlots& slots);

}  // namespace syncline::simulation
