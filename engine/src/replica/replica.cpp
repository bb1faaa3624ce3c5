#include "syncline/replica.hpp"

#include <utility>

#include "query/upkeep.hpp"
#include "replica/core.hpp"
#include "replica/incoming.hpp"
#include "replica/local_write.hpp"
#include "replica/stored_schema.hpp"

namespace syncline {
namespace {

using namespace replica;  // NOLINT(google-build-using-namespace): the facade's own parts

// What a store says about its replica; what is missing in a new one is made up.
struct Opened {
  ReplicaId id{};
  Head head;
  Progress progress;
  LogState log;
  bool is_new = false;
};

Result<Opened> read_meta(const Snapshot& snapshot, Random& random) {
  Opened opened;
  const auto id = snapshot.get(Keyspace::kMeta, kReplicaName);
  if (!id) return fail(id.error());
  if (*id) {
    const auto decoded = decode_id(**id);
    if (!decoded) return fail(decoded.error());
    opened.id = *decoded;
  } else {
    opened.is_new = true;
    while (opened.id == ReplicaId{}) opened.id = static_cast<ReplicaId>(random.next());
  }
  const auto head = snapshot.get(Keyspace::kMeta, kHeadName);
  if (!head) return fail(head.error());
  if (*head) {
    const auto decoded = decode_head(**head);
    if (!decoded) return fail(decoded.error());
    opened.head = *decoded;
  } else if (!opened.is_new) {
    return corrupt("entry", kHeadName);
  }
  auto progress = Replica::Core::stored_progress(snapshot);
  if (!progress) return fail(progress.error());
  opened.progress = std::move(*progress);
  auto log = read_log_state(snapshot);
  if (!log) return fail(log.error());
  opened.log = std::move(*log);
  return opened;
}

// The least sequence that is a key of this keyspace, or nothing if it is empty. Where the first
// entry has no name that can be read, any sequence may be there.
Result<std::optional<std::uint64_t>> first_sequence(const Snapshot& snapshot, Keyspace keyspace) {
  auto cursor = snapshot.cursor(keyspace);
  if (!cursor) return fail(cursor.error());
  const auto standing = (*cursor)->seek({});
  if (!standing && standing.error().code != Code::kStoreCorrupt) return fail(standing.error());
  if (standing && !*standing) return std::nullopt;
  return parse_sequence_key((*cursor)->key()).value_or(0);
}

}  // namespace

Result<Unsettled> Replica::Core::unsettled(const Snapshot& snapshot) {
  const auto first = first_sequence(snapshot, Keyspace::kOutbox);
  if (!first) return fail(first.error());
  const auto set_aside = first_sequence(snapshot, Keyspace::kSetAside);
  if (!set_aside) return fail(set_aside.error());
  return Unsettled{*first, *set_aside};
}

Result<Progress> Replica::Core::stored_progress(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kProgressName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_progress(**entry) : Result<Progress>(Progress{});
}

Result<void> Replica::Core::commit(CommitBuilder& builder, std::span<const Op> ops, Origin origin) {
  const Head head{clock.state(), builder.last_sequence()};
  if (head != committed) builder.put_meta(kHeadName, encode_head(head));
  if (builder.empty()) return {};
  auto done = query::keep_indexes(indexes, schema, store, builder);
  if (done) done = compactor.commit(*this, builder.finish(), head.sequence - committed.sequence);
  if (!done) {
    clock.restore(committed.clock);
    return done;
  }
  committed = head;
  observers.enqueue(ops, origin);
  live.update(store, schema, ops);
  return {};
}

Result<View> Replica::Core::view() const {
  auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  return View(source, std::move(*snapshot));
}

void Replica::Core::deliver() {
  observers.deliver();
  live.deliver();
}

Result<std::unique_ptr<Replica>> Replica::open(Store& store, WallClock& wall, Random& random,
                                               std::optional<std::string> schema_json,
                                               const Strategies& strategies) {
  auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  auto opened = read_meta(**snapshot, random);
  if (!opened) return fail(opened.error());

  auto schema = opening_schema(**snapshot, std::move(schema_json), strategies);
  if (!schema) return fail(schema.error());
  auto indexes = query::reconcile(**snapshot, schema->schema);
  if (!indexes) return fail(indexes.error());
  snapshot->reset();
  if (opened->is_new || schema->is_new() || indexes->changed) {
    StoreBatch batch;
    if (opened->is_new) {
      batch.put(Keyspace::kMeta, std::string(kReplicaName), encode_id(opened->id));
      batch.put(Keyspace::kMeta, std::string(kHeadName), encode_head(opened->head));
    }
    schema->put_into(batch);
    if (indexes->changed) {
      batch.put(Keyspace::kMeta, std::string(query::kIndexesName),
                query::encode_indexes(indexes->list));
    }
    if (auto ok = store.commit(batch); !ok) {
      // Whoever opens it for writing brings the indexes in step with the schema. Who only reads can
      // read all the same, since a query goes by what is stored.
      const bool is_read_only = ok.error().code == Code::kInvalidArgument;
      if (opened->is_new || schema->is_new() || !is_read_only) return fail(ok.error());
    }
  }
  auto core =
      std::make_unique<Core>(store, wall, std::move(schema->schema), opened->id, opened->head,
                             std::move(opened->progress), std::move(opened->log));
  core->indexes = std::move(indexes->list);
  core->replication = make_replication(*core);
  core->kept_aside = make_kept_aside(*core);
  core->conflicts = conflict::make_conflicts(*core);
  core->history = make_history(*core);
  core->queries = query::make_queries(*core);
  // A build that knows more may be able to read what another one could not. What cannot be
  // committed now is tried at the next opening.
  static_cast<void>(try_again(*core, false));
  return std::unique_ptr<Replica>(new Replica(std::move(core)));
}

Replica::Replica(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Replica::~Replica() = default;

Result<void> Replica::write(const Body& body) {
  return write_draft(*core_, [&](Transaction::Draft&) { return body(core_->transaction); });
}

Result<View> Replica::view() const { return core_->view(); }

Result<std::optional<Record>> Replica::get(std::string_view collection,
                                           std::string_view record) const {
  const auto now = view();
  return now ? now->get(collection, record) : fail(now.error());
}

Result<void> Replica::scan(std::string_view collection, const ScanRange& range,
                           const Visitor& visitor) const {
  const auto now = view();
  return now ? now->scan(collection, range, visitor) : fail(now.error());
}

Result<std::vector<std::string>> Replica::collections() const {
  const auto now = view();
  return now ? now->collections() : fail(now.error());
}

Subscription Replica::observe(Observer observer) {
  return core_->observers.add(std::move(observer));
}
ReplicaId Replica::id() const { return core_->id; }
const Schema& Replica::schema() const { return core_->schema; }
Replication& Replica::replication() { return *core_->replication; }
KeptAside& Replica::kept_aside() { return *core_->kept_aside; }
Conflicts& Replica::conflicts() { return *core_->conflicts; }
const Conflicts& Replica::conflicts() const { return *core_->conflicts; }
History& Replica::history() { return *core_->history; }
const History& Replica::history() const { return *core_->history; }
Queries& Replica::queries() { return *core_->queries; }
const Queries& Replica::queries() const { return *core_->queries; }

}  // namespace syncline
