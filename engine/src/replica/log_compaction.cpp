#include "replica/log_compaction.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "replica/ancestors.hpp"
#include "replica/core.hpp"
#include "syncline/batch.hpp"

namespace syncline::replica {
namespace {

// For each op that a commit logs a pass looks at so many. Together with the beginning of a pass,
// when the log is half as long again as what the last one left, that keeps it within twice that.
constexpr std::int64_t kLooksPerOp = 4;
// So many ops may be there beside; no pass is worth while for less.
constexpr std::uint64_t kSlackOps = 64;
// How many ops a commit looks at that does nothing else.
constexpr std::int64_t kLooksAlone = 20'000;
// Of so many commits nothing is dropped yet.
constexpr std::size_t kRecentCommits = 8;

constexpr std::int64_t kMillisecondsPerDay = 86'400'000;

std::uint64_t difference(std::uint64_t greater, std::uint64_t less) {
  return greater > less ? greater - less : 0;
}

// Looks at entries of the log over one snapshot, and adds to a batch what changes them.
class Pass {
 public:
  Pass(const Replica::Core& core, const Snapshot& snapshot, const Ancestors& ancestors,
       LogState& state, StoreBatch& batch)
      : core_(core),
        snapshot_(snapshot),
        ancestors_(ancestors),
        state_(state),
        batch_(batch),
        confirmed_(core.clock.state().confirmed),
        now_ms_(core.clock.now_ms()) {}

  // Goes on until nothing is left of the credit or of the pass. Errors: store_corrupt, store_io.
  Result<void> go_on(std::int64_t& credit) {
    const auto unsettled = Replica::Core::unsettled(snapshot_);
    if (!unsettled) return fail(unsettled.error());
    set_aside_first_ = unsettled->set_aside_first;
    auto cursor = snapshot_.cursor(Keyspace::kLog);
    if (!cursor) return fail(cursor.error());
    auto standing = (*cursor)->seek(sequence_key(state_.next));
    for (; standing && *standing && credit > 0; standing = (*cursor)->next()) {
      const auto first = parse_sequence_key((*cursor)->key());
      const auto entry = decode_log((*cursor)->value(), (*cursor)->key());
      if (!first || !entry) return corrupt("log entry", (*cursor)->key());
      if (*first > state_.end) return end();
      const auto ops = decode_own_batch(entry->batch);
      if (!ops) return corrupt("log entry", std::to_string(*first));
      if (auto ok = look(*first, entry->origin, *ops); !ok) return ok;
      credit -= static_cast<std::int64_t>(ops->size());
      state_.next = *first + ops->size();
    }
    if (!standing) return fail(standing.error());
    if (!*standing || state_.next > state_.end) return end();
    return {};
  }

 private:
  Result<void> look(std::uint64_t first, LogOrigin origin, std::span<const Op> ops) {
    std::vector<bool> keeps(ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const auto kept = is_kept(ops[i], first + i, origin);
      if (!kept) return fail(kept.error());
      keeps[i] = *kept;
    }
    const auto dropped = std::count(keeps.begin(), keeps.end(), false);
    if (dropped == 0) return {};
    state_.dropped += static_cast<std::uint64_t>(dropped);
    if (!keeps.front()) batch_.erase(Keyspace::kLog, sequence_key(first));
    // What is kept in a row stays together.
    for (std::size_t i = 0; i < ops.size();) {
      const auto begin = i;
      while (i < ops.size() && keeps[i] == keeps[begin]) ++i;
      if (!keeps[begin]) continue;
      batch_.put(Keyspace::kLog, sequence_key(first + begin),
                 encode_log({origin, encode_batch(ops.subspan(begin, i - begin))}));
    }
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (!keeps[i] && ops[i].stamp.time > confirmed_)
        note_dropped(state_.unconfirmed, ops[i].stamp);
    }
    return {};
  }

  Result<bool> is_kept(const Op& op, std::uint64_t sequence, LogOrigin origin) {
    const auto held = read_slot(snapshot_, op.key.bytes());
    if (!held) return fail(held.error());
    // Whatever is amiss here, a verification tells.
    if (!*held) return true;
    const SlotEntry& slot = **held;
    if (slot.sequence == sequence) {
      ++state_.current;
      return true;
    }
    // A register that the slot went back from was withdrawn before anyone else saw it. It goes
    // whatever else speaks for it: what it became is looked at after it, and when that is dropped,
    // nothing may be left that would seem to be greater than what the slot holds.
    if (beats(op.stamp, op.value, slot.stamp, slot.value)) return false;
    if (is_history(op, sequence) || is_of_ancestors(op, origin)) return true;
    if (!set_aside_first_ || sequence < *set_aside_first_) return false;
    const auto aside = read_set_aside(snapshot_, sequence);
    if (!aside) return fail(aside.error());
    return aside->has_value();
  }

