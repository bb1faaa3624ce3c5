#include "query/upkeep.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "merge/record_slots.hpp"
#include "query/places.hpp"
#include "replica/entries.hpp"
#include "replica/record_reader.hpp"

namespace syncline::query {
namespace {

// The indexes of one collection, and the fields of slots that they depend on.
struct Kept {
  std::vector<const Index*> indexes;
  std::set<std::string, std::less<>> slot_fields;

  [[nodiscard]] bool depends_on(std::string_view field) const {
    return field.empty() || slot_fields.contains(field);
  }
};

using KeptByCollection = std::map<std::string, Kept, std::less<>>;

KeptByCollection kept_indexes(const IndexList& list, const Schema& schema) {
  KeptByCollection kept;
  for (const Index& index : list.indexes) {
    if (!index.is_kept()) continue;
    Kept& of_collection = kept[index.collection];
    of_collection.indexes.push_back(&index);
    const CollectionRules& rules = schema.collection(index.collection);
    for (const std::string& field : index.fields) {
      const std::string* group = rules.group(field);
      of_collection.slot_fields.insert(group != nullptr ? *group : field);
    }
  }
  return kept;
}

// A slot that the commit writes.
struct Written {
  std::string field;
  std::string element;
  merge::Register value;
};

using WrittenByRecord = std::map<std::pair<std::string, std::string>, std::vector<Written>>;

Result<WrittenByRecord> written_slots(const StoreBatch& batch, const KeptByCollection& kept) {
  WrittenByRecord written;
  for (const StoreBatch::Change& change : batch.changes()) {
    if (change.keyspace != Keyspace::kSlots) continue;
    const auto parts = split_slot_key(change.key);
    if (!parts) return replica::corrupt("slot", change.key);
    const auto found = kept.find(parts->collection);
    if (found == kept.end() || !found->second.depends_on(parts->field)) continue;
    const auto slot = replica::decode_slot(change.value, change.key);
    if (!slot) return fail(slot.error());
    written[{std::string(parts->collection), std::string(parts->record)}].push_back(
        {std::string(parts->field),
         std::string(parts->element),
         {slot->stamp, std::string(slot->value)}});
  }
  return written;
}

Places places_of(const Kept& kept, const CollectionRules& rules, const std::string& record,
                 const merge::RecordSlots& slots) {
  Places places;
  if (const auto fields = slots.resolve(rules)) {
    for (const Index* index : kept.indexes) add_places(*index, record, *fields, places);
  }
  return places;
}

void move_entries(const Places& before, const Places& after, replica::CommitBuilder& builder) {
  for (const auto& [key, flags] : before) {
    if (!after.contains(key)) builder.erase(Keyspace::kIndexes, key);
  }
  for (const auto& [key, flags] : after) {
    const auto known = before.find(key);
    if (known != before.end() && known->second == flags) continue;
    builder.put(Keyspace::kIndexes, key, std::string(1, static_cast<char>(flags)));
  }
}

}  // namespace

Result<void> keep_indexes(const IndexList& list, const Schema& schema, const Store& store,
                          replica::CommitBuilder& builder) {
  if (list.indexes.empty()) return {};
  const KeptByCollection kept = kept_indexes(list, schema);
  auto written = written_slots(builder.batch(), kept);
  if (!written) return fail(written.error());
  if (written->empty()) return {};
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  for (auto& [name, slots_written] : *written) {
    const auto& [collection, record] = name;
    const Kept& of_collection = kept.find(collection)->second;
    const CollectionRules& rules = schema.collection(collection);
    auto slots = replica::read_record(**cursor, collection, record, [&](std::string_view field) {
      return of_collection.depends_on(field);
    });
    if (!slots) return fail(slots.error());
    const Places before = places_of(of_collection, rules, record, *slots);
    for (Written& one : slots_written) slots->load(one.field, one.element, std::move(one.value));
    move_entries(before, places_of(of_collection, rules, record, *slots), builder);
  }
  return {};
}

}  // namespace syncline::query
