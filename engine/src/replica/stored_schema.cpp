#include "replica/stored_schema.hpp"

#include <utility>

#include "replica/entries.hpp"
#include "schema/comparison.hpp"
#include "syncline/schema_change.hpp"

namespace syncline {
namespace replica {

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
  const SchemaComparison comparison = schema::compare(stored->schema, stored->former, *own);
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
  return schema::compare(stored->schema, stored->former, *given);
}

}  // namespace syncline
