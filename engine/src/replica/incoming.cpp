#include "replica/incoming.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "replica/ancestors.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {
namespace {

// Merges one reply into a commit, over the snapshot that it was taken against.
class Intake {
 public:
  Intake(Replica::Core& core, const Snapshot& snapshot, const Unsettled& unsettled,
         Ancestors ancestors)
      : core_(core),
        snapshot_(snapshot),
        builder_(core.committed.sequence, unsettled),
        progress_(core.progress),
        ancestors_(std::move(ancestors)) {}

  // Merges what waits in quarantine for its time, as far as the time has come.
  Result<void> merge_waiting(std::int64_t server_ms) {
    auto cursor = snapshot_.cursor(Keyspace::kQuarantine);
    if (!cursor) return fail(cursor.error());
    std::size_t left = kBatchOpsMax;
    auto standing = (*cursor)->seek({});
    for (; standing && *standing; standing = (*cursor)->next()) {
      const auto entry = decode_aside((*cursor)->value(), (*cursor)->key());
      if (!entry) return fail(entry.error());
      if (entry->code != Code::kStampInFuture) continue;
      auto ops = decode_own_batch(entry->batch);
      if (!ops || ops->size() != 1) return corrupt("op put aside", (*cursor)->key());
      if (left == 0 || !core_.clock.observe(ops->front().stamp, server_ms)) {
        ++outcome_.waiting;
        continue;
      }
      --left;
      builder_.erase(Keyspace::kQuarantine, std::string((*cursor)->key()));
      if (auto ok = merge(std::move(ops->front())); !ok) return ok;
    }
    if (!standing) return fail(standing.error());
    return {};
  }

  // Merges what is in quarantine as far as this build can read it and its time has come.
  Result<AsideRetry> merge_readable() {
    AsideRetry retried;
    auto cursor = snapshot_.cursor(Keyspace::kQuarantine);
    if (!cursor) return fail(cursor.error());
    auto standing = (*cursor)->seek({});
    for (; standing && *standing; standing = (*cursor)->next()) {
      std::string key((*cursor)->key());
      const auto entry = decode_aside((*cursor)->value(), key);
      if (!entry) return fail(entry.error());
      auto op = read_one(entry->batch);
      if (!op || retried.merged == kTransactionOpsMax) {
        ++retried.left;
      } else if (!core_.clock.observe(op->stamp, core_.clock.now_ms())) {
        if (entry->code != Code::kStampInFuture) {
          builder_.put(Keyspace::kQuarantine, std::move(key),
                       encode_aside(Code::kStampInFuture, entry->batch));
        }
        ++retried.left;
      } else {
        builder_.erase(Keyspace::kQuarantine, std::move(key));
        if (auto ok = merge(std::move(*op)); !ok) return fail(ok.error());
        ++retried.merged;
      }
    }
    if (!standing) return fail(standing.error());
    return retried;
  }

  // Makes pending again what is set aside and current.
  Result<void> offer_set_aside(AsideRetry& retried) {
    auto cursor = snapshot_.cursor(Keyspace::kSetAside);
    if (!cursor) return fail(cursor.error());
    auto standing = (*cursor)->seek({});
    for (; standing && *standing; standing = (*cursor)->next()) {
      const std::string_view key = (*cursor)->key();
      const auto sequence = parse_sequence_key(key);
      const auto entry = decode_aside((*cursor)->value(), key);
      if (!sequence || !entry) return corrupt("op put aside", key);
      const auto op = read_one(entry->batch);
      const auto current = op ? is_current(snapshot_, *sequence, op->key) : Result<bool>(false);
      if (!current) return fail(current.error());
      // What arrived in the same commit may have replaced it.
      if (!*current || merged_.contains(op->key.bytes())) {
        ++retried.left;
        continue;
      }
      builder_.erase_set_aside(*sequence);
      builder_.put(Keyspace::kOutbox, std::string(key),
                   encode_outbox({*sequence, op->key.bytes()}));
      ++retried.offered;
    }
    if (!standing) return fail(standing.error());
    if (retried.offered == 0) return {};
    return note_complete(snapshot_, builder_, false);
  }

  Result<void> merge_page(std::string_view batch, std::int64_t server_ms) {
    auto ops = decode_batch(batch);
    if (!ops)
      return fail(Code::kResponseMalformed, "the page of the reply: " + ops.error().message);
    outcome_.arrived = ops->size();
    merged_.reserve(ops->size());
    merged_ops_.reserve(ops->size());
    for (DecodedOp& item : *ops) {
      if (!item.op) {
        if (auto ok = quarantine(item.error->code, item.raw); !ok) return ok;
      } else if (auto observed = core_.clock.observe(item.op->stamp, server_ms); !observed) {
        if (auto ok = quarantine(observed.error().code, encode_batch({&*item.op, 1})); !ok)
          return ok;
        ++outcome_.waiting;
      } else if (auto ok = merge(std::move(*item.op)); !ok) {
        return ok;
      }
    }
    return {};
  }

