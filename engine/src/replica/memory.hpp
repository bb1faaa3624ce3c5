#pragma once

#include "replica/commit_builder.hpp"
#include "replica/entries.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// The stored memory, or that of a new replica. Errors: those of Snapshot::get.
[[nodiscard]] Result<Memory> read_memory(const Snapshot& snapshot);

// Puts beside the ops of a commit whether the replica is complete after it, unless the snapshot
// says the same. Errors: those of Snapshot::get.
[[nodiscard]] Result<void> note_complete(const Snapshot& snapshot, CommitBuilder& builder,
                                         bool complete);

// The fence of the next push, 0 for a new replica. Errors: those of Snapshot::get.
[[nodiscard]] Result<std::uint64_t> read_fence(const Snapshot& snapshot);

}  // namespace syncline::replica
