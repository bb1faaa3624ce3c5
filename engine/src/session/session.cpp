#include "session/session.hpp"

#include <algorithm>
#include <cassert>

namespace syncline::session {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackoffBase{500};
constexpr milliseconds kBackoffCap{300'000};

// Builds the outcome of one step.
class Stepper {
 public:
  explicit Stepper(const State& state) : step_{state, {}} {}

  Step take(const Event& event) {
    switch (event.kind) {
      case EventKind::kEnable:
        if (phase() == Phase::kDisabled) connect();
        break;
      case EventKind::kDisable:
        disable();
        break;
      case EventKind::kDue:
        due(event);
        break;
      case EventKind::kSyncNow:
        sync_now();
        break;
      case EventKind::kRoundDone:
        round_done(event);
        break;
      case EventKind::kRoundFailed:
        round_failed(event);
        break;
      case EventKind::kLookDone:
        look_done(event);
        break;
      case EventKind::kTokensRefreshed:
        tokens_refreshed();
        break;
      case EventKind::kRetry:
        if (is_waiting()) connect();
        break;
      case EventKind::kReachable:
        if (is_waiting()) {
          state().attempt = 0;
          connect();
        }
        break;
      case EventKind::kUnreachable:
        unreachable();
        break;
      case EventKind::kCredentialsChanged:
        credentials_changed();
        break;
    }
    return std::move(step_);
  }

 private:
  State& state() { return step_.state; }
  Phase phase() { return state().phase; }
  void act(Action action) { step_.actions.push_back(action); }

  bool is_waiting() {
    return phase() == Phase::kOffline || phase() == Phase::kBackoff ||
           phase() == Phase::kPausedClock;
  }
  bool is_active() { return session::is_active(phase()); }

  void request_sent() {
    state().in_flight = true;
    state().new_login = false;
  }
  void request_ended() {
    state().in_flight = false;
    state().new_login = false;
  }

  void exchange() {
    request_sent();
    state().again = false;
    act({.kind = ActionKind::kExchange, .pull_only = state().remaining});
  }

  void connect() {
    act({.kind = ActionKind::kCancelRetry});
    state().phase = Phase::kConnecting;
    exchange();
  }

  void cancel() {
    if (state().in_flight) act({.kind = ActionKind::kCancelRequest});
    request_ended();
    act({.kind = ActionKind::kCancelRetry});
  }

  void disable() {
    if (phase() == Phase::kDisabled) return;
    cancel();
    state() = State{};
  }

  void unreachable() {
    if (!is_active() && phase() != Phase::kIdle && phase() != Phase::kBackoff &&
        phase() != Phase::kPausedClock) {
      return;
    }
    cancel();
    state().phase = Phase::kOffline;
    wait(Failure::kNetwork, milliseconds{0});
  }

  void due(const Event& event) {
    if (state().in_flight) {
      state().again = state().again || event.pending;
    } else if (phase() == Phase::kIdle && event.pending) {
      state().phase = Phase::kSyncing;
      exchange();
    } else if (phase() == Phase::kIdle) {
      request_sent();
      act({.kind = ActionKind::kLook});
    }
  }

  void sync_now() {
    if (state().in_flight) {
      state().again = true;
    } else if (phase() == Phase::kIdle) {
      state().phase = Phase::kSyncing;
      exchange();
    } else if (phase() != Phase::kDisabled) {
      state().refreshed = false;
      connect();
    }
  }

  void credentials_changed() {
    state().refreshed = false;
    state().new_login = state().in_flight;
    if (is_waiting() || phase() == Phase::kPausedAuth || phase() == Phase::kFailed) connect();
  }

  void round_done(const Event& event) {
    if (!is_active()) return;
    request_ended();
    state().attempt = 0;
    state().last_failure = Failure::kNone;
    state().refreshed = false;
    if (!state().remaining) push_passed();
    state().remaining = event.remaining;
    state().outdated = 0;
    state().restamps = event.restamped ? state().restamps + 1 : 0;
    if (state().restamps > kRestampsMax) {
      state().phase = Phase::kPausedClock;
      state().restamps = 0;
      act({.kind = ActionKind::kStartRetry,
           .delay_min = kBackoffCap / 2,
           .delay_max = kBackoffCap});
    } else if (event.epoch_changed) {
      state().phase = Phase::kReset;
      exchange();
    } else if (event.remaining || event.pending || state().again) {
      state().phase = Phase::kSyncing;
      exchange();
    } else {
      state().phase = Phase::kIdle;
    }
  }

  void push_passed() {
    if (state().halvings == 0 || ++state().passed < kPassedMax) return;
    --state().halvings;
    state().passed = 0;
  }

  void look_done(const Event& event) {
    if (phase() != Phase::kIdle || !state().in_flight) return;
    request_ended();
    state().refreshed = false;
    if (!event.changed && !event.pending && !state().again) return;
    state().phase = Phase::kSyncing;
    exchange();
  }

  void tokens_refreshed() {
    if (!state().in_flight || (!is_active() && phase() != Phase::kIdle)) return;
    // A look that found the token expired turns into an exchange: one request fewer.
    if (phase() == Phase::kIdle) state().phase = Phase::kSyncing;
    exchange();
  }

  void wait(Failure failure, milliseconds retry_after) {
    // The token may expire while it waits, and then may be refreshed again; the delays bound how
    // often.
    state().refreshed = false;
    state().attempt = failure == state().last_failure ? state().attempt + 1 : 0;
    state().last_failure = failure;
    const milliseconds delay_max = std::max(backoff_max(state().attempt), retry_after);
    act({.kind = ActionKind::kStartRetry, .delay_min = retry_after, .delay_max = delay_max});
  }

  void round_failed(const Event& event) {
    if (!state().in_flight) return;
    const bool new_login = state().new_login;
    request_ended();
    const bool waits_for_login =
        event.failure == Failure::kAuth || event.failure == Failure::kPermanent;
    if (new_login && waits_for_login) {
      // It would wait for what has happened already.
      if (phase() == Phase::kIdle) state().phase = Phase::kSyncing;
      return exchange();
    }
    switch (event.failure) {
      case Failure::kNone:
      case Failure::kNetwork:
        state().phase = Phase::kOffline;
        return wait(Failure::kNetwork, event.retry_after);
      case Failure::kServer:
        return server_failed(event);
      case Failure::kAuth:
        return auth_failed(event);
      case Failure::kTooLarge:
        return too_large(event);
      case Failure::kPermanent:
        state().phase = Phase::kFailed;
        state().last_failure = Failure::kPermanent;
        return;
    }
  }

  void server_failed(const Event& event) {
    if (event.fence_raised && is_active() && state().outdated < kOutdatedMax) {
      ++state().outdated;
      return exchange();
    }
    state().phase = Phase::kBackoff;
    wait(Failure::kServer, event.retry_after);
  }

  void auth_failed(const Event& event) {
    if (event.during_refresh || state().refreshed) {
      state().phase = Phase::kPausedAuth;
      state().last_failure = Failure::kAuth;
      return;
    }
    state().refreshed = true;
    request_sent();
    act({.kind = ActionKind::kRefreshTokens});
  }

  void too_large(const Event& event) {
    const bool goes_on = event.set_aside || state().halvings < kHalvingsMax;
    if (!is_active() || !goes_on) {
      state().phase = Phase::kFailed;
      state().last_failure = Failure::kTooLarge;
      return;
    }
    if (!event.set_aside) ++state().halvings;
    state().passed = 0;
    exchange();
  }

  Step step_;
};

}  // namespace

bool is_active(Phase phase) {
  return phase == Phase::kConnecting || phase == Phase::kSyncing || phase == Phase::kReset;
}

milliseconds backoff_max(unsigned attempt) {
  constexpr unsigned kDoublingsMax = 20;  // far beyond the cap, far below overflow
  return std::min(kBackoffCap, kBackoffBase * (1U << std::min(attempt, kDoublingsMax)));
}

Step step(const State& state, const Event& event) {
  Step outcome = Stepper(state).take(event);
  assert(is_legal(state.phase, event.kind, outcome.state.phase));
  return outcome;
}

}  // namespace syncline::session
