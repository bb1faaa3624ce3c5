#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "merge/record_slots.hpp"
#include "syncline/error.hpp"
#include "syncline/replica.hpp"
#include "syncline/store.hpp"

// Reads records out of the slots of a snapshot.

namespace syncline::replica {

// What the keys of a record's slots begin with.
[[nodiscard]] std::string record_prefix(std::string_view collection, std::string_view record);

// All slots of one record; none if there is no such record. Errors: store_corrupt, store_io.
[[nodiscard]] Result<merge::RecordSlots> read_record(const Snapshot& snapshot,
                                                     std::string_view collection,
                                                     std::string_view record);

// The same by a cursor of the slots' keyspace, which it moves; only the slots whose field the
// filter accepts, where there is one.
using FieldFilter = std::function<bool(std::string_view field)>;
[[nodiscard]] Result<merge::RecordSlots> read_record(StoreCursor& cursor,
                                                     std::string_view collection,
                                                     std::string_view record,
                                                     const FieldFilter& filter = {});

// Replica::scan over a snapshot.
[[nodiscard]] Result<void> scan_records(const Snapshot& snapshot, std::string_view collection,
                                        const CollectionRules& rules, const ScanRange& range,
                                        const Replica::Visitor& visitor);

[[nodiscard]] Result<std::vector<std::string>> list_collections(const Snapshot& snapshot);

}  // namespace syncline::replica
