#include "replica/local_write.hpp"

#include "replica/pending.hpp"

namespace syncline::replica {
namespace {

// Commits what the body drafts; the writer's lock is held.
Result<void> commit_draft(Replica::Core& core, const DraftBody& body) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto unsettled = Replica::Core::unsettled(**snapshot);
  if (!unsettled) return fail(unsettled.error());
  Transaction::Draft draft(core, **snapshot);
  if (auto ok = body(draft); !ok) return ok;
  if (draft.ops().empty()) return {};
  CommitBuilder builder(core.committed.sequence, *unsettled);
  for (std::size_t i = 0; i < draft.ops().size(); ++i) {
    const Op& op = draft.ops()[i];
    std::optional<Replaced> replaced;
    if (draft.may_replace(i)) {
      const auto found = find_replaced(**snapshot, *unsettled, op.key.bytes());
      if (!found) return fail(found.error());
      replaced = *found;
    }
    builder.write(op, LogOrigin::kLocal, replaced);
  }
  snapshot->reset();
  return core.commit(builder, draft.ops(), Origin::kLocal);
}

}  // namespace

Result<void> write_draft(Replica::Core& core, const DraftBody& body) {
  {
    const std::lock_guard lock(core.writer);
    if (auto done = commit_draft(core, body); !done) {
      core.clock.restore(core.committed.clock);
      return done;
    }
  }
  core.deliver();
  return {};
}

}  // namespace syncline::replica
