#pragma once

#include <cstdint>
#include <set>

#include "replica/core.hpp"

namespace syncline::replica {

// Sequences of pending ops that the server refused as too far in the future.
using RefusedSequences = std::set<std::uint64_t>;

// Stamps anew, in the order of their stamps and in one commit, the refused ops that are still
// pending and every other pending op that lies too far ahead of the corrected clock and of
// `judged_ms`, the latest time at which the server may have judged a push, save those that another
// replica or the server may have seen. Answers how many (spec/clock.md, The server's
// time). The same commit keeps `fence` for the pushes to come, so that no copy of those before
// brings a withdrawn stamp back. The writer's lock is held. Errors: store_corrupt, clock_exhausted,
// those of Store::commit.
[[nodiscard]] Result<std::uint64_t> restamp_pending(Replica::Core& core,
                                                    const RefusedSequences& refused,
                                                    std::int64_t judged_ms, std::uint64_t fence);

}  // namespace syncline::replica
