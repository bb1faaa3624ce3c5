#pragma once

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

namespace syncline::query {

// Whether every index has exactly the entries of its records, as far as it is built.
// Errors: store_corrupt, naming the index and the record; those of the snapshot.
[[nodiscard]] Result<void> verify_indexes(const Snapshot& snapshot, const Schema& schema);

}  // namespace syncline::query
