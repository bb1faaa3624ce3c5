#pragma once

#include <functional>
#include <string_view>

#include "syncline/store.hpp"

namespace syncline::replica {

// What visits the entries of a keyspace. False ends the walk.
struct EntryVisitor {
  std::function<bool(std::string_view key, std::string_view value)> sound;
  // An entry whose value is damaged; its key is empty where it is damaged as well.
  std::function<bool(std::string_view key, const Error& error)> damaged;
};

// Visits every entry in key order and goes on behind those that are damaged. Answers whether it
// came to the end. Errors: store_io.
[[nodiscard]] Result<bool> walk_entries(const Snapshot& snapshot, Keyspace keyspace,
                                        const EntryVisitor& visitor);

}  // namespace syncline::replica
