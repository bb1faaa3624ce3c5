#pragma once

#include <cstdint>
#include <string_view>

#include "replica/commit_builder.hpp"
#include "syncline/batch.hpp"
#include "syncline/error.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// The op that an outbox entry of this sequence stands for: the register of its slot. Errors:
// store_corrupt, also when the slot has been written again since; store_io.
[[nodiscard]] Result<Op> pending_op(const Snapshot& snapshot, std::uint64_t sequence,
                                    std::string_view slot_key);

// Moves a pending op from the outbox to set_aside; answers false if it is not pending any more.
// Errors: the same.
[[nodiscard]] Result<bool> put_aside(const Snapshot& snapshot, CommitBuilder& builder,
                                     std::uint64_t sequence, Code code);

}  // namespace syncline::replica
