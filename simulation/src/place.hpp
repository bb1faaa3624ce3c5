#pragma once

#include <optional>
#include <string>

#include "syncline/replica.hpp"
#include "syncline/simulation/random.hpp"

namespace syncline::simulation {

// The field that the second writer of a device's process writes, at any time.
inline constexpr std::string_view kEchoField = "echo";

// Where an act happens.
struct Place {
  std::string collection;
  std::string record;
  std::string field;
  Merge merge = Merge::kLww;
  FieldType type = FieldType::kAny;
  bool is_missing = false;  // its strategy, which is a custom one
};

// Whether the rule names a custom strategy that is not registered.
[[nodiscard]] bool is_missing(const FieldRule& rule);
// Whether a write was refused because the field's custom strategy does not offer it, or is missing.
[[nodiscard]] bool is_not_offered(const Place& place, const Result<void>& result);

[[nodiscard]] std::string shown(const Place& place);

// The type of what may be put into a field of the rule.
[[nodiscard]] FieldType put_type(const FieldRule& rule);

void set_rule(Place& place, const FieldRule& rule);

// A field of few records of a collection, sometimes one that the schema does not name.
[[nodiscard]] Place choose_place(const Schema& schema, SeededRandom& random);

[[nodiscard]] Value value_of(FieldType type, SeededRandom& random);
// Items of a set and values of a map are drawn from few, so that devices meet.
[[nodiscard]] Value item_of(FieldType type, SeededRandom& random);
[[nodiscard]] std::string key_of_map(SeededRandom& random);

// What a field reads as when a put of the value replaced all that it had.
[[nodiscard]] Value read_after_put(Merge merge, const Value& value);

// What the record holds there; null where it does not exist or lacks the field.
[[nodiscard]] const Value* field_of(const std::optional<Record>& record, std::string_view field);

// The first field but the one named, and but the echo, that the two do not have alike.
[[nodiscard]] std::optional<std::string> difference(const Value::Object& a, const Value::Object& b,
                                                    std::string_view but);

}  // namespace syncline::simulation