  Result<void> settle(const PushBatch& pushed, const SyncReply::Push& reply) {
    if (reply.verdicts.size() != pushed.items.size()) {
      return fail(Code::kResponseMalformed,
                  "the reply has " + std::to_string(reply.verdicts.size()) + " verdicts for " +
                      std::to_string(pushed.items.size()) + " ops");
    }
    auto refusal = reply.refused.begin();
    for (std::size_t i = 0; i < pushed.items.size(); ++i) {
      const PushBatch::Item& item = pushed.items[i];
      if (reply.verdicts[i] != Verdict::kRefused) {
        builder_.erase_outbox(item.sequence);
        core_.clock.confirm(item.stamp);
        builder_.erase_set_aside(item.sequence);
        has_settled_ = note_seen(ancestors_, item.stamp) || has_settled_;
        ++outcome_.acknowledged;
        continue;
      }
      if (refusal == reply.refused.end() || refusal->index != i) {
        return fail(Code::kResponseMalformed,
                    "the reply refuses op " + std::to_string(i) + " without a code");
      }
      const Code code = refusal->code;
      ++refusal;
      if (code == Code::kStampInFuture) {
        ++outcome_.refused;
        refused_.insert(item.sequence);
      } else {
        const auto moved = put_aside(snapshot_, builder_, item.sequence, code);
        if (!moved) return fail(moved.error());
        if (*moved) ++outcome_.set_aside;
      }
    }
    if (refusal != reply.refused.end()) {
      return fail(Code::kResponseMalformed, "the reply has a code for op " +
                                                std::to_string(refusal->index) +
                                                ", which it does not refuse");
    }
    return {};
  }

  // Notes what the page said of how much the server has still to send. It goes with the page, so
  // that no crash leaves behind that everything is here when it is not.
  Result<void> conclude(std::uint64_t remaining) {
    outcome_.remaining = remaining;
    return note_complete(snapshot_, builder_, remaining == 0);
  }

  // Takes the cursors of a page. Another epoch than the known one means that the server may have
  // lost anything, so everything is offered again.
  Result<void> advance(const std::string& epoch,
                       const std::map<std::string, std::string>* cursors) {
    Progress progress = core_.progress;
    outcome_.epoch_changed = !progress.epoch.empty() && progress.epoch != epoch;
    progress.epoch = epoch;
    if (outcome_.epoch_changed) {
      progress.cursors.clear();
      if (auto ok = offer_everything(); !ok) return ok;
    }
    if (cursors != nullptr) {
      for (const auto& [name, cursor] : *cursors) progress.cursors.insert_or_assign(name, cursor);
    }
    if (progress != core_.progress) builder_.put_meta(kProgressName, encode_progress(progress));
    progress_ = std::move(progress);
    return {};
  }

  Result<void> settle_ancestors() {
    return replica::settle_ancestors(snapshot_, ancestors_, arrived_of_ancestors_, has_settled_,
                                     builder_);
  }

  Result<ReplyOutcome> commit() {
    if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok)
      return fail(ok.error());
    core_.progress = std::move(progress_);
    return outcome_;
  }

  RefusedSequences take_refused() { return std::move(refused_); }

 private:
  struct Present {
    std::optional<std::uint64_t> sequence;
    Stamp stamp;
    std::string value;
  };

  Result<std::optional<SlotEntry>> stored(const std::string& key) const {
    const auto bytes = snapshot_.get(Keyspace::kSlots, key);
    if (!bytes) return fail(bytes.error());
    if (!*bytes) return std::nullopt;
    const auto slot = decode_slot(**bytes, key);
    if (!slot) return fail(slot.error());
    return *slot;
  }

  Result<void> merge(Op op) {
    const std::string& key = op.key.bytes();
    if (unsettled_by(ancestors_, op.stamp) != nullptr) arrived_of_ancestors_.emplace(op.stamp, key);
    std::optional<std::uint64_t> replaced;
    if (const auto earlier = merged_.find(key); earlier != merged_.end()) {
      const Op& present = merged_ops_[earlier->second];
      if (!beats(op.stamp, op.value, present.stamp, present.value)) return {};
    } else {
      const auto present = stored(key);
      if (!present) return fail(present.error());
      if (*present) {
        if (!beats(op.stamp, op.value, (*present)->stamp, (*present)->value)) return {};
        replaced = (*present)->sequence;
      }
    }
    builder_.write(op, LogOrigin::kRemote, replaced);
    ++outcome_.merged;
    merged_.insert_or_assign(key, merged_ops_.size());
    merged_ops_.push_back(std::move(op));
    return {};
  }

  Result<void> quarantine(Code code, std::string_view batch) {
    if (next_quarantine_ == 0) {
      auto cursor = snapshot_.cursor(Keyspace::kQuarantine);
      if (!cursor) return fail(cursor.error());
      const auto standing = (*cursor)->seek_last();
      if (!standing) return fail(standing.error());
      next_quarantine_ = *standing ? parse_sequence_key((*cursor)->key()).value_or(0) + 1 : 1;
    }
    builder_.put(Keyspace::kQuarantine, sequence_key(next_quarantine_++),
                 encode_aside(code, batch));
    ++outcome_.quarantined;
    return {};
  }

