#pragma once

#include <functional>
#include <vector>

#include "syncline/conflicts.hpp"
#include "syncline/replica.hpp"

// How an app shows people what lost: docs/conflicts.md.

namespace inbox {

[[nodiscard]] syncline::Subscription watch(syncline::Replica& replica,
                                           std::function<void()> changed);
[[nodiscard]] syncline::Result<std::vector<syncline::Conflict>> open_conflicts(
    const syncline::Replica& replica);
[[nodiscard]] syncline::Result<void> put_back(syncline::Replica& replica,
                                              const syncline::Conflict& conflict);
[[nodiscard]] syncline::Result<void> leave_it(syncline::Replica& replica,
                                              const syncline::Conflict& conflict);

}  // namespace inbox
