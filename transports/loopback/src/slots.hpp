#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "syncline/slot.hpp"
#include "syncline/stamp.hpp"

namespace syncline::loopback {

// What a space holds for a slot, with the sequence of the push that wrote it.
struct Slot {
  Stamp stamp;
  std::string value;
  std::uint64_t sequence = 0;
};

// Ordered, so that a record's slots follow one another.
using Slots = std::map<SlotKey, Slot>;

}  // namespace syncline::loopback
