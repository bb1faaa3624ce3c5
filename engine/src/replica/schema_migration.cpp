#include <algorithm>
#include <set>
#include <utility>

#include "query/index_list.hpp"
#include "query/upkeep.hpp"
#include "replica/core.hpp"
#include "replica/field_moves.hpp"
#include "replica/record_scan.hpp"
#include "replica/stored_schema.hpp"
#include "schema/comparison.hpp"
#include "syncline/limits.hpp"
#include "syncline/schema_change.hpp"

namespace syncline {
namespace replica {
namespace {

// A commit takes the next record as long as it has fewer ops.
constexpr std::size_t kOpsOfCommit = kBatchOpsMax;

Result<Head> read_head(const Snapshot& snapshot) {
  const auto id = snapshot.get(Keyspace::kMeta, kReplicaName);
  if (!id) return fail(id.error());
  if (!*id) return fail(Code::kStoreMissing, "the store holds no replica");
  const auto head = snapshot.get(Keyspace::kMeta, kHeadName);
  if (!head) return fail(head.error());
  if (!*head) return corrupt("entry", kHeadName);
  return decode_head(**head);
}

// Carries the fields of a store over to another schema, while the one before is still in force.
class Migration {
 public:
  static Result<Migration> begin(Store& store, std::optional<std::string_view> json,
                                 const Strategies& strategies) {
    const auto snapshot = store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    const auto head = read_head(**snapshot);
    if (!head) return fail(head.error());
    auto stored = read_schema(**snapshot, strategies);
    if (!stored) return fail(stored.error());
    auto given = json ? Schema::parse(*json, strategies) : Result<Schema>(stored->schema);
    if (!given) return fail(given.error());
    auto comparison = compare_with_stored(**snapshot, *stored, *given);
    if (!comparison) return fail(comparison.error());
    if (comparison->is_older) {
      comparison->differences.clear();
      return fail(schema::refusal(*comparison));
    }
    auto indexes = query::read_indexes(**snapshot, stored->schema);
    if (!indexes) return fail(indexes.error());
    return Migration(store, *head, std::move(*stored), std::move(*given), std::move(*comparison),
                     std::move(*indexes));
  }

  Result<void> carry_all(const Strategies& strategies) {
    std::set<std::string> collections;
    for (std::string& name : given_.collection_names()) collections.insert(std::move(name));
    for (const SchemaDifference& one : comparison_.differences) collections.insert(one.collection);
    for (const std::string& collection : collections) {
      auto moves = field_moves(collection, comparison_, stored_.former,
                               given_.collection(collection), strategies);
      if (moves.empty()) continue;
      if (auto ok = carry_collection(collection, moves); !ok) return ok;
      for (FieldMove& move : moves) {
        if (move.carried == 0 && move.left == 0) continue;
        migrated_.push_back({collection, std::move(move.field), std::move(move.before_name),
                             std::move(move.after_name), move.carried, move.left});
      }
    }
    return {};
  }

  // Puts the document into force, if there is a new one.
  Result<std::vector<MigratedField>> finish(std::optional<std::string_view> json) {
    if (!json || stored_.schema.id() == given_.id()) return std::move(migrated_);
    auto snapshot = store_.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto indexes = query::reconcile(**snapshot, given_);
    if (!indexes) return fail(indexes.error());
    snapshot->reset();
    schema::note_former(comparison_, stored_.former);
    StoreBatch batch;
    batch.put(Keyspace::kMeta, std::string(kSchemaName), std::string(*json));
    if (!stored_.former.all().empty())
      batch.put(Keyspace::kMeta, std::string(kFormerName),
                schema::encode_former_rules(stored_.former));
    if (indexes->changed)
      batch.put(Keyspace::kMeta, std::string(query::kIndexesName),
                query::encode_indexes(indexes->list));
    if (auto ok = store_.commit(batch); !ok) return fail(ok.error());
    return std::move(migrated_);
  }

 private:
  Migration(Store& store, const Head& head, StoredSchema stored, Schema given,
            SchemaComparison comparison, query::IndexList indexes)
      : store_(store),
        head_(head),
        stored_(std::move(stored)),
        given_(std::move(given)),
        comparison_(std::move(comparison)),
        indexes_(std::move(indexes)) {}

  Result<void> carry_collection(const std::string& collection, std::vector<FieldMove>& moves) {
    // Behind all slots of the last record that is done; no name has a byte as low.
    std::string from = collection + '\0';
    bool more = true;
    while (more) {
      auto snapshot = store_.snapshot();
      if (!snapshot) return fail(snapshot.error());
      const auto unsettled = Replica::Core::unsettled(**snapshot);
      if (!unsettled) return fail(unsettled.error());
      CommitBuilder builder(head_.sequence, *unsettled);
      const auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
      if (!cursor) return fail(cursor.error());
      RecordScan scan(**cursor, collection, false);
      if (auto ok = scan.start(from); !ok) return ok;
      while (builder.last_sequence() - head_.sequence < kOpsOfCommit) {
        std::string record;
        merge::RecordSlots slots;
        const auto found = scan.next(record, slots);
        if (!found) return fail(found.error());
        more = *found;
        if (!more) break;
        from = collection + '\0' + record + '\x01';
        for (const MovedSlots& moved : move_record(moves, slots)) {
          if (auto ok = write(**snapshot, collection, record, moved, builder); !ok) return ok;
        }
      }
      snapshot->reset();
      if (auto ok = commit(builder); !ok) return ok;
    }
    return {};
  }

  // By the law, so that what is there already is not written again.
  static Result<void> write(const Snapshot& snapshot, const std::string& collection,
                            const std::string& record, const MovedSlots& moved,
                            CommitBuilder& builder) {
    const std::uint64_t before = builder.last_sequence();
    for (const strategy::Carried& carried : moved.registers) {
      auto key = SlotKey::make(collection, record, moved.field, carried.element);
      if (!key) return fail(key.error());
      const auto present = read_slot(snapshot, key->bytes());
      if (!present) return fail(present.error());
      // What is carried over was written long ago: nothing that arrives is in conflict with it.
      Replaced replaced{0, kOfferedAgain};
      if (*present) {
        const SlotEntry& slot = **present;
        if (!beats(carried.stamp, carried.value, slot.stamp, slot.value)) continue;
        replaced.sequence = slot.sequence;
      }
      builder.write({std::move(*key), carried.stamp, carried.value}, LogOrigin::kLocal, replaced);
    }
    if (builder.last_sequence() == before) return {};
    for (FieldMove* move : moved.moves) ++move->carried;
    return {};
  }

  Result<void> commit(CommitBuilder& builder) {
    if (builder.empty()) return {};
    Head head = head_;
    head.sequence = builder.last_sequence();
    builder.put_meta(kHeadName, encode_head(head));
    if (auto ok = query::keep_indexes(indexes_, stored_.schema, store_, builder); !ok) return ok;
    if (auto ok = store_.commit(builder.finish()); !ok) return ok;
    head_ = head;
    return {};
  }

  Store& store_;
  Head head_;
  StoredSchema stored_;
  Schema given_;
  SchemaComparison comparison_;
  query::IndexList indexes_;
  std::vector<MigratedField> migrated_;
};

}  // namespace
}  // namespace replica

Result<std::vector<MigratedField>> migrate_schema(Store& store,
                                                  std::optional<std::string_view> json,
                                                  const Strategies& strategies) {
  auto migration = replica::Migration::begin(store, json, strategies);
  if (!migration) return fail(migration.error());
  if (auto ok = migration->carry_all(strategies); !ok) return fail(ok.error());
  return migration->finish(json);
}

}  // namespace syncline
