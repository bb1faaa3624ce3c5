#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/conflicts.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"
#include "syncline/slot.hpp"
#include "syncline/strategy.hpp"

// An entry of the conflict journal as a record (spec/conflicts.md, An entry).

namespace syncline::conflict {

inline constexpr std::string_view kDeletionRule = "deletion";

// The fields of the record.
inline constexpr std::string_view kAboutField = "about";
inline constexpr std::string_view kLostField = "lost";
inline constexpr std::string_view kKeptField = "kept";
inline constexpr std::string_view kStateField = "state";
// What `state` holds; nothing while the entry is open.
inline constexpr std::string_view kRestored = "restored";
inline constexpr std::string_view kDismissed = "dismissed";

// An op that lost to another. Of a deletion that hides it the other's value is kTombstone.
struct Clash {
  Op lost;
  Stamp kept_stamp;
  std::string kept_value;
  std::string rule;
};

// The name of the record that tells of the clash.
[[nodiscard]] std::string entry_id(const Clash& clash);

// What the names of entries with this time begin with; what is greater than all of them, if there
// can be none so late.
[[nodiscard]] std::string entry_id_prefix(std::int64_t time_ms);

// The time that an entry's name begins with; nothing if it is none.
[[nodiscard]] std::optional<std::int64_t> entry_time_ms(std::string_view id);

// The ops that make the record. Errors: key_malformed, key_too_long, those of encode_value; none of
// them for a clash of ops that were decoded.
[[nodiscard]] Result<std::vector<Op>> entry_ops(const Clash& clash, std::int64_t found_ms,
                                                const Stamp& stamp);

struct Entry {
  Conflict conflict;     // its values are as the schema shows them
  std::string element;   // of the slot that lost
  Value register_value;  // what it held
};

// What the record tells; nothing if it is no entry. The stamp is that of `about`.
[[nodiscard]] std::optional<Entry> read_entry(const Record& record, const Stamp& found,
                                              const Schema& schema);

// When the entry was found, from what `about` holds; nothing if it does not say so.
[[nodiscard]] std::optional<std::int64_t> found_ms(const Value& about);

// The strategy of a slot's field, or group. It borrows from the rules.
[[nodiscard]] const strategy::Strategy& strategy_of_slots(const CollectionRules& rules,
                                                          std::string_view slot_field);

// The name of the rule by which the slots of a field are merged.
[[nodiscard]] std::string rule_name(const CollectionRules& rules, std::string_view slot_field);

// What the field's strategy resolves to from this slot alone; nothing if it shows nothing of it.
[[nodiscard]] std::optional<Value> shown(const CollectionRules& rules, std::string_view slot_field,
                                         std::string_view element, std::string_view register_value);

}  // namespace syncline::conflict
