#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

namespace syncline::query {

// A sentence that names an index and one record.
using IndexFaultSink = std::function<void(const std::string& what)>;

// What is known before the indexes are looked at.
struct KnownFaults {
  // What the slots of records begin with of which one cannot be trusted: neither they nor their
  // places are looked at.
  std::set<std::string, std::less<>> records;
  // The indexes that have been told already; 0 stands for what is of none.
  std::set<std::uint32_t> indexes;
};

// Whether every index has exactly the entries of its records, as far as it is built. Each that has
// not is told, once. `step` is called for each slot, where there is an index, and for each entry of
// an index; false stops it. Errors: those of the snapshot, cancelled.
[[nodiscard]] Result<void> verify_indexes(const Snapshot& snapshot, const Schema& schema,
                                          const IndexFaultSink& told, const KnownFaults& known = {},
                                          const std::function<bool()>& step = {});

}  // namespace syncline::query
