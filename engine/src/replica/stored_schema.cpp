#include "replica/stored_schema.hpp"

#include <map>
#include <utility>
#include <vector>

#include "replica/entries.hpp"
#include "replica/record_scan.hpp"
#include "schema/comparison.hpp"

namespace syncline {
namespace replica {
namespace {

// Fields of one collection, which are declared for the first time.
using NewFields = std::vector<SchemaDifference*>;

bool is_new_field(const SchemaDifference& one, const StoredSchema& stored, const Schema& given) {
  if (one.part != SchemaPart::kField || one.needs_migration || !one.before.empty()) return false;
  const CollectionRules& rules = given.collection(one.collection);
  const Merge merge =
      rules.group(one.name) != nullptr ? Merge::kGroup : rules.field(one.name).merge;
  return !schema::reads_undeclared(merge) && stored.former.of({one.collection, one.name}).empty();
}

// Whether the field holds a value that was written while it was not declared.
bool holds_undeclared(const merge::RecordSlots& slots, const std::string& field) {
  const merge::Register* held = slots.find(field, {});
  return held != nullptr && held->value != kTombstone && held->stamp > slots.deletion();
}

// Finds those that hold something, in one walk over the collection at most.
Result<void> find_changed(const Snapshot& snapshot, const std::string& collection,
                          NewFields& fields) {
  const auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  RecordScan scan(**cursor, collection, false);
  if (auto ok = scan.start(collection + '\0'); !ok) return ok;
  std::string record;
  while (!fields.empty()) {
    merge::RecordSlots slots;
    const auto found = scan.next(record, slots);
    if (!found) return fail(found.error());
    if (!*found) break;
    std::erase_if(fields, [&slots](SchemaDifference* field) {
      field->needs_migration = holds_undeclared(slots, field->name);
      if (field->needs_migration) field->before = schema::kUndeclared;
      return field->needs_migration;
    });
  }
  return {};
}

}  // namespace

Result<StoredSchema> read_schema(const Snapshot& snapshot, const Strategies& strategies) {
  StoredSchema stored;
  const auto document = snapshot.get(Keyspace::kMeta, kSchemaName);
  if (!document) return fail(document.error());
  if (*document) {
    auto parsed = Schema::parse_stored(**document, strategies);
    if (!parsed) return fail(parsed.error().code, "the stored " + parsed.error().message);
    stored.schema = std::move(*parsed);
  }
  const auto entry = snapshot.get(Keyspace::kMeta, kFormerName);
  if (!entry) return fail(entry.error());
  if (*entry) {
    auto former = schema::decode_former_rules(**entry);
    if (!former) return corrupt("entry", kFormerName);
    stored.former = std::move(*former);
  }
  return stored;
}

Result<SchemaComparison> compare_with_stored(const Snapshot& snapshot, const StoredSchema& stored,
                                             const Schema& given) {
  auto comparison = schema::compare(stored.schema, stored.former, given);
  std::map<std::string, NewFields> collections;
  for (SchemaDifference& one : comparison.differences) {
    if (is_new_field(one, stored, given)) collections[one.collection].push_back(&one);
  }
  for (auto& [collection, fields] : collections) {
    if (auto ok = find_changed(snapshot, collection, fields); !ok) return fail(ok.error());
  }
  return comparison;
}

void OpeningSchema::put_into(StoreBatch& batch) const {
  if (document) batch.put(Keyspace::kMeta, std::string(kSchemaName), *document);
  if (former) batch.put(Keyspace::kMeta, std::string(kFormerName), *former);
}

Result<OpeningSchema> opening_schema(const Snapshot& snapshot, std::optional<std::string> given,
                                     const Strategies& strategies) {
  auto own = given ? Schema::parse(*given, strategies) : Result<Schema>(Schema());
  if (!own) return fail(own.error());
  auto stored = read_schema(snapshot, strategies);
  if (!stored) return fail(stored.error());
  if (!given) return OpeningSchema{std::move(stored->schema)};
  if (stored->schema.id() == own->id()) return OpeningSchema{std::move(*own)};
  const auto compared = compare_with_stored(snapshot, *stored, *own);
  if (!compared) return fail(compared.error());
  const SchemaComparison& comparison = *compared;
  if (comparison.needs_migration()) return fail(schema::refusal(comparison));
  if (comparison.is_older) return OpeningSchema{std::move(stored->schema)};
  OpeningSchema opening{std::move(*own), std::move(*given)};
  schema::FormerRules former = stored->former;
  schema::note_former(comparison, former);
  if (former != stored->former) opening.former = schema::encode_former_rules(former);
  return opening;
}

}  // namespace replica

Result<SchemaComparison> compare_schema(const Store& store, std::string_view json) {
  const auto given = Schema::parse(json);
  if (!given) return fail(given.error());
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto stored = replica::read_schema(**snapshot, Strategies());
  if (!stored) return fail(stored.error());
  return replica::compare_with_stored(**snapshot, *stored, *given);
}

}  // namespace syncline
