#include "replica/restamp.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "replica/fold.hpp"
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
  std::optional<std::uint64_t> outbox_first;
  HybridTime before;                  // the greatest time of the pending ops that keep their stamps
  std::int64_t bound_ms = 0;          // the server has taken in nothing beyond
  std::optional<HybridTime> refused;  // the least time that was
};

// Whether no one but this replica can have seen the op.
bool is_unseen(const Replica::Core& core, const Stamp& stamp) {
  return stamp.replica == core.id && stamp.time > core.clock.state().confirmed;
}

Result<FarAhead> far_ahead(const Replica::Core& core, const Snapshot& snapshot,
                           const RefusedSequences& refused, std::int64_t judged_ms) {
  FarAhead pending;
  // A clock that was set back during the request says too little.
  pending.bound_ms = std::max(core.clock.now_ms(), judged_ms) + kDriftMaxMs;
  auto cursor = snapshot.cursor(Keyspace::kOutbox);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek({});
  for (; standing && *standing; standing = (*cursor)->next()) {
    const auto sequence = parse_sequence_key((*cursor)->key());
    const auto entry = decode_outbox((*cursor)->value(), (*cursor)->key());
    if (!sequence || !entry) return corrupt("outbox entry", (*cursor)->key());
    if (!pending.outbox_first) pending.outbox_first = *sequence;
    auto op = pending_op(snapshot, *sequence, entry->slot_key);
    if (!op) return fail(op.error());
    const bool is_refused = refused.contains(*sequence);
    if (is_refused)
      pending.refused = std::min(pending.refused.value_or(op->stamp.time), op->stamp.time);
    const bool in_future = op->stamp.time.milliseconds() > pending.bound_ms || is_refused;
    if (!in_future || !is_unseen(core, op->stamp)) {
      pending.before = std::max(pending.before, op->stamp.time);
      continue;
    }
    pending.ops.push_back({*sequence, std::move(*op)});
  }
  if (!standing) return fail(standing.error());
  // A slot that one transaction wrote twice has the place of its first write in the outbox.
  std::stable_sort(pending.ops.begin(), pending.ops.end(),
                   [](const Pending& a, const Pending& b) { return a.op.stamp < b.op.stamp; });
  return pending;
}

// The greatest time of what a later write took from the outbox, and a request whose reply was lost
// may have brought to the server. The server refuses what is no less than a time that it refused.
Result<HybridTime> greatest_sent(const Replica::Core& core, const Snapshot& snapshot,
                                 const FarAhead& pending) {
  HybridTime greatest;
  auto walked = walk_log(snapshot, 0, [&](const LogItem& item) {
    const HybridTime time = item.op.stamp.time;
    const bool may_be_held =
        time.milliseconds() <= pending.bound_ms && (!pending.refused || time < *pending.refused);
    if (is_unseen(core, item.op.stamp) && may_be_held) greatest = std::max(greatest, time);
    return true;
  });
  if (!walked) return fail(walked.error());
  return greatest;
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

// The slots that follow a deletion to its new stamp. A stamp that was withdrawn may be given again
// after the clock was set back once more, so a new name may be one that another slot leaves.
struct MovedSlots {
  std::map<std::string, SlotKey> from;  // by the old name
  std::set<std::string> to;
};

Result<MovedSlots> moved_slots(const Schema& schema, std::span<const Pending> ops,
                               const NewStamps& stamps) {
  MovedSlots moved;
  for (const Pending& item : ops) {
    auto followed = followed_key(schema, item.op.key, stamps);
    if (!followed) return fail(followed.error());
    // What is a tombstone already has nothing to move.
    if (!*followed || is_tombstone(item.op.value)) continue;
    moved.to.insert((*followed)->bytes());
    moved.from.emplace(item.op.key.bytes(), std::move(**followed));
  }
  return moved;
}

// The sequence of what the slot holds, if it holds anything.
Result<std::optional<std::uint64_t>> sequence_of(const Snapshot& snapshot, const SlotKey& key) {
  const auto stored = snapshot.get(Keyspace::kSlots, key.bytes());
  if (!stored) return fail(stored.error());
  if (!*stored) return std::nullopt;
  const auto slot = decode_slot(**stored, key.bytes());
  if (!slot) return fail(slot.error());
  return slot->sequence;
}

}  // namespace

Result<std::uint64_t> restamp_pending(Replica::Core& core, const RefusedSequences& refused,
                                      std::int64_t judged_ms, std::uint64_t fence) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  auto pending = far_ahead(core, **snapshot, refused, judged_ms);
  if (!pending) return fail(pending.error());
  const auto undo = [&core](Error error) {
    core.clock.restore(core.committed.clock);
    return fail(std::move(error));
  };
  if (pending->ops.empty()) {
    snapshot->reset();
    CommitBuilder builder(core.committed.sequence, std::nullopt);
    builder.put_meta(kFenceName, encode_fence(fence));
    if (auto ok = core.commit(builder, {}, Origin::kLocal); !ok) return fail(ok.error());
    return 0;
  }
  const auto sent = greatest_sent(core, **snapshot, *pending);
  if (!sent) return fail(sent.error());
  core.clock.rewind();
  // What keeps its stamp was written before, and stays before.
  HybridClock::State rewound = core.clock.state();
  rewound.last = std::max({rewound.last, pending->before, *sent});
  core.clock.restore(rewound);
  CommitBuilder builder(core.committed.sequence, pending->outbox_first);
  NewStamps stamps;
  for (const Pending& item : pending->ops) {
    if (stamps.contains(item.op.stamp)) continue;
    const auto time = core.clock.tick();
    if (!time) return undo(time.error());
    stamps.emplace(item.op.stamp, Stamp{*time, core.id});
  }
  const auto moves = moved_slots(core.schema, pending->ops, stamps);
  if (!moves) return undo(moves.error());
  std::vector<Op> restamped;
  for (Pending& item : pending->ops) {
    Op& op = item.op;
    op.stamp = stamps.at(op.stamp);
    const auto move = moves->from.find(op.key.bytes());
    const bool is_taken = moves->to.contains(op.key.bytes());
    if (move != moves->from.end()) {
      const auto present = sequence_of(**snapshot, move->second);
      if (!present) return undo(present.error());
      builder.write({move->second, op.stamp, op.value}, LogOrigin::kRestamped, *present);
      // The slot of the old name says nothing any more. It is sent all the same, so that every
      // replica holds the same slots.
      op.value = kTombstone;
    }
    // Whoever takes the name writes the slot.
    if (is_taken) {
      builder.erase_outbox(item.sequence);
    } else {
      builder.write(op, LogOrigin::kRestamped, item.sequence);
    }
    restamped.push_back(std::move(op));
  }
  builder.put_meta(kFenceName, encode_fence(fence));
  snapshot->reset();
  if (auto ok = core.commit(builder, restamped, Origin::kLocal); !ok) return fail(ok.error());
  return restamped.size();
}

}  // namespace syncline::replica
