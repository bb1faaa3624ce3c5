#include "conflict/entry.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "codec/bytes.hpp"
#include "crypto/sodium_library.hpp"
#include "strategy/strategy.hpp"

namespace syncline::conflict {
namespace {

constexpr std::size_t kTimeDigits = 12;

Value bytes_of(const Stamp& stamp) {
  std::string bytes;
  append_stamp(bytes, stamp);
  return Value(Bytes{std::move(bytes)});
}

Value::Object about(const Clash& clash, std::int64_t found_ms) {
  const SlotKey& key = clash.lost.key;
  Value::Object about{{"collection", Value(std::string(key.collection()))},
                      {"record", Value(std::string(key.record()))},
                      {"field", Value(std::string(key.field()))},
                      {"rule", Value(clash.rule)},
                      {"lost", bytes_of(clash.lost.stamp)},
                      {"kept", bytes_of(clash.kept_stamp)},
                      {"found", Value(found_ms)}};
  if (!key.element().empty()) about.emplace("element", Value(Bytes{std::string(key.element())}));
  return about;
}

// Members of `about`. A member of another type reads as one that is not there.
const std::string* string_in(const Value::Object& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->second.if_string();
}

std::optional<std::string_view> bytes_in(const Value::Object& object, std::string_view name) {
  const auto found = object.find(name);
  const auto* bytes = found == object.end() ? nullptr : found->second.if_bytes();
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(bytes->data);
}

std::optional<Stamp> stamp_in(const Value::Object& object, std::string_view name) {
  const auto bytes = bytes_in(object, name);
  return bytes ? decode_stamp(*bytes) : std::nullopt;
}

const Value* field_of(const Record& record, std::string_view name) {
  const auto found = record.fields.find(name);
  return found == record.fields.end() ? nullptr : &found->second;
}

ConflictState state_of(const Value* state) {
  const std::string* name = state == nullptr ? nullptr : state->if_string();
  if (name == nullptr) return ConflictState::kOpen;
  if (*name == kRestored) return ConflictState::kRestored;
  return *name == kDismissed ? ConflictState::kDismissed : ConflictState::kOpen;
}

// As the schema shows it; as it is, where the schema has come to show nothing of it.
Value shown_or_raw(const CollectionRules& rules, std::string_view field, std::string_view element,
                   const Value& raw) {
  const auto encoded = encode_value(raw);
  auto value = encoded ? shown(rules, field, element, *encoded) : std::nullopt;
  if (!value) return raw;
  return std::move(*value);
}

}  // namespace

const strategy::Strategy& strategy_of_slots(const CollectionRules& rules,
                                            std::string_view slot_field) {
  return rules.groups.contains(slot_field) ? strategy::group_strategy()
                                           : strategy::strategy_of(rules.field(slot_field));
}

std::string entry_id(const Clash& clash) {
  std::string named;
  append_stamp(named, clash.lost.stamp);
  append_stamp(named, clash.kept_stamp);
  named += clash.lost.key.bytes();
  const auto time_ms = std::max(clash.lost.stamp, clash.kept_stamp).time.milliseconds();
  return entry_id_prefix(time_ms) + "-" + crypto::digest_hex(named);
}

std::string entry_id_prefix(std::int64_t time_ms) {
  if (time_ms >> (4 * kTimeDigits) != 0) return std::string(kTimeDigits, 'g');
  std::string bytes;
  codec::append_u64(bytes, static_cast<std::uint64_t>(time_ms));
  const std::string digits = codec::encode_hex(bytes);
  return digits.substr(digits.size() - kTimeDigits);
}

std::optional<std::int64_t> entry_time_ms(std::string_view id) {
  if (id.size() <= kTimeDigits || id[kTimeDigits] != '-') return std::nullopt;
  std::int64_t time_ms = 0;
  const char* const end = id.data() + kTimeDigits;
  const auto parsed = std::from_chars(id.data(), end, time_ms, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != end || time_ms < 0) return std::nullopt;
  return time_ms;
}

Result<std::vector<Op>> entry_ops(const Clash& clash, std::int64_t found_ms, const Stamp& stamp) {
  const auto encoded = encode_value(Value(about(clash, found_ms)));
  if (!encoded) return fail(encoded.error());
  const std::string id = entry_id(clash);
  std::vector<Op> ops;
  const auto add = [&](std::string_view field, std::string_view element,
                       const std::string& value) -> Result<void> {
    auto key = SlotKey::make(kConflictsCollection, id, field, element);
    if (!key) return fail(key.error());
    ops.push_back({std::move(*key), stamp, value});
    return {};
  };
  static const std::string kTrue = *encode_value(Value(true));
  auto done = add({}, kLiveElement, kTrue);
  if (done) done = add(kAboutField, {}, *encoded);
  if (done) done = add(kLostField, {}, clash.lost.value);
  if (done && !is_tombstone(clash.kept_value)) done = add(kKeptField, {}, clash.kept_value);
  if (!done) return fail(done.error());
  return ops;
}

std::optional<Entry> read_entry(const Record& record, const Stamp& found, const Schema& schema) {
  const Value* about = field_of(record, kAboutField);
  const Value* lost = field_of(record, kLostField);
  const Value::Object* members = about == nullptr ? nullptr : about->if_object();
  if (members == nullptr || lost == nullptr || !entry_time_ms(record.id)) return std::nullopt;
  const std::string* collection = string_in(*members, "collection");
  const std::string* name = string_in(*members, "record");
  const std::string* field = string_in(*members, "field");
  const std::string* rule = string_in(*members, "rule");
  const auto lost_stamp = stamp_in(*members, "lost");
  const auto kept_stamp = stamp_in(*members, "kept");
  const auto found_at = found_ms(*about);
  const bool is_whole = collection != nullptr && name != nullptr && field != nullptr &&
                        rule != nullptr && lost_stamp && kept_stamp && found_at;
  const std::string_view element = bytes_in(*members, "element").value_or(std::string_view());
  if (!is_whole || field->empty() || !SlotKey::make(*collection, *name, *field, element))
    return std::nullopt;
  const CollectionRules& rules = schema.collection(*collection);
  Conflict conflict{.id = record.id,
                    .collection = *collection,
                    .record = *name,
                    .field = *field,
                    .rule = *rule,
                    .lost = shown_or_raw(rules, *field, element, *lost),
                    .kept = std::nullopt,
                    .lost_stamp = *lost_stamp,
                    .kept_stamp = *kept_stamp,
                    .found_ms = *found_at,
                    .found_by = found.replica,
                    .state = state_of(field_of(record, kStateField))};
  if (const Value* kept = field_of(record, kKeptField))
    conflict.kept = shown_or_raw(rules, *field, element, *kept);
  return Entry{std::move(conflict), std::string(element), *lost};
}

std::optional<std::int64_t> found_ms(const Value& about) {
  const auto* members = about.if_object();
  if (members == nullptr) return std::nullopt;
  const auto found = members->find("found");
  const auto* time_ms = found == members->end() ? nullptr : found->second.if_int64();
  if (time_ms == nullptr) return std::nullopt;
  return *time_ms;
}

std::string rule_name(const CollectionRules& rules, std::string_view slot_field) {
  if (rules.groups.contains(slot_field)) return std::string(merge_name(Merge::kGroup));
  return strategy_name(rules.field(slot_field));
}

std::optional<Value> shown(const CollectionRules& rules, std::string_view slot_field,
                           std::string_view element, std::string_view register_value) {
  const bool is_group = rules.groups.contains(slot_field);
  const Merge merge = is_group ? Merge::kGroup : rules.field(slot_field).merge;
  Stamp deletion;
  if (strategy::accumulates(merge))
    deletion = strategy::followed_deletion(element).value_or(deletion);
  const strategy::SlotView slot{element, Stamp{}, register_value};
  auto value = strategy_of_slots(rules, slot_field).resolve({&slot, 1}, deletion);
  if (!value || merge != Merge::kList) return value;
  // The place that an item was moved to is shown only together with the item.
  const auto* items = value->if_array();
  if (items != nullptr && items->empty()) return std::nullopt;
  return value;
}

}  // namespace syncline::conflict
