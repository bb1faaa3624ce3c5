#pragma once

#include <string>
#include <vector>

#include "meaning.hpp"
#include "syncline/schema.hpp"

// What a migration makes of a value that becomes a list: spec/merge.md, Another schema, read
// plainly.

namespace syncline::simulation {

struct CarriedItem {
  std::string id;
  std::string value;  // encoded
  Stamp stamp;
};

// Those of the value, which has this stamp. `slots` are the field's that count.
[[nodiscard]] std::vector<CarriedItem> carried_items(Merge before, const Value& value,
                                                     const Stamp& stamp, const FieldSlots& slots);

// The element of the slot that holds the item.
[[nodiscard]] std::string element_of(const CarriedItem& item);

// The elements of the places of all of them, in a list that has none: each hangs behind the one
// before, and the first behind the root. They are named by the stamp.
[[nodiscard]] std::vector<std::string> places_of(const std::vector<CarriedItem>& items,
                                                 const Stamp& stamp);

// The item that the slot is a place of; empty if it is none.
[[nodiscard]] std::string item_moved_by(const std::string& element);

}  // namespace syncline::simulation
