#include "replica/restamp.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "replica/ancestors.hpp"
#include "replica/stored_schema.hpp"
#include "replica/withdrawal.hpp"
#include "schema/rule_names.hpp"
#include "strategy/strategy.hpp"

namespace syncline::replica {
namespace {

using NewStamps = std::map<Stamp, Stamp>;

// Gives new stamps to what was withdrawn, in order.
class Restamper {
 public:
  // What is stamped anew for ancestors comes after `last_of_ancestors`. An own stamp up to `most`
  // stays if it can: a greater one could hide what arrived since.
  Restamper(Replica::Core& core, const Ancestors& ancestors, HybridTime last_of_ancestors,
            HybridTime most)
      : core_(core), ancestors_(ancestors), last_of_ancestors_(last_of_ancestors), most_(most) {}

  // Gives a new one for a stamp that has none yet. Errors: clock_exhausted.
  Result<void> give(const Stamp& before) {
    if (stamps_.contains(before)) return {};
    const Ancestor* ancestor = unsettled_by(ancestors_, before);
    const auto anew = ancestor == nullptr ? own(before) : of_ancestor(*ancestor);
    if (!anew) return fail(anew.error());
    given_ = std::max(given_, anew->time);
    stamps_.emplace(before, *anew);
    return {};
  }
  [[nodiscard]] const NewStamps& stamps() const { return stamps_; }

 private:
  Result<Stamp> own(const Stamp& before) {
    if (before.time > given_ && before.time <= most_) {
      come_after(before.time);
      return before;
    }
    const auto time = core_.clock.tick();
    if (!time) return fail(time.error());
    return Stamp{*time, core_.id};
  }
  // Where an ancestor lives on, it stamps the same ops anew as well, and may have written to their
  // slots since: what it says has to be the greater. So its ops get the least times that are beyond
  // what was seen of it, and stay its own.
  Result<Stamp> of_ancestor(const Ancestor& ancestor) {
    // What an older one is known to have said, it may have written over.
    for (const Ancestor& older : ancestors_) {
      last_of_ancestors_ = std::max(last_of_ancestors_, older.confirmed);
      if (older.replica == ancestor.replica) break;
    }
    const auto next = HybridTime::from_packed(last_of_ancestors_.packed() + 1);
    if (next < last_of_ancestors_)
      return fail(Code::kClockExhausted, "the clock stands at the end of its range");
    last_of_ancestors_ = next;
    // What this replica stamps anew itself was written later, and stays later.
    come_after(next);
    return Stamp{next, ancestor.replica};
  }

  void come_after(HybridTime time) {
    HybridClock::State state = core_.clock.state();
    state.last = std::max(state.last, time);
    core_.clock.restore(state);
  }

