#include <algorithm>
#include <map>
#include <set>

#include "carried_items.hpp"
#include "carried_meaning.hpp"
#include "finding_text.hpp"
#include "invariants.hpp"
#include "process_store.hpp"
#include "schema_rules.hpp"
#include "syncline/environment.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/slot.hpp"

// Schemas that change, held against a plain reading of spec/merge.md, Another schema.

namespace syncline::simulation::invariants {
namespace {

using Entries = std::map<std::string, std::string>;

Entries entries_of(const Store& store, Keyspace keyspace) {
  Entries entries;
  const auto snapshot = store.snapshot();
  if (!snapshot) return entries;
  const auto cursor = (*snapshot)->cursor(keyspace);
  if (!cursor) return entries;
  for (auto standing = (*cursor)->seek({}); standing && *standing; standing = (*cursor)->next())
    entries.emplace((*cursor)->key(), (*cursor)->value());
  return entries;
}

// The first keyspace that differs.
std::optional<std::size_t> differing(const Store& a, const Store& b) {
  for (std::size_t i = 0; i < kKeyspaceCount; ++i) {
    const auto keyspace = static_cast<Keyspace>(i);
    if (entries_of(a, keyspace) != entries_of(b, keyspace)) return i;
  }
  return std::nullopt;
}

const CarriedOver::List* list_of(const CarriedOver& carried, const std::string& slot) {
  const auto found =
      std::find_if(carried.lists.begin(), carried.lists.end(),
                   [&](const CarriedOver::List& list) { return slot.starts_with(list.prefix); });
  return found == carried.lists.end() ? nullptr : &*found;
}

// Neither is used: the opening is refused before.
class NoClock final : public WallClock {
 public:
  std::int64_t now_ms() override { return 0; }
};
class NoRandom final : public Random {
 public:
  std::uint64_t next() override { return 1; }
};

}  // namespace

Finding a_changed_schema_is_refused(const Store& store, const std::string& given,
                                    const DeviceAccount& account) {
  const auto before = Schema::parse(account.schema.document);
  const auto after = Schema::parse(given);
  if (!before || !after) return std::nullopt;
  const bool is_changed = changes_rules(account.schema, *before, *after) ||
                          declares_what_is_held(account, *before, *after);
  const auto compared = compare_schema(store, given);
  if (!is_changed && compared && compared->needs_migration())
    return broken(__func__, "a comparison finds a field that is changed, and none is");
  if (!is_changed) return std::nullopt;
  if (!compared || !compared->needs_migration())
    return broken(__func__, "a comparison finds no field that is changed");
  const auto opened = copy_of(store);
  NoClock clock;
  NoRandom random;
  const auto replica = Replica::open(*opened, clock, random, given);
  if (replica) return broken(__func__, "an opening with other rules is taken");
  if (replica.error().code != Code::kSchemaChanged)
    return broken(__func__, "an opening with other rules ends with " + replica.error().message);
  for (const auto& schema : {*before, *after}) {
    if (replica.error().message.find(schema.id()->digest) == std::string::npos)
      return broken(__func__, "the refusal does not name " + schema.id()->digest + ": " +
                                  replica.error().message);
  }
  if (const auto keyspace = differing(store, *opened))
    return broken(__func__, "a refused opening wrote to keyspace " + std::to_string(*keyspace));
  return std::nullopt;
}

Finding the_newer_schema_is_in_force(const SchemaAccount& account, const std::string& given,
                                     const Schema& opened) {
  const auto offered = Schema::parse(given);
  const auto stored = Schema::parse(account.document.empty() ? given : account.document);
  if (!offered || !stored || !opened.id()) return std::nullopt;
  const bool is_older = offered->id()->version < stored->id()->version;
  const auto& expected = (is_older ? stored : offered)->id()->digest;
  if (opened.id()->digest == expected) return std::nullopt;
  return broken(__func__, "version " + std::to_string(opened.id()->version) + " with digest " +
                              opened.id()->digest + " is in force instead of " + expected);
}

Finding a_migration_writes_what_the_rules_say(DeviceAccount& account, const Op& op) {
  const std::string& slot = op.key.bytes();
  const Register written{op.stamp, op.value};
  auto& expected = *account.schema.unread;
  const auto found = expected.registers.find(slot);
  if (found != expected.registers.end()) {
    if (found->second != written)
      return broken(__func__, printable(slot) + " is carried over as " + shown(written) +
                                  " instead of " + shown(found->second));
    expected.registers.erase(found);
    return std::nullopt;
  }
  const std::string element(split_slot_key(slot)->element);
  const std::string prefix = slot.substr(0, slot.size() - element.size());
  const auto place = expected.places.find(prefix + item_moved_by(element));
  if (place != expected.places.end() && place->second == written.stamp) {
    expected.places.erase(place);
    return std::nullopt;
  }
  const auto* list = list_of(expected, slot);
  if (list != nullptr && list->stamp == written.stamp) return std::nullopt;
  return broken(__func__, printable(slot) + " is carried over as " + shown(written) +
                              ", which is made of nothing");
}

Finding a_migration_carries_over_everything(const DeviceAccount& account) {
  const auto& expected = account.schema.unread;
  if (!expected || !account.schema.is_whole) return std::nullopt;
  if (!expected->registers.empty()) {
    const auto& [slot, written] = *expected->registers.begin();
    return broken(__func__, printable(slot) + " " + shown(written) + " is not carried over");
  }
  if (!expected->places.empty())
    return broken(__func__, printable(expected->places.begin()->first) + " has got no place");
  for (const CarriedOver::List& list : expected->lists) {
    const std::string read = items_of(account.slots, list);
    if (read != list.items)
      return broken(__func__, printable(list.prefix) + " reads as " + shown({{}, read}) +
                                  " instead of " + shown({{}, list.items}));
  }
  return std::nullopt;
}

Finding a_migration_takes_nothing_away(const Store& before, const Store& after,
                                       const CarriedOver& carried) {
  const Entries slots = entries_of(after, Keyspace::kSlots);
  for (const auto& [slot, held] : entries_of(before, Keyspace::kSlots)) {
    if (carried.registers.contains(slot) || list_of(carried, slot) != nullptr) continue;
    const auto found = slots.find(slot);
    if (found == slots.end()) return broken(__func__, printable(slot) + " is gone");
    if (found->second != held) return broken(__func__, printable(slot) + " is another");
  }
  return std::nullopt;
}

Finding a_second_migration_writes_nothing(const Store& migrated,
                                          std::optional<std::string_view> document) {
  const auto again = copy_of(migrated);
  const auto done = migrate_schema(*again, document);
  if (!done) return broken(__func__, done.error().message);
  const auto keyspace = differing(migrated, *again);
  if (!keyspace) return std::nullopt;
  std::string fields;
  for (const MigratedField& one : *done) {
    if (one.carried != 0)
      fields += "; " + one.collection + "." + one.field + ", " + one.before + " to " + one.after;
  }
  return broken(__func__, "it wrote to keyspace " + std::to_string(*keyspace) + fields);
}

}  // namespace syncline::simulation::invariants
