#include "replica/entry_walk.hpp"

namespace syncline::replica {

Result<bool> walk_entries(const Snapshot& snapshot, Keyspace keyspace,
                          const EntryVisitor& visitor) {
  const auto count = snapshot.count(keyspace);
  if (!count) return fail(count.error());
  const auto cursor = snapshot.cursor(keyspace);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek({});
  // A store that is damaged beyond its entries may answer the same error for ever.
  for (std::uint64_t seen = 0; seen <= *count; ++seen) {
    if (standing && !*standing) return true;
    if (!standing && standing.error().code != Code::kStoreCorrupt) return fail(standing.error());
    const bool going = standing ? visitor.sound((*cursor)->key(), (*cursor)->value())
                                : visitor.damaged((*cursor)->key(), standing.error());
    if (!going) return false;
    standing = (*cursor)->next();
  }
  return true;
}

}  // namespace syncline::replica
