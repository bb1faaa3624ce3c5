#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/replication.hpp"

namespace syncline {

// What became of an op since it was logged.
enum class OpState : std::uint8_t {
  kCurrent,      // its slot holds it
  kPending,      // its slot holds it, and no server has it yet
  kSetAside,     // the server refuses it
  kOverwritten,  // its slot holds a later one
  kWithdrawn,    // its stamp was ahead of time: it was stamped anew before anyone else saw it
};
// In snake_case, as shown by the command line.
[[nodiscard]] std::string_view op_state_name(OpState state);

// An op that the log still has.
struct HistoryItem {
  LogItem logged;
  OpState state = OpState::kCurrent;
};

// Which ops.
struct HistoryRange {
  std::string collection{};  // only of this one; empty for all
  std::string record{};      // only of this one; empty for all
  std::uint64_t from = 0;    // only with this sequence or a later one
};

// What a compaction did.
struct LogCompaction {
  std::uint64_t dropped_ops = 0;
  std::uint64_t kept_ops = 0;  // that the log still has
};

// What was written before, as far as the log keeps it: all that slots hold, and of what was written
// over as much as the schema asks for (spec/op-format.md, What the log keeps). Every commit that
// makes the log longer drops a little of the rest, so that nobody has to call `compact`.
//
// Thread safety: all members may be called from any thread.
class History {
 public:
  using Visitor = std::function<bool(const HistoryItem&)>;  // false ends the visit
  // Told how many ops of how many have been looked at; false stops it.
  using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

  History() = default;
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  virtual ~History() = default;

  // The ops of a range in the order of the log, all of one moment. Errors: those of the store.
  [[nodiscard]] virtual Result<void> visit(const HistoryRange& range,
                                           const Visitor& visitor) const = 0;

  // Drops at once what may be dropped, in commits of a bounded size between which others may write.
  // Where `progress`, which is called after each, stops it, what they dropped stays dropped.
  // Errors: those of Store::commit, cancelled.
  [[nodiscard]] virtual Result<LogCompaction> compact(const Progress& progress) = 0;
  [[nodiscard]] Result<LogCompaction> compact() { return compact({}); }
};

}  // namespace syncline
