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

using NewStamps = std::map<Stamp, Stamp>;

// The greatest time of a replica that anyone else can have seen, if it is this one or one that it
// was restored from.
std::optional<HybridTime> seen_of(const Replica::Core& core, ReplicaId replica) {
  if (replica == core.id) return core.clock.state().confirmed;
  const auto ancestor =
      std::find_if(core.ancestors.begin(), core.ancestors.end(),
                   [replica](const Ancestor& known) { return known.replica == replica; });
  if (ancestor == core.ancestors.end()) return std::nullopt;
  return ancestor->confirmed;
}

// Whether no one can have seen the op but this replica, or the one that it was restored from.
bool is_unseen(const Replica::Core& core, const Stamp& stamp) {
  const auto seen = seen_of(core, stamp.replica);
  return seen && stamp.time > *seen;
}

// Gives new stamps to what was stamped too far ahead, in order.
class Restamper {
 public:
  // What is stamped anew for ancestors comes after `sent_by_ancestors`.
  Restamper(Replica::Core& core, HybridTime sent_by_ancestors)
      : core_(core), last_of_ancestors_(sent_by_ancestors) {}

  // Gives a new one for a stamp that has none yet. Errors: clock_exhausted.
  Result<void> give(const Stamp& before) {
    if (stamps_.contains(before)) return {};
    const auto anew = before.replica == core_.id ? own() : of_ancestor(before.replica);
    if (!anew) return fail(anew.error());
    stamps_.emplace(before, *anew);
    return {};
  }
  [[nodiscard]] const NewStamps& stamps() const { return stamps_; }

 private:
  Result<Stamp> own() {
    const auto time = core_.clock.tick();
    if (!time) return fail(time.error());
    return Stamp{*time, core_.id};
  }
  // Where an ancestor lives on, it stamps the same ops anew as well, and may have written to their
  // slots since: what it says has to be the greater. So its ops get the least times that are beyond
  // what was seen of it, and stay its own.
  Result<Stamp> of_ancestor(ReplicaId ancestor) {
    last_of_ancestors_ = std::max(last_of_ancestors_, *seen_of(core_, ancestor));
    const auto next = HybridTime::from_packed(last_of_ancestors_.packed() + 1);
    if (next < last_of_ancestors_)
      return fail(Code::kClockExhausted, "the clock stands at the end of its range");
    last_of_ancestors_ = next;
    // What this replica stamps anew itself was written later, and stays later.
    HybridClock::State state = core_.clock.state();
    state.last = std::max(state.last, next);
    core_.clock.restore(state);
    return Stamp{next, ancestor};
  }

  Replica::Core& core_;
  HybridTime last_of_ancestors_;
  NewStamps stamps_;
};

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

// The greatest times of what a request whose reply was lost may have brought to the server.
struct Sent {
  HybridTime own;
  HybridTime of_ancestors;
};

// Also what a later write took from the outbox is among that. The server refuses what is no less
// than a time that it refused.
Result<Sent> greatest_sent(const Replica::Core& core, const Snapshot& snapshot,
                           const FarAhead& pending) {
  Sent sent;
  auto walked = walk_log(snapshot, 0, [&](const LogItem& item) {
    const HybridTime time = item.op.stamp.time;
    const bool may_be_held =
        time.milliseconds() <= pending.bound_ms && (!pending.refused || time < *pending.refused);
    if (!may_be_held || !is_unseen(core, item.op.stamp)) return true;
    HybridTime& greatest = item.op.stamp.replica == core.id ? sent.own : sent.of_ancestors;
    greatest = std::max(greatest, time);
    return true;
  });
  if (!walked) return fail(walked.error());
  return sent;
}

bool accumulates(const Schema& schema, const SlotKey& key) {
  const Merge merge = schema.collection(key.collection()).field(key.field()).merge;
  return merge == Merge::kCounter || merge == Merge::kMin || merge == Merge::kMax;
}

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
  const bool has_ancestors =
      std::any_of(pending->ops.begin(), pending->ops.end(),
                  [&core](const Pending& item) { return item.op.stamp.replica != core.id; });
  core.clock.rewind();
  // What keeps its stamp was written before, and stays before.
  HybridClock::State rewound = core.clock.state();
  rewound.last = std::max({rewound.last, pending->before, sent->own, sent->of_ancestors});
  core.clock.restore(rewound);
  CommitBuilder builder(core.committed.sequence, pending->outbox_first);
  Restamper restamper(core, sent->of_ancestors);
  for (const Pending& item : pending->ops) {
    if (auto given = restamper.give(item.op.stamp); !given) return undo(given.error());
  }
  const NewStamps& stamps = restamper.stamps();
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
  Progress progress = core.progress;
  if (has_ancestors) {
    // What arrived for these slots was less than what they held, and may be greater than what they
    // hold now. It is asked for again.
    progress.cursors.clear();
    builder.put_meta(kProgressName, encode_progress(progress));
  }
  snapshot->reset();
  if (auto ok = core.commit(builder, restamped, Origin::kLocal); !ok) return fail(ok.error());
  core.progress = std::move(progress);
  return restamped.size();
}

}  // namespace syncline::replica
