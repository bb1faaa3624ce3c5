#include "replica/incoming.hpp"

#include <algorithm>
#include <utility>

#include "replica/ancestors.hpp"
#include "replica/intake.hpp"

namespace syncline::replica {
namespace {

// A page that is not the last ends beyond the cursor that it was asked with.
bool gets_on(const Progress& progress, const SyncReply::Pull& pull) {
  if (pull.remaining == 0) return true;
  return std::any_of(pull.cursors.begin(), pull.cursors.end(), [&progress](const auto& named) {
    const auto known = progress.cursors.find(named.first);
    return named.second != (known == progress.cursors.end() ? std::string() : known->second);
  });
}

// What is unseen is still to come.
Result<void> check_unseen(const SyncReply& reply) {
  const bool has_unseen =
      reply.push && std::find(reply.push->verdicts.begin(), reply.push->verdicts.end(),
                              Verdict::kUnseen) != reply.push->verdicts.end();
  const bool sends_nothing =
      !reply.pull || (reply.pull->remaining == 0 && reply.pull->ops == encode_batch({}));
  if (!has_unseen || !sends_nothing) return {};
  return fail(Code::kResponseMalformed,
              "the server holds what this replica has not seen, and does not send it");
}

conflict::Taken taken_by(const SyncReply& reply, const PushBatch* pushed) {
  conflict::Taken taken;
  if (pushed == nullptr || !reply.push) return taken;
  taken.pusher = pushed->pusher;
  taken.through = reply.push->taken;
  const std::size_t count = std::min(pushed->items.size(), reply.push->verdicts.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Verdict verdict = reply.push->verdicts[i];
    if (verdict == Verdict::kApplied || verdict == Verdict::kSuperseded)
      taken.sequences.insert(pushed->items[i].sequence);
  }
  return taken;
}

Result<ReplyOutcome> take_in_parts(Replica::Core& core, const SyncReply& reply,
                                   const PushBatch* pushed, RefusedSequences& refused) {
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto unsettled = Replica::Core::unsettled(**snapshot);
  if (!unsettled) return fail(unsettled.error());
  auto ancestors = read_ancestors(**snapshot);
  if (!ancestors) return fail(ancestors.error());
  if (auto ok = check_unseen(reply); !ok) return fail(ok.error());
  Intake intake(core, **snapshot, *unsettled, std::move(*ancestors), taken_by(reply, pushed));
  if (auto ok = intake.merge_waiting(reply.time_ms); !ok) return fail(ok.error());
  if (reply.pull) {
    if (!gets_on(core.progress, *reply.pull)) {
      return fail(Code::kResponseMalformed,
                  "the server has more, and sent a page that moves no cursor");
    }
    if (auto ok = intake.merge_page(reply.pull->ops, reply.time_ms); !ok) return fail(ok.error());
    if (auto ok = intake.conclude(reply.pull->remaining); !ok) return fail(ok.error());
  }
  if (auto ok = intake.record_conflicts(); !ok) return fail(ok.error());
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
  Intake intake(core, **snapshot, *unsettled, std::move(*ancestors), {});
  auto retried = intake.merge_readable();
  if (!retried) return retried;
  if (auto ok = intake.record_conflicts(); !ok) return fail(ok.error());
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
