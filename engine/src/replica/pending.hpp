#pragma once

#include <cstdint>
#include <string_view>

#include "syncline/batch.hpp"
#include "syncline/error.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// The op that an outbox entry of this sequence stands for: the register of its slot. Errors:
// store_corrupt, also when the slot has been written again since; store_io.
[[nodiscard]] Result<Op> pending_op(const Snapshot& snapshot, std::uint64_t sequence,
                                    std::string_view slot_key);

}  // namespace syncline::replica
