#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"

namespace syncline {

// Where a sync stands.
enum class Phase : std::uint8_t {
  kDisabled,     // off: the person has not turned it on
  kOffline,      // the server cannot be reached; it is tried again
  kConnecting,   // the first exchange is under way
  kSyncing,      // exchanging
  kIdle,         // nothing is under way and nothing went wrong
  kBackoff,      // the server failed; it is tried again
  kPausedAuth,   // the login is not valid any more; waits for a new one
  kPausedClock,  // the server refuses this device's time even after a correction; it is tried again
  kReset,        // the server was restored; everything is offered again
  kFailed,       // an error that repeating does not mend; waits to be told to go on
};
inline constexpr std::size_t kPhaseCount = 10;

// The phase's name in snake_case, as shown by the command line.
[[nodiscard]] std::string_view phase_name(Phase phase);

// What is known about a sync at one moment. A snapshot: it does not change.
struct Status {
  Phase phase = Phase::kDisabled;
  // Nothing that was committed here up to `synced_sequence` is unacknowledged, and the last reply
  // said that the server had no more. Never true with a pending op.
  bool synced = false;
  std::uint64_t synced_sequence = 0;
  std::uint64_t pending_ops = 0;
  std::int64_t oldest_pending_ms = 0;  // when it was written, since 1970; 0 if none is pending
  std::uint64_t set_aside_ops = 0;     // refused by the server for good, kept here
  std::uint64_t quarantined_ops = 0;   // arrived, could not be merged yet, kept here
  std::uint64_t done_ops = 0;          // of the exchange under way, or the last: sent and received,
  std::uint64_t total_ops = 0;         // of so many known by now
  std::uint64_t sent_bytes = 0;        // on the wire, by this transport
  std::uint64_t received_bytes = 0;
  std::int64_t last_success_ms = 0;  // since 1970; 0 for never
  std::optional<Error> last_error;   // of the last exchange, if it failed
  std::int64_t last_error_ms = 0;
  std::int64_t next_retry_ms = 0;  // since 1970; 0 if none is planned
};

}  // namespace syncline
