#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

inline constexpr std::string_view kLogStateName = "log";  // of the entry of meta

// Times of ops that one replica stamped, from the first to the last.
struct TimeRange {
  ReplicaId replica{};
  HybridTime first;
  HybridTime last;

  bool operator==(const TimeRange&) const = default;
};

// What the log no longer has, and how far a pass over it has come (spec/op-format.md, What the log
// keeps).
struct LogState {
  std::uint64_t dropped = 0;  // ops, ever
  std::uint64_t kept = 0;     // ops that the last whole pass left though no slot holds them
  std::uint64_t next = 0;     // the sequence that the pass goes on with; 0 where none is under way
  std::uint64_t end = 0;      // the last sequence of the pass
  std::uint64_t current = 0;  // ops that the pass has met and a slot holds
  // Times of dropped ops that lay beyond what was confirmed then, ascending.
  std::vector<TimeRange> unconfirmed;

  bool operator==(const LogState&) const = default;
};
[[nodiscard]] std::string encode_log_state(const LogState& state);
[[nodiscard]] Result<LogState> decode_log_state(std::string_view bytes);
// Of a store that has none, that of a whole log. Errors: store_corrupt, store_io.
[[nodiscard]] Result<LogState> read_log_state(const Snapshot& snapshot);

// Notes that an op of this stamp was dropped. Where there are too many ranges, those of one replica
// that are nearest to each other become one.
void note_dropped(std::vector<TimeRange>& ranges, const Stamp& stamp);
// The same of all that may lie in a range.
void note_dropped(std::vector<TimeRange>& ranges, const TimeRange& range);

// A time that is no less than what was dropped in the range up to `most`, and no greater than that;
// the zero time if nothing was.
[[nodiscard]] HybridTime last_dropped(const TimeRange& range, HybridTime most);

}  // namespace syncline::replica
