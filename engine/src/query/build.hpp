#pragma once

#include "replica/core.hpp"
#include "syncline/query.hpp"

namespace syncline::query {

// Queries::build. It takes the writer's turn once a transaction.
[[nodiscard]] Result<bool> build_indexes(Replica::Core& core, const BuildOptions& options,
                                         const Queries::Progress& progress);

}  // namespace syncline::query
