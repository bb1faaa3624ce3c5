#include "syncline/history.hpp"

#include <algorithm>
#include <array>

#include "replica/core.hpp"
#include "replica/fold.hpp"

namespace syncline {
namespace replica {
namespace {

class ReplicaHistory final : public History {
 public:
  explicit ReplicaHistory(Replica::Core& core) : core_(core) {}

  Result<void> visit(const HistoryRange& range, const Visitor& visitor) const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    Result<void> failed;
    const auto walked = walk_log(**snapshot, range.from, [&](const LogItem& item) {
      const SlotKey& key = item.op.key;
      if (!range.collection.empty() && key.collection() != range.collection) return true;
      if (!range.record.empty() && key.record() != range.record) return true;
      const auto state = state_of(**snapshot, item);
      if (!state) failed = fail(state.error());
      return state && visitor({item, *state});
    });
    return walked ? failed : walked;
  }

  Result<LogCompaction> compact(const Progress& progress) override {
    LogCompaction done;
    std::uint64_t looked = 0;
    std::uint64_t total = 0;
    auto from = LogCompactor::From::kBeginning;
    for (bool is_over = false; !is_over; from = LogCompactor::From::kHere) {
      {
        const std::lock_guard lock(core_.writer);
        const std::uint64_t before = core_.compactor.dropped();
        const auto dropped = core_.compactor.drop_some(core_, from);
        if (!dropped) return fail(dropped.error());
        done.dropped_ops += core_.compactor.dropped() - before;
        done.kept_ops = core_.committed.sequence - core_.compactor.dropped();
        is_over = *dropped;
        if (total == 0) total = is_over ? core_.committed.sequence : core_.compactor.end();
        // Who writes in between may have ended the pass and begun another one.
        looked = is_over ? total : std::clamp(core_.compactor.looked(), looked, total);
      }
      if (progress && !progress(looked, total) && !is_over)
        return fail(Code::kCancelled, "the compaction was stopped");
    }
    return done;
  }

 private:
  static Result<OpState> state_of(const Snapshot& snapshot, const LogItem& item) {
    const std::string sequence = sequence_key(item.sequence);
    const auto aside = read_set_aside(snapshot, item.sequence);
    if (!aside) return fail(aside.error());
    if (*aside) return OpState::kSetAside;
    const auto held = read_slot(snapshot, item.op.key.bytes());
    if (!held) return fail(held.error());
    if (!*held) return corrupt("slot", item.op.key.bytes());
    const SlotEntry& slot = **held;
    if (slot.sequence != item.sequence) {
      return beats(item.op.stamp, item.op.value, slot.stamp, slot.value) ? OpState::kWithdrawn
                                                                         : OpState::kOverwritten;
    }
    const auto pending = snapshot.get(Keyspace::kOutbox, sequence);
    if (!pending) return fail(pending.error());
    return *pending ? OpState::kPending : OpState::kCurrent;
  }

  Replica::Core& core_;
};

}  // namespace

std::unique_ptr<History> make_history(Replica::Core& core) {
  return std::make_unique<ReplicaHistory>(core);
}

}  // namespace replica

std::string_view op_state_name(OpState state) {
  constexpr std::array<std::string_view, 5> kNames = {"current", "pending", "set_aside",
                                                      "overwritten", "withdrawn"};
  return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace syncline
