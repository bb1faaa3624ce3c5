#include "replica/withdrawal.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "replica/ancestors.hpp"
#include "replica/fold.hpp"
#include "replica/log_state.hpp"
#include "replica/pending.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {
namespace {

class Search {
 public:
  Search(const Replica::Core& core, const Ancestors& ancestors, const Refusal* refusal)
      : core_(core), ancestors_(ancestors), refusal_(refusal) {
    // A clock that was set back during the request says too little.
    const std::int64_t judged_ms = refusal == nullptr ? 0 : refusal->judged_ms;
    bound_ms_ = std::max(core.clock.now_ms(), judged_ms) + kDriftMaxMs;
  }

  Result<Withdrawal> run(const Snapshot& snapshot) {
    const auto walked = walk_waiting(snapshot, [this](Pending waiting) -> Result<bool> {
      look(std::move(waiting));
      return true;
    });
    if (!walked) return fail(walked.error());
    if (found_.ops.empty()) return std::move(found_);
    found_.most = most_that_may_be_held();
    if (auto ok = read_log(snapshot); !ok) return fail(ok.error());
    // A slot that one transaction wrote twice has the place of its first write in the outbox.
    std::stable_sort(found_.ops.begin(), found_.ops.end(),
                     [](const Pending& a, const Pending& b) { return a.op.stamp < b.op.stamp; });
    return std::move(found_);
  }

 private:
  void look(Pending pending) {
    const Stamp& stamp = pending.op.stamp;
    const bool is_refused = refusal_ != nullptr && refusal_->sequences.contains(pending.sequence);
    const bool is_ahead = refusal_ != nullptr && !has_passed(stamp) &&
                          (stamp.time.milliseconds() > bound_ms_ || is_refused ||
                           (stamp.replica == refusal_->pusher && stamp.time >= refusal_->least));
    const Ancestor* ancestor = unsettled_by(ancestors_, stamp);
    // What the server has judged in an ancestor's name, the ancestor had not withdrawn by then.
    const bool is_doubted =
        ancestor != nullptr && (refusal_ == nullptr || ancestor->replica != refusal_->pusher);
    // Behind such an op nothing of this replica has been sent, and some of it may name a deletion
    // that gets another stamp.
    const bool follows = has_doubted_ && stamp.replica == core_.id;
    has_doubted_ = has_doubted_ || is_doubted;
    if (is_doubted || follows || (is_ahead && is_unseen(stamp))) {
      found_.has_ancestors = found_.has_ancestors || ancestor != nullptr;
      found_.ops.push_back(std::move(pending));
      return;
    }
    found_.after = std::max(found_.after, stamp.time);
    if (ancestor != nullptr)
      found_.after_of_ancestors = std::max(found_.after_of_ancestors, stamp.time);
  }

  // What a later write took from the outbox, a request whose reply was lost may have brought to the
  // server, and an ancestor that lives on may bring it there yet. The server refuses what is no
  // less than a time that it refused. Of ancestors this is known only where one was judged: what is
  // in doubt was not sent by this replica, and what its ancestor had sent has been pulled.
  Result<void> read_log(const Snapshot& snapshot) {
    auto walked = walk_log(snapshot, 0, [&](const LogItem& item) {
      const HybridTime time = item.op.stamp.time;
      note_taken(item);
      if (time > found_.most) return true;
      come_after(time, item.op.stamp.replica, static_cast<LogOrigin>(item.origin));
      return true;
    });
    if (!walked) return walked;
    // What the log dropped may be there as well.
    const auto log = read_log_state(snapshot);
    if (!log) return fail(log.error());
    for (const TimeRange& range : log->unconfirmed)
      come_after(last_dropped(range, found_.most), range.replica, LogOrigin::kLocal);
    return {};
  }

  // The server's clock may have been ahead when it took that in. What was stamped anew is behind
  // what had been taken before, and what it took the place of the server never had. What an
  // ancestor has withdrawn since it was copied no log here tells; of that all has been pulled.
  void note_taken(const LogItem& item) {
    if (refusal_ == nullptr || refusal_->pusher != core_.id || item.op.stamp.replica != core_.id)
      return;
    if (static_cast<LogOrigin>(item.origin) == LogOrigin::kRestamped) found_.taken.reset();
    if (item.sequence <= refusal_->taken)
      found_.taken = std::max(found_.taken.value_or(item.op.stamp), item.op.stamp);
  }

  [[nodiscard]] HybridTime most_that_may_be_held() const {
    const HybridTime bound(bound_ms_, std::numeric_limits<std::uint16_t>::max());
    if (refusal_ == nullptr || refusal_->least > bound) return bound;
    return HybridTime::from_packed(std::max<std::uint64_t>(refusal_->least.packed(), 1) - 1);
  }

  void come_after(HybridTime time, ReplicaId author, LogOrigin origin) {
    found_.after = std::max(found_.after, time);
    if (has_judged_ancestor(author, origin))
      found_.after_of_ancestors = std::max(found_.after_of_ancestors, time);
  }

  // Whether the push went in an ancestor's name, and the ancestor has the op: it is its own, or it
  // was there before the ancestor was copied. One of an ancestor that is forgotten is older.
  [[nodiscard]] bool has_judged_ancestor(ReplicaId author, LogOrigin origin) const {
    const auto is_of = [](ReplicaId replica) {
      return [replica](const Ancestor& ancestor) { return ancestor.replica == replica; };
    };
    if (refusal_ == nullptr) return false;
    const auto judged = std::find_if(ancestors_.begin(), ancestors_.end(), is_of(refusal_->pusher));
    if (judged == ancestors_.end()) return false;
    if (author == judged->replica) return true;
    return author != core_.id && origin != LogOrigin::kRemote &&
           std::none_of(judged, ancestors_.end(), is_of(author));
  }

  // The server's time will reach it, as it had reached what was written later.
  [[nodiscard]] bool has_passed(const Stamp& stamp) const {
    return stamp.replica == refusal_->pusher && stamp.time <= refusal_->passed;
  }

  // Whether no one is known to have seen the op but this replica, and the one that it was restored
  // from.
  [[nodiscard]] bool is_unseen(const Stamp& stamp) const {
    if (stamp.replica == core_.id) return stamp.time > core_.clock.state().confirmed;
    return unsettled_by(ancestors_, stamp) != nullptr;
  }

  const Replica::Core& core_;
  const Ancestors& ancestors_;
  const Refusal* refusal_;
  std::int64_t bound_ms_ = 0;
  bool has_doubted_ = false;
  Withdrawal found_;
};

}  // namespace

Result<Withdrawal> find_withdrawn(const Replica::Core& core, const Snapshot& snapshot,
                                  const Ancestors& ancestors, const Refusal* refusal) {
  return Search(core, ancestors, refusal).run(snapshot);
}

}  // namespace syncline::replica
