#pragma once

#include <cstdint>
#include <limits>
#include <set>

#include "replica/core.hpp"

namespace syncline::replica {

// Sequences of pending ops that the server refused as too far in the future.
using RefusedSequences = std::set<std::uint64_t>;

// A push of which something was refused.
struct Refusal {
  RefusedSequences sequences;
  std::int64_t judged_ms = 0;  // the latest time at which the server may have judged it
  ReplicaId pusher{};          // in whose name it went: this replica's, or an ancestor's
  std::uint64_t fence = 0;     // for the pushes to come
  std::uint64_t taken = 0;     // through this sequence the server had taken what the pusher wrote
  // The least time that was refused. The server would refuse what is no less.
  HybridTime least = HybridTime::from_packed(std::numeric_limits<std::uint64_t>::max());
  // The greatest time in that push that lies ahead and was not refused: the server holds that op,
  // or a greater one, and so its clock was set back.
  HybridTime passed{};
};

// Stamps anew, in the order of their stamps and in one commit, the refused ops that are still
// pending and every other pending op that is no less than `least`, or too far ahead of the
// corrected clock and of `judged_ms`, save those that another replica or the server may have seen.
// Where none would get another stamp than it has, nothing is. Answers how many (spec/clock.md, The
// server's time). The same commit keeps the fence, so that no copy of earlier pushes brings a
// withdrawn stamp back. The writer's lock is held. Errors: store_corrupt, clock_exhausted, those of
// Store::commit.
[[nodiscard]] Result<std::uint64_t> restamp_refused(Replica::Core& core, const Refusal& refusal);

// Where an ancestor was refused something since it was copied: stamps anew all of its ops that
// nobody is known to have seen, and what this replica wrote after them. Everything has been pulled
// by then. Answers how many; the same in all else.
[[nodiscard]] Result<std::uint64_t> restamp_doubted(Replica::Core& core);

}  // namespace syncline::replica
