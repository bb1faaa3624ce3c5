#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "syncline/status.hpp"

// The session as a pure state machine: no socket, thread, clock or store. `step` is the whole of
// it, and `transitions` is the table of what it may do.

namespace syncline::session {

// Kinds of failure, each with a treatment of its own.
enum class Failure : std::uint8_t {
  kNone,
  kNetwork,    // no reply: offline, retry
  kServer,     // a reply that says "later", or that makes no sense: back off, retry
  kAuth,       // the access token is not valid: refresh once, then pause
  kTooLarge,   // the request was too large: halve the batch
  kPermanent,  // repeating changes nothing
};

enum class EventKind : std::uint8_t {
  kEnable,              // begin
  kDisable,             // end
  kDue,                 // a period is over, or there was a local write
  kSyncNow,             // a person asked
  kRoundDone,           // the reply of an exchange was taken in
  kRoundFailed,         // an exchange, a look or a refresh failed
  kLookDone,            // the server answered whether there is anything new
  kTokensRefreshed,     //
  kRetry,               // the delay after a failure is over
  kReachable,           // the network came back
  kUnreachable,         // the network went away
  kCredentialsChanged,  // there is a new login
};
inline constexpr std::size_t kEventKindCount = 12;
// The event's name in snake_case.
[[nodiscard]] std::string_view event_name(EventKind event);

struct Event {
  EventKind kind = EventKind::kDue;

  // Of kDue, kSyncNow, kRoundDone and kLookDone.
  bool pending = false;  // there are ops to send
  // Of kRoundDone.
  bool remaining = false;      // the server has more
  bool restamped = false;      // the server refused stamps, and the ops are still pending
  bool epoch_changed = false;  // the server was restored
  // Of kLookDone.
  bool changed = false;
  // Of kRoundFailed.
  Failure failure = Failure::kNone;
  bool during_refresh = false;
  bool set_aside = false;     // the one op that the request carried will not be sent again
  bool fence_raised = false;  // the push was outdated, and will not be with the fence it now gets
  std::chrono::milliseconds retry_after{0};
};

enum class ActionKind : std::uint8_t {
  kExchange,  // send a push and ask for a page; of which only the latter if `pull_only`
  kLook,      // ask whether there is anything new
  kRefreshTokens,
  kStartRetry,  // raise kRetry after a random time up to `delay_max`, at least `delay_min`
  kCancelRetry,
  kCancelRequest,
};

struct Action {
  ActionKind kind = ActionKind::kExchange;
  bool pull_only = false;
  std::chrono::milliseconds delay_min{0};
  std::chrono::milliseconds delay_max{0};
};

struct State {
  Phase phase = Phase::kDisabled;
  Failure last_failure = Failure::kNone;
  unsigned attempt = 0;    // failures of this class in a row
  unsigned restamps = 0;   // refused times in a row
  unsigned outdated = 0;   // pushes in a row
  unsigned halvings = 0;   // the batch is the largest, divided by 2^halvings
  unsigned passed = 0;     // pushes of that size that passed in a row
  bool in_flight = false;  // a request is under way
  bool refreshed = false;  // the tokens were refreshed since the last success
  bool again = false;      // something became due while a request was under way
  bool remaining = false;  // the server has more: only pull until it has not
  bool new_login = false;  // there is a newer login than the request under way was sent with

  bool operator==(const State&) const = default;
};

struct Step {
  State state;
  std::vector<Action> actions;
};

// What happens on an event. Total: an event that means nothing in a state changes nothing.
[[nodiscard]] Step step(const State& state, const Event& event);

// Whether an exchange is under way in this phase.
[[nodiscard]] bool is_active(Phase phase);

// The table: from a phase, on an event, to one of these phases.
struct Transition {
  Phase from;
  EventKind event;
  std::vector<Phase> to;
};
[[nodiscard]] std::span<const Transition> transitions();
[[nodiscard]] bool is_legal(Phase from, EventKind event, Phase to);

// Full jitter: the upper bound of the delay after so many failures in a row, the first being 0.
[[nodiscard]] std::chrono::milliseconds backoff_max(unsigned attempt);

inline constexpr unsigned kHalvingsMax = 10;
// Pushes that pass before a halved batch is doubled again. A host with a limit of its own then
// refuses one push in so many.
inline constexpr unsigned kPassedMax = 8;
inline constexpr unsigned kRestampsMax = 3;
// Pushes that are repeated at once with a greater fence before it backs off.
inline constexpr unsigned kOutdatedMax = 3;

}  // namespace syncline::session
