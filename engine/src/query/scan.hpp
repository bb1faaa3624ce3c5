#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "query/places.hpp"
#include "syncline/query.hpp"
#include "syncline/store.hpp"

// Reads an index.

namespace syncline::query {

// The index that a query names, as the snapshot has it, and what of it is asked for.
// Errors: those of Queries::run.
[[nodiscard]] Result<Range> plan(const Snapshot& snapshot, const Schema& schema,
                                 const Query& query);

// A record that a query gives, and the key that says where.
struct Found {
  std::string key;
  Record record;
};

// Visits what is in the range, in its order, until the visitor answers false. The limit is not its
// business. Errors: those of the snapshot, store_corrupt (an entry of no record).
[[nodiscard]] Result<void> scan_range(const Snapshot& snapshot, const Schema& schema,
                                      const Range& range,
                                      const std::function<bool(Found)>& visitor);

// Queries::run over a snapshot.
[[nodiscard]] Result<std::string> run_query(const Snapshot& snapshot, const Schema& schema,
                                            const Query& query, const Queries::Visitor& visitor);

}  // namespace syncline::query
