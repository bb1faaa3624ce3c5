#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

namespace syncline::simulation {

// Every record that the slots make, with its fields, a line each: spec/merge.md once more, by the
// plainest code that can be read, to hold against what the engine reads.
[[nodiscard]] std::string meaning_of(const Slots& slots, const Schema& schema);

// The slots of a field, by element.
using FieldSlots = std::map<std::string, Register>;

// What those that count resolve to by the rule; `deletion` is that of their record.
[[nodiscard]] std::optional<Value> meaning_of_field(const FieldRule& rule, const FieldSlots& field,
                                                    const Stamp& deletion);

// The same without the stamps of raw slots.
[[nodiscard]] std::string without_stamps(std::string meaning);

// The rules of a collection; of one that the schema does not name, the defaults of spec/merge.md.
[[nodiscard]] CollectionRules rules_of(const Schema& schema, const std::string& collection);

// A line of it.
[[nodiscard]] std::string record_line(const std::string& collection, const std::string& record,
                                      const Value::Object& fields);

}  // namespace syncline::simulation
