#include "syncline/mistyped.hpp"

#include <optional>

#include "replica/entries.hpp"
#include "replica/entry_walk.hpp"
#include "strategy/list_tree.hpp"
#include "syncline/slot.hpp"
#include "syncline/strategy.hpp"
#include "syncline/value.hpp"

namespace syncline {
namespace {

// Whether the slot of this element holds a value that the field's type speaks of.
bool holds_value(Merge merge, std::string_view element) {
  switch (merge) {
    case Merge::kLww:
    case Merge::kMin:
    case Merge::kMax:
    case Merge::kSet:
    case Merge::kMap:
    case Merge::kMulti:
    case Merge::kMergeText:
      return true;
    case Merge::kList:
      return strategy::is_list_item(element);
    // A total of its own, an object of parts, and what only the app knows.
    case Merge::kCounter:
    case Merge::kGroup:
    case Merge::kCustom:
      break;
  }
  return false;
}

std::optional<Schema> schema_of(const Snapshot& snapshot) {
  const auto stored = snapshot.get(Keyspace::kMeta, replica::kSchemaName);
  if (!stored || !*stored) return std::nullopt;
  auto schema = Schema::parse_stored(**stored, Strategies());
  if (!schema) return std::nullopt;
  return std::move(*schema);
}

std::optional<Mistyped> mistyped(const Schema& schema, std::string_view key,
                                 std::string_view entry) {
  const auto parts = split_slot_key(key);
  if (!parts || parts->field.empty()) return std::nullopt;
  const CollectionRules& rules = schema.collection(parts->collection);
  const FieldRule& rule = rules.field(parts->field);
  if (!holds_value(rule.merge, parts->element) || rules.groups.contains(parts->field))
    return std::nullopt;
  const auto slot = replica::decode_slot(entry, key);
  if (!slot || is_tombstone(slot->value)) return std::nullopt;
  const auto value = decode_value(slot->value);
  if (!value || type_accepts(rule.type, *value)) return std::nullopt;
  return Mistyped{std::string(parts->collection), std::string(parts->record),
                  std::string(parts->field), rule.type};
}

}  // namespace

Result<void> read_mistyped(const Store& store,
                           const std::function<bool(const Mistyped&)>& visitor) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto schema = schema_of(**snapshot);
  if (!schema) return {};
  const auto walked = replica::walk_entries(**snapshot, Keyspace::kSlots,
                                            {[&](std::string_view key, std::string_view value) {
                                               const auto found = mistyped(*schema, key, value);
                                               return !found || visitor(*found);
                                             },
                                             [](std::string_view, const Error&) { return true; }});
  if (!walked) return fail(walked.error());
  return {};
}

}  // namespace syncline