  [[nodiscard]] bool is_history(const Op& op, std::uint64_t sequence) const {
    const HistoryRule& rule = core_.schema.collection(op.key.collection()).history;
    if (difference(core_.committed.sequence, sequence) < rule.keep_ops) return true;
    return rule.keep_days > 0 &&
           now_ms_ - op.stamp.time.milliseconds() < rule.keep_days * kMillisecondsPerDay;
  }

  // While something of an ancestor is unsettled, an op that arrives may be one of these, and what
  // is stamped anew in its name has to come after them, and by no more than it must.
  [[nodiscard]] bool is_of_ancestors(const Op& op, LogOrigin origin) const {
    if (ancestors_.empty() || op.stamp.replica == core_.id) return false;
    const auto author = std::find_if(
        ancestors_.begin(), ancestors_.end(),
        [&op](const Ancestor& ancestor) { return ancestor.replica == op.stamp.replica; });
    return author == ancestors_.end() ? origin != LogOrigin::kRemote
                                      : op.stamp.time > author->confirmed;
  }

  Result<void> end() {
    state_.kept = difference(difference(state_.end, state_.dropped), state_.current);
    state_.next = state_.end = state_.current = 0;
    return {};
  }

  const Replica::Core& core_;
  const Snapshot& snapshot_;
  const Ancestors& ancestors_;
  LogState& state_;
  StoreBatch& batch_;
  HybridTime confirmed_;
  std::int64_t now_ms_;
  std::optional<std::uint64_t> set_aside_first_;
};

// What was confirmed since cannot be anyone's hurdle any more.
void forget_confirmed(LogState& state, const Replica::Core& core, const Ancestors& ancestors) {
  const HybridTime confirmed = core.clock.state().confirmed;
  std::erase_if(state.unconfirmed, [&](const TimeRange& range) {
    return range.last <= confirmed && (range.replica == core.id || ancestors.empty());
  });
}

}  // namespace

Result<LogState> LogCompactor::plan(Replica::Core& core, StoreBatch& batch, bool begins_anew) {
  LogState next = state_;
  const std::uint64_t head = core.committed.sequence;
  const auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  if (next.next == 0) {
    const auto slots = (*snapshot)->count(Keyspace::kSlots);
    if (!slots) return fail(slots.error());
    const std::uint64_t beside = difference(difference(head, next.dropped), *slots);
    if (!begins_anew && beside <= next.kept + (*slots + next.kept) / 2 + kSlackOps) return next;
  }
  if (next.next == 0 || begins_anew) {
    next.next = 1;
    next.end = last_settled(head);
    next.current = 0;
  }
  const auto ancestors = read_ancestors(**snapshot);
  if (!ancestors) return fail(ancestors.error());
  if (auto ok = Pass(core, **snapshot, *ancestors, next, batch).go_on(credit_); !ok)
    return fail(ok.error());
  forget_confirmed(next, core, *ancestors);
  if (next != state_)
    batch.put(Keyspace::kMeta, std::string(kLogStateName), encode_log_state(next));
  return next;
}

Result<void> LogCompactor::commit(Replica::Core& core, StoreBatch batch, std::uint64_t added) {
  if (added == 0) return core.store.commit(batch);
  const std::size_t own = batch.changes().size();
  credit_ = std::min<std::int64_t>(credit_, 0) + kLooksPerOp * static_cast<std::int64_t>(added);
  auto next = plan(core, batch, false);
  if (!next) batch.truncate(own);
  auto done = core.store.commit(batch);
  if (!done && done.error().code == Code::kStoreFull && batch.changes().size() > own) {
    batch.truncate(own);
    next = state_;
    done = core.store.commit(batch);
  }
  if (!done) return done;
  if (next) state_ = std::move(*next);
  recent_.push_back(core.committed.sequence + 1);
  if (recent_.size() > kRecentCommits) recent_.pop_front();
  return {};
}

Result<bool> LogCompactor::drop_some(Replica::Core& core, From from) {
  credit_ = kLooksAlone;
  StoreBatch batch;
  auto next = plan(core, batch, from == From::kBeginning);
  credit_ = 0;
  if (!next) return fail(next.error());
  if (!batch.changes().empty()) {
    if (auto ok = core.store.commit(batch); !ok) return fail(ok.error());
  }
  state_ = std::move(*next);
  return state_.next == 0;
}

}  // namespace syncline::replica
