#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"

// The conflict journal: what lost against a concurrent write, kept and restorable on every device
// (spec/conflicts.md).

namespace syncline {

// The collection that holds the journal. It is the engine's own: an app can only read it.
inline constexpr std::string_view kConflictsCollection = "$conflicts";

enum class ConflictState : std::uint8_t { kOpen, kRestored, kDismissed };

// One write that lost to another of which its writer did not know.
struct Conflict {
  std::string id;  // ascending by the time of the later write
  std::string collection;
  std::string record;
  std::string field;          // of a group its name
  std::string rule;           // the field's strategy, or "deletion"
  Value lost;                 // as the strategy shows the slot that lost
  std::optional<Value> kept;  // the same of the other; nothing for a deletion or a removal
  Stamp lost_stamp;           // when that was written, and by which replica
  Stamp kept_stamp;
  std::int64_t found_ms = 0;  // when the two met
  ReplicaId found_by{};       // on which replica
  ConflictState state = ConflictState::kOpen;
};

// Which conflicts.
struct ConflictFilter {
  std::string collection{};  // empty for all
  std::string record{};      // empty for all
  bool settled = false;      // also those that were restored or dismissed
  std::size_t limit = 0;     // at most so many; 0 for all
  // By when the later of the two was written, in milliseconds of the replicas' clocks.
  std::int64_t from_ms = 0;                                          // not before
  std::int64_t until_ms = std::numeric_limits<std::int64_t>::max();  // before
};

using ConflictVisitor = std::function<bool(const Conflict&)>;  // false ends the visit

// The conflicts that any device of the account has found. What is const reads one moment and never
// waits for a writer; what is not is a local write. A change of the journal is observed as one of
// the collection kConflictsCollection. Errors of all members: those of the store, beside those that
// are named.
//
// Thread safety: all members may be called from any thread.
class Conflicts {
 public:
  Conflicts() = default;
  Conflicts(const Conflicts&) = delete;
  Conflicts& operator=(const Conflicts&) = delete;
  virtual ~Conflicts() = default;

  // Visits the conflicts, the latest first.
  [[nodiscard]] virtual Result<void> visit(const ConflictFilter& filter,
                                           const ConflictVisitor& visitor) const = 0;

  // Writes what lost as a new local write, which may lose again like any other. Errors: not_found,
  // invalid_argument (it was restored already), those of Transaction and of Replica::write.
  [[nodiscard]] virtual Result<void> restore(std::string_view id) = 0;

  // Marks it as looked at. Errors: not_found, invalid_argument (it was restored), those of
  // Replica::write.
  [[nodiscard]] virtual Result<void> dismiss(std::string_view id) = 0;
};

}  // namespace syncline
