#include "syncline/replication.hpp"

#include <algorithm>
#include <utility>

#include "query/check.hpp"
#include "replica/ancestors.hpp"
#include "replica/core.hpp"
#include "replica/fold.hpp"
#include "replica/incoming.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"
#include "replica/restamp.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {
namespace {

class ReplicaReplication final : public Replication {
 public:
  explicit ReplicaReplication(Replica::Core& core) : core_(core) {}

  Result<std::optional<PushBatch>> next_push(const PushLimits& limits) const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto cursor = (*snapshot)->cursor(Keyspace::kOutbox);
    if (!cursor) return fail(cursor.error());
    std::vector<Op> ops;
    PushBatch push;
    BatchEncoder size;
    std::size_t whole = 0;  // ops up to the last transaction that fits
    std::uint64_t commit = 0;
    const auto ancestors = read_ancestors(**snapshot);
    if (!ancestors) return fail(ancestors.error());
    const Ancestor* author = nullptr;
    bool more = false;
    auto standing = (*cursor)->seek({});
    for (; standing && *standing; standing = (*cursor)->next()) {
      const auto sequence = parse_sequence_key((*cursor)->key());
      const auto entry = decode_outbox((*cursor)->value(), (*cursor)->key());
      if (!sequence || !entry) return corrupt("outbox entry", (*cursor)->key());
      if (entry->commit != commit) {
        whole = ops.size();
        commit = entry->commit;
      }
      auto op = pending_op(**snapshot, *sequence, entry->slot_key);
      if (!op) return fail(op.error());
      const Ancestor* ancestor = unsettled_by(*ancestors, op->stamp);
      if (ops.empty()) author = ancestor;
      if (author != ancestor && !limits.any_pusher) {
        // What ancestors had stamped goes in their names.
        whole = ops.size();
        more = true;
        break;
      }
      size.add(*op);
      more =
          !ops.empty() && (size.count() > limits.ops_max || size.size_bytes() > limits.bytes_max);
      if (more) break;
      push.items.push_back({*sequence, op->stamp, op->key});
      ops.push_back(std::move(*op));
    }
    if (!standing) return fail(standing.error());
    if (ops.empty()) return std::nullopt;
    // A transaction that does not fit whole waits for the next push, unless it is the first and
    // larger than one.
    const std::size_t count = more && whole > 0 ? whole : ops.size();
    push.items.erase(push.items.begin() + static_cast<std::ptrdiff_t>(count), push.items.end());
    push.ops = encode_batch(std::span(ops).first(count));
    if (auto ok = address(push, core_, **snapshot, author); !ok) return fail(ok.error());
    return push;
  }

