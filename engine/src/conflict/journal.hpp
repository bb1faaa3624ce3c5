#pragma once

#include <vector>

#include "conflict/entry.hpp"
#include "replica/core.hpp"

namespace syncline::conflict {

// Adds the entries of clashes to a commit, save those that the journal has or had, and removes what
// is beyond its bounds. The ops come behind those of `written`. The writer's lock is held. Errors:
// clock_exhausted, store_corrupt, store_io.
[[nodiscard]] Result<void> record(const std::vector<Clash>& clashes, Replica::Core& core,
                                  const Snapshot& snapshot, const replica::Unsettled& unsettled,
                                  replica::CommitBuilder& builder, std::vector<Op>& written);

}  // namespace syncline::conflict
