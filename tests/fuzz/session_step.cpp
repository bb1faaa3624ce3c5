#include <algorithm>

#include "session/session.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;           // NOLINT(google-build-using-namespace)
using namespace syncline::session;  // NOLINT(google-build-using-namespace)
using std::chrono::milliseconds;

namespace {

constexpr std::uint8_t kFailureCount = 6;
constexpr milliseconds kDelayMax{300'000};
constexpr int kEventsMax = 256;

// Two bytes an event: its kind and the failure, then what else it says.
Event next_event(fuzz::Choices& input) {
  const std::uint8_t first = input.byte();
  const std::uint8_t flags = input.byte();
  const auto has = [flags](int bit) { return (flags >> bit & 1) != 0; };
  return {.kind = static_cast<EventKind>(first % kEventKindCount),
          .pending = has(0),
          .remaining = has(1),
          .restamped = has(2),
          .epoch_changed = has(3),
          .changed = has(4),
          .failure = static_cast<Failure>(first / kEventKindCount % kFailureCount),
          .during_refresh = has(5),
          .set_aside = has(6),
          .fence_raised = first / kEventKindCount / kFailureCount % 2 != 0,
          .retry_after = has(7) ? milliseconds{86'400'000} : milliseconds{0}};
}

bool is_waiting(Phase phase) {
  return phase == Phase::kOffline || phase == Phase::kBackoff || phase == Phase::kPausedClock;
}

bool ends_request(EventKind kind) {
  return kind == EventKind::kRoundDone || kind == EventKind::kRoundFailed ||
         kind == EventKind::kLookDone || kind == EventKind::kTokensRefreshed;
}

// What carries the actions out: one request and one timer, as the driver has them.
class World {
 public:
  void happen(const Event& event) {
    const State before = state_;
    const Step taken = step(state_, event);
    state_ = taken.state;
    fuzz::require(is_legal(before.phase, event.kind, state_.phase), "the step is in the table");
    if (event.kind == EventKind::kRetry) timer_ = false;
    if (ends_request(event.kind) && !(state_ == before && taken.actions.empty())) request_ = false;
    for (const Action& action : taken.actions) carry_out(action, before, event);
    check_state();
    if (before.phase == Phase::kDisabled && event.kind != EventKind::kEnable)
      fuzz::require(state_ == before && taken.actions.empty(), "a disabled session does nothing");
    for (const EventKind kind : {EventKind::kEnable, EventKind::kDisable}) check_total(kind);
  }

  // Whatever happened, a server that answers brings the session to rest.
  void come_to_rest() {
    happen({.kind = state_.phase == Phase::kDisabled ? EventKind::kEnable : EventKind::kSyncNow});
    happen({.kind = EventKind::kTokensRefreshed});
    for (int i = 0; i < 3; ++i) happen({.kind = EventKind::kRoundDone});
    fuzz::require(state_.phase == Phase::kIdle && !state_.in_flight, "it comes to rest");
    happen({.kind = EventKind::kDisable});
    fuzz::require(state_ == State{}, "disabling leaves nothing behind");
  }

 private:
  void start_request() {
    fuzz::require(!request_, "no request is started while another is under way");
    fuzz::require(state_.phase != Phase::kDisabled, "nor while it is disabled");
    request_ = true;
  }

  void carry_out(const Action& action, const State& before, const Event& event) {
    switch (action.kind) {
      case ActionKind::kExchange:
        fuzz::require(is_active(state_.phase), "an exchange is in a phase of its own");
        fuzz::require(action.pull_only == state_.remaining, "while there is more it only pulls");
        return start_request();
      case ActionKind::kLook:
        fuzz::require(state_.phase == Phase::kIdle, "only an idle session looks");
        return start_request();
      case ActionKind::kRefreshTokens:
        fuzz::require(!before.refreshed && state_.refreshed, "tokens are refreshed once");
        return start_request();
      case ActionKind::kStartRetry:
        fuzz::require(!timer_ && is_waiting(state_.phase), "one retry, and only while it waits");
        fuzz::require(action.delay_min >= milliseconds{0} && action.delay_min <= action.delay_max,
                      "a delay is a range");
        fuzz::require(action.delay_max <= std::max(kDelayMax, event.retry_after),
                      "it waits no longer than it was told, or than the longest delay");
        timer_ = true;
        return;
      case ActionKind::kCancelRetry:
        timer_ = false;
        return;
      case ActionKind::kCancelRequest:
        fuzz::require(request_, "what is cancelled is under way");
        request_ = false;
        return;
    }
  }

  void check_state() const {
    fuzz::require(request_ == state_.in_flight, "the state knows of the request");
    fuzz::require(timer_ == is_waiting(state_.phase), "who waits has a retry, and nobody else");
    fuzz::require(!is_active(state_.phase) || request_, "an active phase has a request");
    fuzz::require(!request_ || is_active(state_.phase) || state_.phase == Phase::kIdle,
                  "a resting one has none");
    fuzz::require(state_.halvings <= kHalvingsMax, "a batch is halved so often");
    fuzz::require(state_.passed < kPassedMax, "and doubled again");
    fuzz::require(state_.restamps <= kRestampsMax, "stamps are refused so often");
    fuzz::require(state_.phase != Phase::kDisabled || state_ == State{},
                  "a disabled session remembers nothing");
  }

  // Whatever the state, these two do what they say.
  void check_total(EventKind kind) const {
    const Step taken = step(state_, {.kind = kind});
    if (kind == EventKind::kDisable)
      fuzz::require(taken.state == State{}, "it can be disabled at any time");
    else
      fuzz::require(taken.state.phase != Phase::kDisabled, "and enabled");
  }

  State state_;
  bool request_ = false;
  bool timer_ = false;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  World world;
  for (int i = 0; i < kEventsMax && !input.is_empty(); ++i) world.happen(next_event(input));
  world.come_to_rest();
  return 0;
}