  Result<PullCursors> cursors() const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    const auto progress = Replica::Core::stored_progress(**snapshot);
    if (!progress) return fail(progress.error());
    PullCursors cursors{{"*", ""}};
    for (const auto& [name, cursor] : progress->cursors) cursors.insert_or_assign(name, cursor);
    return cursors;
  }

  Result<ReplyOutcome> take_reply(const SyncReply& reply, const PushBatch* pushed,
                                  std::int64_t sent_ms, std::int64_t received_ms) override {
    Result<ReplyOutcome> outcome;
    {
      const std::lock_guard lock(core_.writer);
      RefusedSequences refused;
      outcome = take_in(core_, reply, pushed, sent_ms, received_ms, refused);
      if (outcome && !refused.empty()) {
        note(outcome, restamp_refused(core_, refusal_of(reply, *pushed, std::move(refused), sent_ms,
                                                        received_ms)));
      }
      if (outcome && reply.pull && reply.pull->remaining == 0) note(outcome, clear_doubts(core_));
    }
    core_.deliver();
    return outcome;
  }

  Result<void> set_aside(const PushBatch::Item& item, Code code) override {
    const std::lock_guard lock(core_.writer);
    CommitBuilder builder(core_.committed.sequence, {});
    {
      const auto snapshot = core_.store.snapshot();
      if (!snapshot) return fail(snapshot.error());
      const auto moved = put_aside(**snapshot, builder, item.sequence, code);
      if (!moved) return fail(moved.error());
      if (!*moved) return {};
      // The outbox may be empty now, but no reply came after which it was.
      if (auto ok = note_complete(**snapshot, builder, false); !ok) return ok;
    }
    return core_.commit(builder, {}, Origin::kLocal);
  }

  Result<bool> raise_fence(const PushBatch& pushed, std::uint64_t least) override {
    const std::lock_guard lock(core_.writer);
    if (pushed.pusher != core_.id) return doubt_ancestor(core_, pushed.pusher, least);
    {
      const auto snapshot = core_.store.snapshot();
      if (!snapshot) return fail(snapshot.error());
      const auto fence = read_fence(**snapshot);
      if (!fence) return fail(fence.error());
      if (least <= *fence || least > kFenceMax) return false;
    }
    StoreBatch batch;
    batch.put(Keyspace::kMeta, std::string(kFenceName), encode_fence(least));
    if (auto ok = core_.store.commit(batch); !ok) return fail(ok.error());
    return true;
  }

  Result<void> expect_more() override {
    const std::lock_guard lock(core_.writer);
    CommitBuilder builder(core_.committed.sequence, {});
    {
      const auto snapshot = core_.store.snapshot();
      if (!snapshot) return fail(snapshot.error());
      if (auto ok = note_complete(**snapshot, builder, false); !ok) return ok;
    }
    return core_.commit(builder, {}, Origin::kRemote);
  }

  Result<ReplicationState> state() const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    ReplicationState state;
    for (const auto& [keyspace, count] :
         {std::pair{Keyspace::kOutbox, &state.pending_ops},
          std::pair{Keyspace::kSetAside, &state.set_aside_ops},
          std::pair{Keyspace::kQuarantine, &state.quarantined_ops}}) {
      const auto counted = (*snapshot)->count(keyspace);
      if (!counted) return fail(counted.error());
      *count = *counted;
    }
    const auto head = (*snapshot)->get(Keyspace::kMeta, kHeadName);
    if (!head) return fail(head.error());
    if (*head) {
      const auto decoded = decode_head(**head);
      if (!decoded) return fail(decoded.error());
      state.log_ops = decoded->sequence;
    }
    const auto memory = read_memory(**snapshot);
    if (!memory) return fail(memory.error());
    state.complete = memory->complete;
    const auto oldest = oldest_pending(**snapshot);
    if (!oldest) return fail(oldest.error());
    state.oldest_pending_ms = *oldest;
    auto progress = Replica::Core::stored_progress(**snapshot);
    if (!progress) return fail(progress.error());
    state.epoch = std::move(progress->epoch);
    return state;
  }

  Result<std::optional<std::string>> bound_account() const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    const auto present = (*snapshot)->get(Keyspace::kMeta, kAccountName);
    if (!present) return fail(present.error());
    if (!*present) return std::nullopt;
    return std::string(**present);
  }

  Result<void> bind_account(std::string_view account) override {
    const std::lock_guard lock(core_.writer);
    const auto bound = bound_account();
    if (!bound) return fail(bound.error());
    if (*bound == account) return {};
    if (*bound) {
      return fail(Code::kInvalidArgument, "this database belongs to another account (" + **bound +
                                              "); each account has a database of its own");
    }
    StoreBatch batch;
    batch.put(Keyspace::kMeta, std::string(kAccountName), std::string(account));
    return core_.store.commit(batch);
  }

  Result<SyncMemory> recall() const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto memory = read_memory(**snapshot);
    if (!memory) return fail(memory.error());
    return std::move(memory->session);
  }

  Result<void> remember(const SyncMemory& memory) override {
    const std::lock_guard lock(core_.writer);
    bool complete = false;
    {
      const auto snapshot = core_.store.snapshot();
      if (!snapshot) return fail(snapshot.error());
      const auto stored = read_memory(**snapshot);
      if (!stored) return fail(stored.error());
      complete = stored->complete;
    }
    StoreBatch batch;
    batch.put(Keyspace::kMeta, std::string(kMemoryName), encode_memory({memory, complete}));
    return core_.store.commit(batch);
  }

  Result<void> read_log(std::uint64_t from,
                        const std::function<bool(const LogItem&)>& visitor) const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    return walk_log(**snapshot, from, visitor);
  }

  Result<void> verify() const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    if (auto ok = verify_fold(**snapshot); !ok) return ok;
    std::string first;
    auto checked =
        query::verify_indexes(**snapshot, core_.schema, [&first](const std::string& what) {
          if (first.empty()) first = what;
        });
    if (!checked || first.empty()) return checked;
    return fail(Code::kStoreCorrupt, first);
  }

 private:
  // The latest time at which the server may have judged the push of this reply.
  static std::int64_t latest_judgement_ms(std::int64_t server_ms, std::int64_t sent_ms,
                                          std::int64_t received_ms) {
    const std::uint64_t took_ms = received_ms < sent_ms ? 0
                                                        : static_cast<std::uint64_t>(received_ms) -
                                                              static_cast<std::uint64_t>(sent_ms);
    // The wall clock may have jumped; no request takes as long as that.
    constexpr std::uint64_t kTookMaxMs = 300'000;
    return std::min(server_ms, kMillisecondsMax) +
           static_cast<std::int64_t>(std::min(took_ms, kTookMaxMs));
  }

  static Refusal refusal_of(const SyncReply& reply, const PushBatch& pushed,
                            RefusedSequences refused, std::int64_t sent_ms,
                            std::int64_t received_ms) {
    Refusal refusal;
    refusal.sequences = std::move(refused);
    refusal.judged_ms = latest_judgement_ms(reply.time_ms, sent_ms, received_ms);
    refusal.pusher = pushed.pusher;
    refusal.fence = std::min(pushed.fence + 1, kFenceMax);
    refusal.taken = reply.push->taken;
    for (std::size_t i = 0; i < pushed.items.size(); ++i) {
      const PushBatch::Item& item = pushed.items[i];
      if (refusal.sequences.contains(item.sequence)) {
        refusal.least = std::min(refusal.least, item.stamp.time);
      } else if (reply.push->verdicts[i] != Verdict::kRefused &&
                 item.stamp.replica == pushed.pusher &&
                 item.stamp.time.milliseconds() > refusal.judged_ms + kDriftMaxMs) {
        refusal.passed = std::max(refusal.passed, item.stamp.time);
      }
    }
    return refusal;
  }

  // The page of a reply is committed also when what follows fails, and the observers hear of it.
  static void note(Result<ReplyOutcome>& outcome, const Result<std::uint64_t>& restamped) {
    if (restamped) {
      outcome->restamped += *restamped;
    } else {
      outcome = fail(restamped.error());
    }
  }

  static Result<std::int64_t> oldest_pending(const Snapshot& snapshot) {
    std::int64_t oldest_ms = 0;
    const auto walked = walk_outbox(
        snapshot, [&](std::uint64_t sequence, const OutboxEntry& entry) -> Result<bool> {
          const auto op = pending_op(snapshot, sequence, entry.slot_key);
          if (!op) return fail(op.error());
          oldest_ms = op->stamp.time.milliseconds();
          return false;
        });
    if (!walked) return fail(walked.error());
    return oldest_ms;
  }

  Replica::Core& core_;
};

}  // namespace

std::unique_ptr<Replication> make_replication(Replica::Core& core) {
  return std::make_unique<ReplicaReplication>(core);
}

}  // namespace syncline::replica
