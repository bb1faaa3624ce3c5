#include <utility>

#include "replica/ancestors.hpp"
#include "replica/intake.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"
#include "syncline/limits.hpp"

// What a reply says of what was pushed, of its cursors and of what there is still to come.

namespace syncline::replica {

Result<void> Intake::settle(const PushBatch& pushed, const SyncReply::Push& reply) {
  if (reply.verdicts.size() != pushed.items.size()) {
    return fail(Code::kResponseMalformed, "the reply has " + std::to_string(reply.verdicts.size()) +
                                              " verdicts for " +
                                              std::to_string(pushed.items.size()) + " ops");
  }
  if (auto ok = note_taken(pushed.pusher, reply.taken); !ok) return ok;
  auto refusal = reply.refused.begin();
  for (std::size_t i = 0; i < pushed.items.size(); ++i) {
    const PushBatch::Item& item = pushed.items[i];
    if (reply.verdicts[i] == Verdict::kUnseen) continue;
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

Result<void> Intake::conclude(std::uint64_t remaining) {
  outcome_.remaining = remaining;
  return note_complete(snapshot_, builder_, remaining == 0);
}

Result<void> Intake::advance(const std::string& epoch,
                             const std::map<std::string, std::string>* cursors) {
  Progress progress = core_.progress;
  outcome_.epoch_changed = !progress.epoch.empty() && progress.epoch != epoch;
  progress.epoch = epoch;
  if (outcome_.epoch_changed) progress.cursors.clear();
  // Whoever knows of no epoch has nothing that a server is known to hold: it is new, or what it
  // knew is lost.
  if (outcome_.epoch_changed || core_.progress.epoch.empty()) {
    if (auto ok = offer_everything(); !ok) return ok;
  }
  if (cursors != nullptr) {
    for (const auto& [name, cursor] : *cursors) progress.cursors.insert_or_assign(name, cursor);
  }
  if (progress != core_.progress) builder_.put_meta(kProgressName, encode_progress(progress));
  progress_ = std::move(progress);
  return {};
}

Result<void> Intake::settle_ancestors() {
  return replica::settle_ancestors(snapshot_, ancestors_, arrived_of_ancestors_, has_settled_,
                                   builder_);
}

Result<void> Intake::offer_set_aside(AsideRetry& retried) {
  const auto unreadable = walk_aside(
      snapshot_, Keyspace::kSetAside,
      [&](std::string_view key, const AsideEntry& entry) -> Result<void> {
        const auto sequence = parse_sequence_key(key);
        const auto op = sequence ? read_one(entry.batch) : std::nullopt;
        const auto current = op ? is_current(snapshot_, *sequence, op->key) : Result<bool>(false);
        if (!current) return fail(current.error());
        // What arrived in the same commit may have replaced it.
        if (!*current || merged_.contains(op->key.bytes())) {
          ++retried.left;
          return {};
        }
        builder_.erase_set_aside(*sequence);
        builder_.put(Keyspace::kOutbox, std::string(key),
                     encode_outbox({core_.committed.sequence + 1, op->key.bytes(), entry.base}));
        ++retried.offered;
        return {};
      });
  if (!unreadable) return fail(unreadable.error());
  retried.left += *unreadable;
  if (retried.offered == 0) return {};
  return note_complete(snapshot_, builder_, false);
}

Result<void> Intake::note_taken(ReplicaId pusher, std::uint64_t through) {
  return walk_outbox(snapshot_,
                     [&](std::uint64_t sequence, const OutboxEntry& entry) -> Result<bool> {
                       if (sequence > through) return false;
                       if (taken_from(sequence, entry.commit) > through) return true;
                       const auto op = pending_op(snapshot_, sequence, entry.slot_key);
                       if (!op) return fail(op.error());
                       // What arrived in the same commit may have replaced it.
                       if (op->stamp.replica == pusher && !merged_.contains(op->key.bytes())) {
                         builder_.put(Keyspace::kOutbox, sequence_key(sequence),
                                      encode_outbox({entry.commit, entry.slot_key, kOfferedAgain}));
                       }
                       return true;
                     });
}

// What is set aside is not any more, and others may still not know of it.
Result<OutboxEntry> Intake::offer(const SlotEntry& slot, std::string_view slot_key) {
  OutboxEntry offered{slot.sequence, slot_key, kOfferedAgain};
  if (!unsettled_.set_aside_first || slot.sequence < *unsettled_.set_aside_first) return offered;
  const auto set_aside = read_set_aside(snapshot_, slot.sequence);
  if (!set_aside) return fail(set_aside.error());
  if (!*set_aside) return offered;
  if (!(*set_aside)->batch.empty()) builder_.erase_set_aside(slot.sequence);
  offered.commit = core_.committed.sequence + 1;
  offered.base = (*set_aside)->base;
  return offered;
}

Result<void> Intake::offer_everything() {
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
    const auto offered = offer(*slot, (*cursor)->key());
    if (!offered) return fail(offered.error());
    builder_.put(Keyspace::kOutbox, std::move(key), encode_outbox(*offered));
  }
  if (!standing) return fail(standing.error());
  return {};
}

}  // namespace syncline::replica
