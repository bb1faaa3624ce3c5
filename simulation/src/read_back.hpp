#pragma once

#include <optional>

#include "place.hpp"
#include "syncline/simulation/workload.hpp"

namespace syncline::simulation {

// Reads the record back, if the write was done; what `check` does not find there is a surprise.
template <typename Check>
void read_back(const Replica& replica, const Place& place, Act& act, Check check) {
  if (!act.result) return;
  const auto record = replica.get(place.collection, place.record);
  if (!record) {
    act.surprise = "it cannot be read back: " + record.error().message;
  } else if (!check(*record)) {
    const Value* found = field_of(*record, place.field);
    act.surprise = shown(place) + " reads as " +
                   (found == nullptr ? "absent" : value_to_json(*found)) + " after " + act.what;
  }
}

// Puts a value into the field, and reads nothing back.
inline Act put_value(Replica& replica, const Place& place, const Value& value) {
  Act act{"patch " + shown(place) + " " + value_to_json(value), {}, {}};
  act.result = replica.write([&](Transaction& t) {
    return t.patch(place.collection, place.record, {{place.field, value}});
  });
  return act;
}

}  // namespace syncline::simulation