  // Makes every slot pending that is not, each by itself.
  Result<void> offer_everything() {
    auto cursor = snapshot_.cursor(Keyspace::kSlots);
    if (!cursor) return fail(cursor.error());
    auto standing = (*cursor)->seek({});
    for (; standing && *standing; standing = (*cursor)->next()) {
      if (merged_.contains(std::string((*cursor)->key()))) continue;
      const auto slot = decode_slot((*cursor)->value(), (*cursor)->key());
      if (!slot) return fail(slot.error());
      std::string key = sequence_key(slot->sequence);
      const auto pending = snapshot_.get(Keyspace::kOutbox, key);
      if (!pending) return fail(pending.error());
      // It keeps the transaction that it belongs to.
      if (*pending) continue;
      builder_.put(Keyspace::kOutbox, std::move(key),
                   encode_outbox({slot->sequence, (*cursor)->key()}));
    }
    if (!standing) return fail(standing.error());
    return {};
  }

  Replica::Core& core_;
  const Snapshot& snapshot_;
  CommitBuilder builder_;
  Progress progress_;
  ReplyOutcome outcome_;
  std::unordered_map<std::string, std::size_t> merged_;  // slot key to its place in merged_ops_
  std::vector<Op> merged_ops_;
  RefusedSequences refused_;
  std::uint64_t next_quarantine_ = 0;
  Ancestors ancestors_;
  ArrivedOps arrived_of_ancestors_;
  bool has_settled_ = false;
};

// A page that is not the last ends beyond the cursor that it was asked with.
bool gets_on(const Progress& progress, const SyncReply::Pull& pull) {
  if (pull.remaining == 0) return true;
  return std::any_of(pull.cursors.begin(), pull.cursors.end(), [&progress](const auto& named) {
    const auto known = progress.cursors.find(named.first);
    return named.second != (known == progress.cursors.end() ? std::string() : known->second);
  });
}

Result<ReplyOutcome> take_in_parts(Replica::Core& core, const SyncReply& reply,
                                   const PushBatch* pushed, RefusedSequences& refused) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto unsettled = Replica::Core::unsettled(**snapshot);
  if (!unsettled) return fail(unsettled.error());
  auto ancestors = read_ancestors(**snapshot);
  if (!ancestors) return fail(ancestors.error());
  Intake intake(core, **snapshot, *unsettled, std::move(*ancestors));
  if (auto ok = intake.merge_waiting(reply.time_ms); !ok) return fail(ok.error());
  if (reply.pull) {
    if (!gets_on(core.progress, *reply.pull)) {
      return fail(Code::kResponseMalformed,
                  "the server has more, and sent a page that moves no cursor");
    }
    if (auto ok = intake.merge_page(reply.pull->ops, reply.time_ms); !ok) return fail(ok.error());
    if (auto ok = intake.conclude(reply.pull->remaining); !ok) return fail(ok.error());
  }
  if (auto ok = intake.advance(reply.epoch, reply.pull ? &reply.pull->cursors : nullptr); !ok) {
    return fail(ok.error());
  }
  if (pushed != nullptr) {
    if (!reply.push) return fail(Code::kResponseMalformed, "the reply has no verdicts");
    // With another epoch everything was just made pending again; the verdicts then settle what they
    // answer.
    if (auto ok = intake.settle(*pushed, *reply.push); !ok) return fail(ok.error());
  }
  if (auto ok = intake.settle_ancestors(); !ok) return fail(ok.error());
  // A store may have to wait for every snapshot before it can grow.
  snapshot->reset();
  refused = intake.take_refused();
  return intake.commit();
}

Result<AsideRetry> try_again_in_parts(Replica::Core& core, bool also_set_aside) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto unsettled = Replica::Core::unsettled(**snapshot);
  if (!unsettled) return fail(unsettled.error());
  auto ancestors = read_ancestors(**snapshot);
  if (!ancestors) return fail(ancestors.error());
  Intake intake(core, **snapshot, *unsettled, std::move(*ancestors));
  auto retried = intake.merge_readable();
  if (!retried) return retried;
  if (also_set_aside) {
    if (auto ok = intake.offer_set_aside(*retried); !ok) return fail(ok.error());
  }
  snapshot->reset();
  if (auto done = intake.commit(); !done) return fail(done.error());
  return retried;
}

}  // namespace

Result<AsideRetry> try_again(Replica::Core& core, bool also_set_aside) {
  auto retried = try_again_in_parts(core, also_set_aside);
  if (!retried) core.clock.restore(core.committed.clock);
  return retried;
}

Result<ReplyOutcome> take_in(Replica::Core& core, const SyncReply& reply, const PushBatch* pushed,
                             std::int64_t sent_ms, std::int64_t received_ms,
                             RefusedSequences& refused) {
  core.clock.learn_offset(reply.time_ms, sent_ms, received_ms);
  auto outcome = take_in_parts(core, reply, pushed, refused);
  if (!outcome) core.clock.restore(core.committed.clock);
  return outcome;
}

}  // namespace syncline::replica
