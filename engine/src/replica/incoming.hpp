#pragma once

#include "replica/core.hpp"
#include "replica/restamp.hpp"

namespace syncline::replica {

// Replication::take_reply, with the writer's lock held: one commit. `refused` becomes the ops that
// the server refused as too far in the future, which are still to be stamped anew.
[[nodiscard]] Result<ReplyOutcome> take_in(Replica::Core& core, const SyncReply& reply,
                                           const PushBatch* pushed, std::int64_t sent_ms,
                                           std::int64_t received_ms, RefusedSequences& refused);

// KeptAside::retry, with the writer's lock held; or only of what is in quarantine. One commit.
[[nodiscard]] Result<AsideRetry> try_again(Replica::Core& core, bool also_set_aside);

}  // namespace syncline::replica
