#pragma once

#include <map>
#include <string>

#include "replica/entries.hpp"
#include "syncline/store.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {

// A slot's register as bytes: the stamp, then the register value.
using Slots = std::map<std::string, std::string>;

inline Slots slots_of(const Store& store) {
  Slots slots;
  const auto snapshot = must(store.snapshot());
  const auto cursor = must(snapshot->cursor(Keyspace::kSlots));
  for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
    const auto slot = must(replica::decode_slot(cursor->value(), cursor->key()));
    slots.emplace(cursor->key(), encode_stamp(slot.stamp) + std::string(slot.value));
  }
  return slots;
}

}  // namespace syncline::test
