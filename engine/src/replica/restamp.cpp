#include "replica/restamp.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "replica/pending.hpp"
#include "strategy/strategy.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {
namespace {

constexpr std::size_t kReplicaBytes = 8;

struct Pending {
  std::uint64_t sequence = 0;
  Op op;
};

struct FarAhead {
  std::vector<Pending> ops;  // ascending by stamp
  std::uint64_t first = 0;   // the least of their sequences
  HybridTime before;         // the greatest time of the pending ops that keep their stamps
};

// Whether no one but this replica can have seen the op.
bool is_unseen(const Replica::Core& core, const Stamp& stamp) {
  return stamp.replica == core.id && stamp.time > core.clock.state().confirmed;
}

Result<FarAhead> far_ahead(const Replica::Core& core, const Snapshot& snapshot,
                           const RefusedSequences& refused) {
  const std::int64_t bound_ms = core.clock.now_ms() + kDriftMaxMs;
  FarAhead pending;
  auto cursor = snapshot.cursor(Keyspace::kOutbox);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek({});
  for (; standing && *standing; standing = (*cursor)->next()) {
    const auto sequence = parse_sequence_key((*cursor)->key());
    const auto entry = decode_outbox((*cursor)->value(), (*cursor)->key());
    if (!sequence || !entry) return corrupt("outbox entry", (*cursor)->key());
    auto op = pending_op(snapshot, *sequence, entry->slot_key);
    if (!op) return fail(op.error());
    const bool in_future = op->stamp.time.milliseconds() > bound_ms || refused.contains(*sequence);
    if (!in_future || !is_unseen(core, op->stamp)) {
      pending.before = std::max(pending.before, op->stamp.time);
      continue;
    }
    pending.ops.push_back({*sequence, std::move(*op)});
  }
  if (!standing) return fail(standing.error());
  if (!pending.ops.empty()) pending.first = pending.ops.front().sequence;
  // A slot that one transaction wrote twice has the place of its first write in the outbox.
  std::stable_sort(pending.ops.begin(), pending.ops.end(),
                   [](const Pending& a, const Pending& b) { return a.op.stamp < b.op.stamp; });
  return pending;
}

bool accumulates(const Schema& schema, const SlotKey& key) {
  const Merge merge = schema.collection(key.collection()).field(key.field()).merge;
  return merge == Merge::kCounter || merge == Merge::kMin || merge == Merge::kMax;
}

using NewStamps = std::map<Stamp, Stamp>;

// The key of an accumulator's slot whose deletion got a new stamp, or nothing if it keeps its key.
Result<std::optional<SlotKey>> followed_key(const Schema& schema, const SlotKey& key,
                                            const NewStamps& stamps) {
  if (!accumulates(schema, key) || key.element().size() != kReplicaBytes + kStampBytes)
    return std::nullopt;
  const auto deletion = decode_stamp(key.element().substr(kReplicaBytes));
  const auto found = deletion ? stamps.find(*deletion) : stamps.end();
  if (found == stamps.end()) return std::nullopt;
  std::string element(key.element().substr(0, kReplicaBytes));
  append_stamp(element, found->second);
  auto followed = SlotKey::make(key.collection(), key.record(), key.field(), element);
  if (!followed) return fail(followed.error());
  return std::move(*followed);
}

}  // namespace

Result<std::uint64_t> restamp_pending(Replica::Core& core, const RefusedSequences& refused) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  auto pending = far_ahead(core, **snapshot, refused);
  if (!pending) return fail(pending.error());
  if (pending->ops.empty()) return 0;
  const auto undo = [&core](Error error) {
    core.clock.restore(core.committed.clock);
    return fail(std::move(error));
  };
  core.clock.rewind();
  // What keeps its stamp was written before, and stays before.
  HybridClock::State rewound = core.clock.state();
  rewound.last = std::max(rewound.last, pending->before);
  core.clock.restore(rewound);
  CommitBuilder builder(core.committed.sequence, pending->first);
  NewStamps stamps;
  std::vector<Op> restamped;
  for (Pending& item : pending->ops) {
    auto found = stamps.find(item.op.stamp);
    if (found == stamps.end()) {
      const auto time = core.clock.tick();
      if (!time) return undo(time.error());
      found = stamps.emplace(item.op.stamp, Stamp{*time, core.id}).first;
    }
    item.op.stamp = found->second;
    auto followed = followed_key(core.schema, item.op.key, stamps);
    if (!followed) return undo(followed.error());
    if (*followed) {
      // The slot of the old name says nothing any more. It is sent all the same, so that every
      // replica holds the same slots.
      builder.write({item.op.key, item.op.stamp, std::string(kTombstone)}, LogOrigin::kRestamped,
                    item.sequence);
      builder.write({std::move(**followed), item.op.stamp, item.op.value}, LogOrigin::kRestamped,
                    std::nullopt);
    } else {
      builder.write(item.op, LogOrigin::kRestamped, item.sequence);
    }
    restamped.push_back(std::move(item.op));
  }
  snapshot->reset();
  if (auto ok = core.commit(builder, restamped, Origin::kLocal); !ok) return fail(ok.error());
  return restamped.size();
}

}  // namespace syncline::replica
