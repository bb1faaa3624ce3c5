#include "custom_acts.hpp"

#include <array>
#include <map>
#include <string>
#include <utility>

#include "read_back.hpp"

namespace syncline::simulation {
namespace {

constexpr std::array<std::string_view, 4> kElements{"", "a", "b", "c"};

using RawSlots = std::map<std::string, std::optional<Value>>;  // nothing for a tombstone

// The slots that a field reads as, without their stamps.
RawSlots slots_of(const Value* field) {
  RawSlots slots;
  const auto* members = field == nullptr ? nullptr : field->if_object();
  if (members == nullptr || !members->contains("$slots")) return slots;
  for (const Value& item : *members->at("$slots").if_array()) {
    const auto& slot = *item.if_object();
    const auto value = slot.find("value");
    slots[slot.at("element").if_bytes()->data] =
        value == slot.end() ? std::nullopt : std::optional(value->second);
  }
  return slots;
}

Value raw_value_of(const RawSlots& slots) {
  Value::Array raw;
  for (const auto& [element, value] : slots) {
    Value::Object slot{{"element", Value(Bytes{element})}};
    if (value) slot.emplace("value", *value);
    raw.emplace_back(std::move(slot));
  }
  return Value(Value::Object{{"$slots", Value(std::move(raw))}});
}

// Some of what is there, some changed and some new.
Act put_raw(Replica& replica, const Place& place, SeededRandom& random) {
  const auto before = replica.get(place.collection, place.record);
  const bool existed = before && *before;
  const RawSlots held = slots_of(existed ? field_of(*before, place.field) : nullptr);
  RawSlots named = held;
  for (const std::string_view element : kElements) {
    const std::uint64_t kind = random.below(5);
    if (kind == 0) named.erase(std::string(element));
    if (kind == 1) named.insert_or_assign(std::string(element), std::nullopt);
    if (kind == 2) named.insert_or_assign(std::string(element), value_of(place.type, random));
  }
  RawSlots expected = named;
  for (const auto& [element, value] : held) expected.try_emplace(element, std::nullopt);
  Act act = put_value(replica, place, raw_value_of(named));
  // A record that is made may have slots that had lost to its deletion.
  read_back(replica, place, act, [&](const auto& record) {
    return !existed || slots_of(field_of(record, place.field)) == expected;
  });
  return act;
}

// What is read, put back: nothing is written.
Act put_back(Replica& replica, const Place& place) {
  const auto before = replica.get(place.collection, place.record);
  const Value* held = before ? field_of(*before, place.field) : nullptr;
  if (held == nullptr) return {"put nothing back", {}, {}};
  Act act = put_value(replica, place, *held);
  read_back(replica, place, act, [&](const auto& record) {
    const Value* found = field_of(record, place.field);
    return found != nullptr && *found == *held;
  });
  return act;
}

}  // namespace

Act change_custom(Replica& replica, const Place& place, SeededRandom& random) {
  const std::uint64_t kind = random.below(4);
  if (place.is_missing && kind == 0) return put_back(replica, place);
  if (place.is_missing && kind < 3) return put_raw(replica, place, random);
  Act act = put_value(replica, place, value_of(place.type, random));
  if (act.result && place.is_missing) act.surprise = shown(place) + " was written by no strategy";
  return pass_over(std::move(act), place);
}

Act pass_over(Act act, const Place& place) {
  if (!is_not_offered(place, act.result)) return act;
  return {act.what + ", which is not offered", {}, {}};
}

}  // namespace syncline::simulation