  Replica::Core& core_;
  const Ancestors& ancestors_;
  HybridTime last_of_ancestors_;
  HybridTime most_;
  HybridTime given_;  // the greatest yet
  NewStamps stamps_;
};

// The rest of the millisecond is left to copies of this replica, which stamp the same ops anew
// directly behind what was confirmed: no stamp is given twice, and what this one says is greater.
HybridTime end_of_millisecond(HybridTime time) {
  constexpr std::uint16_t kCounterMax = std::numeric_limits<std::uint16_t>::max();
  return time.milliseconds() < kMillisecondsMax ? HybridTime(time.milliseconds(), kCounterMax)
                                                : time;
}

// Whether slots of the field name the deletion, by its rule or by one that it had before.
bool accumulates(const StoredSchema& stored, const SlotKey& key) {
  const CollectionRules& rules = stored.schema.collection(key.collection());
  if (strategy::accumulates(rules.field(key.field()).merge)) return true;
  const auto& former = stored.former.of({std::string(key.collection()), std::string(key.field())});
  return std::any_of(former.begin(), former.end(), [](const std::string& name) {
    const auto rule = schema::stored_rule(name, Strategies());
    return rule && strategy::accumulates(rule->merge);
  });
}

// The key of an accumulator's slot whose deletion got a new stamp, or nothing if it keeps its key.
Result<std::optional<SlotKey>> followed_key(const StoredSchema& stored, const SlotKey& key,
                                            const NewStamps& stamps) {
  if (!accumulates(stored, key)) return std::nullopt;
  const auto deletion = strategy::followed_deletion(key.element());
  const auto found = deletion ? stamps.find(*deletion) : stamps.end();
  if (found == stamps.end()) return std::nullopt;
  std::string element(key.element().substr(0, key.element().size() - kStampBytes));
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

Result<MovedSlots> moved_slots(const StoredSchema& stored, std::span<const Pending> ops,
                               const NewStamps& stamps) {
  MovedSlots moved;
  for (const Pending& item : ops) {
    auto followed = followed_key(stored, item.op.key, stamps);
    if (!followed) return fail(followed.error());
    // What is a tombstone already has nothing to move.
    if (!*followed || is_tombstone(item.op.value)) continue;
    moved.to.insert((*followed)->bytes());
    moved.from.emplace(item.op.key.bytes(), std::move(**followed));
  }
  return moved;
}

// What the slot holds, if it holds anything.
Result<std::optional<Replaced>> held_by(const Snapshot& snapshot, const SlotKey& key) {
  const auto slot = read_slot(snapshot, key.bytes());
  if (!slot) return fail(slot.error());
  if (!*slot) return std::nullopt;
  return Replaced{(*slot)->sequence, {}};
}

// Nothing is unsettled any more. Ops that were judged and keep their stamps are safe: their
// ancestor had not withdrawn them by then, and will not, because a later time is no further from
// them.
void forget_ancestors(CommitBuilder& builder, const Ancestors& ancestors) {
  if (!ancestors.empty()) builder.erase(Keyspace::kMeta, std::string(kAncestorsName));
}

void keep_fence(CommitBuilder& builder, const Replica::Core& core, const Refusal* refusal) {
  if (refusal != nullptr && refusal->pusher == core.id)
    builder.put_meta(kFenceName, encode_fence(refusal->fence));
}

// Writes the ops with their new stamps. Answers them.
Result<std::vector<Op>> write_anew(CommitBuilder& builder, const StoredSchema& stored,
                                   const Snapshot& snapshot, std::vector<Pending> ops,
                                   const NewStamps& stamps) {
  const auto moves = moved_slots(stored, ops, stamps);
  if (!moves) return fail(moves.error());
  std::vector<Op> restamped;
  for (Pending& item : ops) {
    Op& op = item.op;
    op.stamp = stamps.at(op.stamp);
    const auto move = moves->from.find(op.key.bytes());
    const bool is_taken = moves->to.contains(op.key.bytes());
    if (move != moves->from.end()) {
      const auto present = held_by(snapshot, move->second);
      if (!present) return fail(present.error());
      builder.write({move->second, op.stamp, op.value}, LogOrigin::kRestamped, *present);
      // The slot of the old name says nothing any more. It is sent all the same, so that every
      // replica holds the same slots.
      op.value = kTombstone;
    }
    // Whoever takes the name writes the slot.
    if (is_taken) {
      builder.erase_outbox(item.sequence);
      builder.erase_set_aside(item.sequence);
    } else {
      builder.write(op, LogOrigin::kRestamped, Replaced{item.sequence, item.base});
    }
    restamped.push_back(std::move(op));
  }
  return restamped;
}

Result<std::uint64_t> restamp(Replica::Core& core, const Refusal* refusal) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto ancestors = read_ancestors(**snapshot);
  if (!ancestors) return fail(ancestors.error());
  auto withdrawn = find_withdrawn(core, **snapshot, *ancestors, refusal);
  if (!withdrawn) return fail(withdrawn.error());
  const auto unsettled = Replica::Core::unsettled(**snapshot);
  if (!unsettled) return fail(unsettled.error());
  CommitBuilder builder(core.committed.sequence, *unsettled);
  keep_fence(builder, core, refusal);
  forget_ancestors(builder, *ancestors);
  if (withdrawn->ops.empty()) {
    snapshot->reset();
    if (auto ok = core.commit(builder, {}, Origin::kLocal); !ok) return fail(ok.error());
    return 0;
  }
  const auto undo = [&core](Error error) {
    core.clock.restore(core.committed.clock);
    return fail(std::move(error));
  };
  if (withdrawn->taken) core.clock.confirm(*withdrawn->taken);
  core.clock.rewind();
  // What keeps its stamp was written before, and stays before.
  HybridClock::State rewound = core.clock.state();
  rewound.last =
      end_of_millisecond(std::max({rewound.last, withdrawn->after, withdrawn->after_of_ancestors}));
  core.clock.restore(rewound);
  Restamper restamper(core, *ancestors, withdrawn->after_of_ancestors, withdrawn->most);
  for (const Pending& item : withdrawn->ops) {
    if (auto given = restamper.give(item.op.stamp); !given) return undo(given.error());
  }
  // Where the server's clock was set back, there may be no lesser stamps than those that it
  // refuses.
  const NewStamps& stamps = restamper.stamps();
  if (std::all_of(stamps.begin(), stamps.end(),
                  [](const auto& one) { return one.first == one.second; }))
    withdrawn->ops.clear();
  const auto stored = read_schema(**snapshot, Strategies());
  if (!stored) return undo(stored.error());
  const auto restamped =
      write_anew(builder, *stored, **snapshot, std::move(withdrawn->ops), stamps);
  if (!restamped) return undo(restamped.error());
  Progress progress = core.progress;
  if (withdrawn->has_ancestors) {
    // What arrived for these slots was less than what they held, and may be greater than what they
    // hold now. It is asked for again.
    progress.cursors.clear();
    builder.put_meta(kProgressName, encode_progress(progress));
  }
  snapshot->reset();
  if (auto ok = core.commit(builder, *restamped, Origin::kLocal); !ok) return fail(ok.error());
  core.progress = std::move(progress);
  return restamped->size();
}

}  // namespace

Result<std::uint64_t> restamp_refused(Replica::Core& core, const Refusal& refusal) {
  return restamp(core, &refusal);
}

Result<std::uint64_t> restamp_doubted(Replica::Core& core) { return restamp(core, nullptr); }

}  // namespace syncline::replica
