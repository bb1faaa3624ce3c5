#include "replica/ancestors.hpp"

#include <algorithm>

#include "replica/fold.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"
#include "replica/restamp.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {

const Ancestor* unsettled_by(const Ancestors& ancestors, const Stamp& stamp) {
  const auto found =
      std::find_if(ancestors.begin(), ancestors.end(), [&stamp](const Ancestor& ancestor) {
        return ancestor.replica == stamp.replica && stamp.time > ancestor.confirmed;
      });
  return found == ancestors.end() ? nullptr : &*found;
}

bool note_seen(Ancestors& ancestors, const Stamp& seen) {
  bool is_new = false;
  for (Ancestor& ancestor : ancestors) {
    if (ancestor.replica != seen.replica || seen.time <= ancestor.confirmed) continue;
    ancestor.confirmed = seen.time;
    is_new = true;
  }
  return is_new;
}

namespace {

// Whether one of the ops that are pending or set aside is unsettled.
Result<bool> has_unsettled(const Snapshot& snapshot, const Ancestors& ancestors) {
  if (ancestors.empty()) return false;
  bool found = false;
  const auto walked = walk_waiting(snapshot, [&](const Pending& waiting) -> Result<bool> {
    found = unsettled_by(ancestors, waiting.op.stamp) != nullptr;
    return !found;
  });
  if (!walked) return fail(walked.error());
  return found;
}

}  // namespace

Result<void> settle_ancestors(const Snapshot& snapshot, Ancestors& ancestors,
                              const ArrivedOps& arrived, bool has_changed, CommitBuilder& builder) {
  if (ancestors.empty()) return {};
  const auto unsettled = has_unsettled(snapshot, ancestors);
  if (!unsettled) return fail(unsettled.error());
  if (!*unsettled) {
    builder.erase(Keyspace::kMeta, std::string(kAncestorsName));
    return {};
  }
  if (!arrived.empty()) {
    const auto walked = walk_log(snapshot, 0, [&](const LogItem& item) {
      if (arrived.contains({item.op.stamp, item.op.key.bytes()}))
        has_changed = note_seen(ancestors, item.op.stamp) || has_changed;
      return true;
    });
    if (!walked) return fail(walked.error());
  }
  if (has_changed) builder.put_meta(kAncestorsName, encode_ancestors(ancestors));
  return {};
}

Result<void> address(PushBatch& push, const Replica::Core& core, const Snapshot& snapshot,
                     const Ancestor* author) {
  if (author == nullptr) {
    const auto fence = read_fence(snapshot);
    if (!fence) return fail(fence.error());
    push.pusher = core.id;
    push.fence = *fence;
    return {};
  }
  const auto memory = read_memory(snapshot);
  if (!memory) return fail(memory.error());
  push.pusher = author->replica;
  push.fence = author->fence;
  push.is_after_pull = !memory->complete || author->fence == kFenceOutdated;
  return {};
}

Result<bool> doubt_ancestor(Replica::Core& core, ReplicaId ancestor, std::uint64_t least) {
  CommitBuilder builder(core.committed.sequence, {});
  {
    const auto snapshot = core.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto ancestors = read_ancestors(**snapshot);
    if (!ancestors) return fail(ancestors.error());
    const auto found =
        std::find_if(ancestors->begin(), ancestors->end(),
                     [ancestor](const Ancestor& known) { return known.replica == ancestor; });
    if (found == ancestors->end() || least <= found->fence || least > kFenceMax) return false;
    found->fence = kFenceOutdated;
    builder.put_meta(kAncestorsName, encode_ancestors(*ancestors));
    if (auto ok = note_complete(**snapshot, builder, false); !ok) return fail(ok.error());
  }
  if (auto ok = core.commit(builder, {}, Origin::kLocal); !ok) return fail(ok.error());
  return true;
}

Result<std::uint64_t> clear_doubts(Replica::Core& core) {
  {
    const auto snapshot = core.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    const auto ancestors = read_ancestors(**snapshot);
    if (!ancestors) return fail(ancestors.error());
    const bool are_in_doubt =
        std::any_of(ancestors->begin(), ancestors->end(),
                    [](const Ancestor& known) { return known.fence == kFenceOutdated; });
    if (!are_in_doubt) return 0;
  }
  return restamp_doubted(core);
}

}  // namespace syncline::replica
