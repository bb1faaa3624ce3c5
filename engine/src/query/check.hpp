#pragma once

#include <functional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

namespace syncline::query {

// A sentence that names an index and one record.
using IndexFaultSink = std::function<void(const std::string& what)>;

// Whether every index has exactly the entries of its records, as far as it is built. Each that has
// not is told, once. Errors: those of the snapshot.
[[nodiscard]] Result<void> verify_indexes(const Snapshot& snapshot, const Schema& schema,
                                          const IndexFaultSink& told);

}  // namespace syncline::query
