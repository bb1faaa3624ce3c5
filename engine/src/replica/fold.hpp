#pragma once

#include <cstdint>
#include <functional>

#include "syncline/replication.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// Replication::read_log over a snapshot.
[[nodiscard]] Result<void> walk_log(const Snapshot& snapshot, std::uint64_t from,
                                    const std::function<bool(const LogItem&)>& visitor);

// Replication::verify over a snapshot: folds the log and compares it with the slots.
[[nodiscard]] Result<void> verify_fold(const Snapshot& snapshot);

}  // namespace syncline::replica
