#include "replica/intake.hpp"

#include <limits>
#include <utility>

#include "conflict/journal.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {

namespace {

// A number behind all that are taken, also by what is damaged.
Result<std::uint64_t> next_number(const Snapshot& snapshot) {
  const auto count = snapshot.count(Keyspace::kQuarantine);
  if (!count) return fail(count.error());
  auto cursor = snapshot.cursor(Keyspace::kQuarantine);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek_last();
  for (std::uint64_t seen = 0; seen <= *count; ++seen) {
    if (standing && !*standing) break;
    if (!standing && standing.error().code != Code::kStoreCorrupt) return fail(standing.error());
    const auto number = parse_sequence_key((*cursor)->key());
    if (number && *number != std::numeric_limits<std::uint64_t>::max()) return *number + 1;
    standing = (*cursor)->previous();
  }
  return 1;
}

}  // namespace

Result<void> Intake::merge_waiting(std::int64_t server_ms) {
  std::size_t left = kBatchOpsMax;
  const auto walked =
      walk_aside(snapshot_, Keyspace::kQuarantine,
                 [&](std::string_view key, const AsideEntry& entry) -> Result<void> {
                   if (entry.code != Code::kStampInFuture) return {};
                   auto op = read_one(entry.batch);
                   if (!op) return {};
                   if (left == 0 || !core_.clock.observe(op->stamp, server_ms)) {
                     ++outcome_.waiting;
                     return {};
                   }
                   --left;
                   builder_.erase(Keyspace::kQuarantine, std::string(key));
                   return merge(std::move(*op), entry.after);
                 });
  if (!walked) return fail(walked.error());
  return {};
}

Result<AsideRetry> Intake::merge_readable() {
  AsideRetry retried;
  const auto unreadable =
      walk_aside(snapshot_, Keyspace::kQuarantine,
                 [&](std::string_view key, const AsideEntry& entry) -> Result<void> {
                   auto op = read_one(entry.batch);
                   if (!op || retried.merged == kTransactionOpsMax) {
                     ++retried.left;
                     return {};
                   }
                   if (!core_.clock.observe(op->stamp, core_.clock.now_ms())) {
                     if (entry.code != Code::kStampInFuture) {
                       builder_.put(Keyspace::kQuarantine, std::string(key),
                                    encode_aside({Code::kStampInFuture, entry.batch, entry.after}));
                     }
                     ++retried.left;
                     return {};
                   }
                   builder_.erase(Keyspace::kQuarantine, std::string(key));
                   ++retried.merged;
                   return merge(std::move(*op), entry.after);
                 });
  if (!unreadable) return fail(unreadable.error());
  retried.left += *unreadable;
  return retried;
}

Result<void> Intake::merge_page(std::string_view batch, std::int64_t server_ms) {
  auto ops = decode_batch(batch);
  if (!ops) return fail(Code::kResponseMalformed, "the page of the reply: " + ops.error().message);
  outcome_.arrived = ops->size();
  merged_.reserve(ops->size());
  merged_ops_.reserve(ops->size());
  for (DecodedOp& item : *ops) {
    if (item.op) note_arrival(item.op->stamp, item.op->key.bytes());
    if (!item.op) {
      if (auto ok = quarantine(item.error->code, item.raw); !ok) return ok;
    } else if (auto observed = core_.clock.observe(item.op->stamp, server_ms); !observed) {
      // By the time that it can be merged, what it conflicts with may be settled.
      const auto present = read_slot(snapshot_, item.op->key.bytes());
      if (!present) return fail(present.error());
      if (auto ok = watch_.meet(*item.op, *present); !ok) return ok;
      if (*present && changes_nothing(*item.op, **present)) continue;
      if (auto ok = quarantine(observed.error().code, encode_batch({&*item.op, 1})); !ok) return ok;
      ++outcome_.waiting;
    } else if (auto ok = merge(std::move(*item.op)); !ok) {
      return ok;
    }
  }
  return {};
}

// What a server sends of this replica, or of one that it was restored from, it holds.
void Intake::note_arrival(const Stamp& stamp, const std::string& slot_key) {
  if (stamp.replica == core_.id) core_.clock.confirm(stamp);
  if (unsettled_by(ancestors_, stamp) != nullptr) arrived_of_ancestors_.emplace(stamp, slot_key);
}

// What was here before comes again when the cursors begin anew. What a server holds is not stamped
// anew, and nothing is ever stamped anew below what is confirmed, so that it need not wait.
bool Intake::changes_nothing(const Op& arrived, const SlotEntry& present) const {
  if (arrived.stamp == present.stamp && arrived.value == present.value) return true;
  return arrived.stamp.time <= core_.clock.state().confirmed &&
         !beats(arrived.stamp, arrived.value, present.stamp, present.value);
}

Result<void> Intake::record_conflicts() {
  const auto clashes = watch_.finish();
  if (!clashes) return fail(clashes.error());
  const std::size_t arrived = merged_ops_.size();
  auto done = conflict::record(*clashes, core_, snapshot_, unsettled_, builder_, merged_ops_);
  // Where the journal was written over, the slot is no longer what the snapshot has, either.
  for (std::size_t i = arrived; i < merged_ops_.size(); ++i)
    merged_.insert_or_assign(merged_ops_[i].key.bytes(), i);
  return done;
}

Result<ReplyOutcome> Intake::commit() {
  for (const auto& [key, sequence] : come_of_age_)
    builder_.put(Keyspace::kOutbox, sequence_key(sequence),
                 encode_outbox({sequence, key, kOfferedAgain}));
  if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok) return fail(ok.error());
  core_.progress = std::move(progress_);
  return outcome_;
}

Result<void> Intake::merge(Op op, std::optional<std::uint64_t> after) {
  const std::string& key = op.key.bytes();
  const auto earlier = merged_.find(key);
  const bool is_first = earlier == merged_.end();
  if (!is_first) {
    const Op& present = merged_ops_[earlier->second];
    if (!beats(op.stamp, op.value, present.stamp, present.value)) return {};
  }
  const auto present = read_slot(snapshot_, key);
  if (!present) return fail(present.error());
  // What waited in quarantine may come with what replaced it.
  if (auto ok = watch_.meet(op, *present, after); !ok) return ok;
  std::optional<Replaced> replaced;
  if (is_first && *present) {
    if (!beats(op.stamp, op.value, (*present)->stamp, (*present)->value)) return {};
    replaced = Replaced{(*present)->sequence, {}};
  }
  builder_.write(op, LogOrigin::kRemote, replaced);
  ++outcome_.merged;
  if (after) {
    come_of_age_.insert_or_assign(key, builder_.last_sequence());
  } else if (!is_first) {
    come_of_age_.erase(key);
  }
  merged_.insert_or_assign(key, merged_ops_.size());
  merged_ops_.push_back(std::move(op));
  return {};
}

Result<void> Intake::quarantine(Code code, std::string_view batch) {
  if (next_quarantine_ == 0) {
    const auto next = next_number(snapshot_);
    if (!next) return fail(next.error());
    next_quarantine_ = *next;
  }
  builder_.put(Keyspace::kQuarantine, sequence_key(next_quarantine_++),
               encode_aside({code, batch, core_.committed.sequence}));
  ++outcome_.quarantined;
  return {};
}

}  // namespace syncline::replica
