#include "session/session.hpp"

#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "session/failures.hpp"

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
}  // namespace syncline

namespace syncline::session {
namespace {

using std::chrono::milliseconds;

constexpr std::array kPhases{
    Phase::kDisabled, Phase::kOffline,    Phase::kConnecting,  Phase::kSyncing, Phase::kIdle,
    Phase::kBackoff,  Phase::kPausedAuth, Phase::kPausedClock, Phase::kReset,   Phase::kFailed};

bool has(const Step& step, ActionKind kind) {
  return std::any_of(step.actions.begin(), step.actions.end(),
                     [kind](const Action& action) { return action.kind == kind; });
}

Action find(const Step& step, ActionKind kind) {
  for (const Action& action : step.actions) {
    if (action.kind == kind) return action;
  }
  BOOST_FAIL("the step has no such action");
  return {};
}

// The state after these events, from the beginning.
State after(std::initializer_list<Event> events) {
  State state;
  for (const Event& event : events) state = step(state, event).state;
  return state;
}

const Event kEnabled{.kind = EventKind::kEnable};
const Event kDone{.kind = EventKind::kRoundDone};

Event failed(Failure failure, milliseconds retry_after = milliseconds{0}) {
  return {.kind = EventKind::kRoundFailed, .failure = failure, .retry_after = retry_after};
}

Event random_event(std::mt19937_64& random) {
  const auto coin = [&random] { return random() % 2 == 0; };
  return {.kind = static_cast<EventKind>(random() % kEventKindCount),
          .pending = coin(),
          .remaining = coin(),
          .restamped = coin(),
          .epoch_changed = random() % 8 == 0,
          .changed = coin(),
          .failure = static_cast<Failure>(random() % 6),
          .during_refresh = coin(),
          .set_aside = coin(),
          .fence_raised = coin(),
          .retry_after = milliseconds(random() % 2 == 0 ? 0 : random() % 100'000)};
}

// A state that makes sense, with this phase.
State some_state(Phase phase, std::mt19937_64& random) {
  State state;
  state.phase = phase;
  const bool active =
      phase == Phase::kConnecting || phase == Phase::kSyncing || phase == Phase::kReset;
  state.in_flight = active || (phase == Phase::kIdle && random() % 2 == 0);
  state.attempt = static_cast<unsigned>(random() % 40);
  state.restamps = static_cast<unsigned>(random() % (kRestampsMax + 1));
  state.halvings = static_cast<unsigned>(random() % (kHalvingsMax + 1));
  state.passed = static_cast<unsigned>(random() % kPassedMax);
  state.last_failure = static_cast<Failure>(random() % 6);
  state.refreshed = random() % 2 == 0;
  state.again = random() % 2 == 0;
  state.remaining = random() % 2 == 0;
  state.new_login = state.in_flight && random() % 2 == 0;
  return state;
}

BOOST_AUTO_TEST_CASE(every_step_from_every_phase_is_in_the_table) {
  std::mt19937_64 random(1);
  for (const Phase phase : kPhases) {
    for (int i = 0; i < 20'000; ++i) {
      const State state = some_state(phase, random);
      const Event event = random_event(random);
      const Step taken = step(state, event);
      BOOST_REQUIRE_MESSAGE(is_legal(phase, event.kind, taken.state.phase),
                            phase_name(phase) << " on event " << static_cast<int>(event.kind)
                                              << " went to " << phase_name(taken.state.phase));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_transition_of_the_table_can_happen) {
  std::mt19937_64 random(2);
  std::set<std::tuple<Phase, EventKind, Phase>> seen;
  for (const Phase phase : kPhases) {
    for (int i = 0; i < 50'000; ++i) {
      const Event event = random_event(random);
      seen.emplace(phase, event.kind, step(some_state(phase, random), event).state.phase);
    }
  }
  for (const Transition& transition : transitions()) {
    for (const Phase to : transition.to) {
      BOOST_CHECK_MESSAGE(seen.contains({transition.from, transition.event, to}),
                          phase_name(transition.from)
                              << " on event " << static_cast<int>(transition.event)
                              << " never goes to " << phase_name(to));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_request_is_under_way_exactly_while_the_phase_says_so) {
  std::mt19937_64 random(3);
  State state;
  for (int i = 0; i < 200'000; ++i) {
    state = step(state, random_event(random)).state;
    const bool active = state.phase == Phase::kConnecting || state.phase == Phase::kSyncing ||
                        state.phase == Phase::kReset;
    BOOST_REQUIRE(!active || state.in_flight);
    BOOST_REQUIRE(active || state.phase == Phase::kIdle || !state.in_flight);
    BOOST_REQUIRE(!state.new_login || state.in_flight);
  }
}

BOOST_AUTO_TEST_CASE(at_most_one_request_is_started_at_a_time) {
  std::mt19937_64 random(4);
  State state;
  for (int i = 0; i < 200'000; ++i) {
    const Step taken = step(state, random_event(random));
    int started = 0;
    for (const Action& action : taken.actions) {
      started += action.kind == ActionKind::kExchange || action.kind == ActionKind::kLook ||
                 action.kind == ActionKind::kRefreshTokens;
    }
    BOOST_REQUIRE_LE(started, 1);
    BOOST_REQUIRE(started == 0 || taken.state.in_flight);
    state = taken.state;
  }
}

BOOST_AUTO_TEST_CASE(every_waiting_phase_plans_a_retry) {
  std::mt19937_64 random(5);
  for (const Phase phase : kPhases) {
    for (int i = 0; i < 20'000; ++i) {
      const Step taken = step(some_state(phase, random), random_event(random));
      const Phase to = taken.state.phase;
      const bool waits =
          to == Phase::kOffline || to == Phase::kBackoff || to == Phase::kPausedClock;
      if (waits && to != phase) BOOST_REQUIRE(has(taken, ActionKind::kStartRetry));
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_happens_while_it_is_disabled) {
  for (std::size_t kind = 1; kind < kEventKindCount; ++kind) {
    const Step taken = step({}, {.kind = static_cast<EventKind>(kind), .pending = true});
    BOOST_CHECK(taken.state == State{});
    BOOST_CHECK(taken.actions.empty());
  }
}

BOOST_AUTO_TEST_CASE(enabling_exchanges_at_once) {
  const Step taken = step({}, kEnabled);
  BOOST_CHECK_EQUAL(taken.state.phase, Phase::kConnecting);
  BOOST_CHECK(has(taken, ActionKind::kExchange));
}

BOOST_AUTO_TEST_CASE(disabling_cancels_what_is_under_way) {
  const Step taken = step(after({kEnabled}), {.kind = EventKind::kDisable});
  BOOST_CHECK_EQUAL(taken.state.phase, Phase::kDisabled);
  BOOST_CHECK(has(taken, ActionKind::kCancelRequest));
  BOOST_CHECK(has(taken, ActionKind::kCancelRetry));
}

BOOST_AUTO_TEST_CASE(it_rests_only_when_nothing_is_pending_and_nothing_remains) {
  BOOST_CHECK_EQUAL(after({kEnabled, kDone}).phase, Phase::kIdle);
  BOOST_CHECK_EQUAL(after({kEnabled, {.kind = EventKind::kRoundDone, .pending = true}}).phase,
                    Phase::kSyncing);
  BOOST_CHECK_EQUAL(after({kEnabled, {.kind = EventKind::kRoundDone, .remaining = true}}).phase,
                    Phase::kSyncing);
}

BOOST_AUTO_TEST_CASE(while_the_server_has_more_it_only_pulls) {
  const Step taken =
      step(after({kEnabled}), {.kind = EventKind::kRoundDone, .pending = true, .remaining = true});
  BOOST_CHECK(find(taken, ActionKind::kExchange).pull_only);
  const Step last = step(taken.state, {.kind = EventKind::kRoundDone, .pending = true});
  BOOST_CHECK(!find(last, ActionKind::kExchange).pull_only);
}

BOOST_AUTO_TEST_CASE(a_write_during_an_exchange_starts_another) {
  const State state = after({kEnabled, {.kind = EventKind::kDue, .pending = true}, kDone});
  BOOST_CHECK_EQUAL(state.phase, Phase::kSyncing);
}

BOOST_AUTO_TEST_CASE(an_idle_period_without_writes_only_looks) {
  const Step looked = step(after({kEnabled, kDone}), {.kind = EventKind::kDue});
  BOOST_CHECK(has(looked, ActionKind::kLook));
  BOOST_CHECK_EQUAL(looked.state.phase, Phase::kIdle);
  BOOST_CHECK_EQUAL(step(looked.state, {.kind = EventKind::kLookDone}).state.phase, Phase::kIdle);
  BOOST_CHECK_EQUAL(step(looked.state, {.kind = EventKind::kLookDone, .changed = true}).state.phase,
                    Phase::kSyncing);
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_refreshed_once_then_pauses) {
  const Step refused = step(after({kEnabled}), failed(Failure::kAuth));
  BOOST_CHECK(has(refused, ActionKind::kRefreshTokens));
  const Step refreshed = step(refused.state, {.kind = EventKind::kTokensRefreshed});
  BOOST_CHECK(has(refreshed, ActionKind::kExchange));
  const Step again = step(refreshed.state, failed(Failure::kAuth));
  BOOST_CHECK_EQUAL(again.state.phase, Phase::kPausedAuth);
  BOOST_CHECK(!has(again, ActionKind::kRefreshTokens));
}

BOOST_AUTO_TEST_CASE(regression_a_wait_allows_the_next_refresh) {
  const Event retry{.kind = EventKind::kRetry};
  const Event refreshed{.kind = EventKind::kTokensRefreshed};
  Event lost = failed(Failure::kNetwork);
  lost.during_refresh = true;
  for (const State& state :
       {after({kEnabled, failed(Failure::kAuth), lost, retry}),
        after({kEnabled, failed(Failure::kAuth), refreshed, failed(Failure::kNetwork), retry})}) {
    BOOST_CHECK(has(step(state, failed(Failure::kAuth)), ActionKind::kRefreshTokens));
  }
}

BOOST_AUTO_TEST_CASE(a_success_allows_the_next_refresh) {
  const State state = after({kEnabled,
                             failed(Failure::kAuth),
                             {.kind = EventKind::kTokensRefreshed},
                             kDone,
                             {.kind = EventKind::kDue, .pending = true}});
  BOOST_CHECK(has(step(state, failed(Failure::kAuth)), ActionKind::kRefreshTokens));
}

BOOST_AUTO_TEST_CASE(a_refused_refresh_pauses_until_there_is_a_new_login) {
  State state = after({kEnabled, failed(Failure::kAuth)});
  Event refused = failed(Failure::kAuth);
  refused.during_refresh = true;
  state = step(state, refused).state;
  BOOST_CHECK_EQUAL(state.phase, Phase::kPausedAuth);
  BOOST_CHECK_EQUAL(step(state, {.kind = EventKind::kDue, .pending = true}).state.phase,
                    Phase::kPausedAuth);
  BOOST_CHECK_EQUAL(step(state, {.kind = EventKind::kReachable}).state.phase, Phase::kPausedAuth);
  BOOST_CHECK_EQUAL(step(state, {.kind = EventKind::kCredentialsChanged}).state.phase,
                    Phase::kConnecting);
}

BOOST_AUTO_TEST_CASE(regression_a_login_while_a_request_is_under_way_is_not_lost) {
  const Event login{.kind = EventKind::kCredentialsChanged};
  Event refused = failed(Failure::kAuth);
  refused.during_refresh = true;
  const Step refreshed = step(after({kEnabled, failed(Failure::kAuth), login}), refused);
  BOOST_CHECK_EQUAL(refreshed.state.phase, Phase::kConnecting);
  BOOST_CHECK(has(refreshed, ActionKind::kExchange));
  const Step looked =
      step(after({kEnabled, kDone, {.kind = EventKind::kDue}, login}), failed(Failure::kAuth));
  BOOST_CHECK_EQUAL(looked.state.phase, Phase::kSyncing);
  BOOST_CHECK(has(looked, ActionKind::kExchange));
  const Step failed_for_good = step(after({kEnabled, login}), failed(Failure::kPermanent));
  BOOST_CHECK_EQUAL(failed_for_good.state.phase, Phase::kConnecting);
  // The login was used, and is no excuse for the next failure.
  BOOST_CHECK_EQUAL(step(failed_for_good.state, failed(Failure::kPermanent)).state.phase,
                    Phase::kFailed);
}

BOOST_AUTO_TEST_CASE(the_delay_doubles_from_half_a_second_to_five_minutes) {
  State state = after({kEnabled});
  milliseconds expected{500};
  for (int i = 0; i < 30; ++i) {
    const Step taken = step(state, failed(Failure::kServer));
    BOOST_CHECK_EQUAL(taken.state.phase, Phase::kBackoff);
    BOOST_CHECK_EQUAL(find(taken, ActionKind::kStartRetry).delay_max.count(), expected.count());
    expected = std::min(milliseconds{300'000}, expected * 2);
    state = step(taken.state, {.kind = EventKind::kRetry}).state;
  }
}

BOOST_AUTO_TEST_CASE(retry_after_is_the_least_delay) {
  const Action retry = find(step(after({kEnabled}), failed(Failure::kServer, milliseconds{90'000})),
                            ActionKind::kStartRetry);
  BOOST_CHECK_EQUAL(retry.delay_min.count(), 90'000);
  BOOST_CHECK_GE(retry.delay_max.count(), 90'000);
}

BOOST_AUTO_TEST_CASE(the_delay_starts_again_when_the_failure_changes_or_the_network_returns) {
  const Event retry{.kind = EventKind::kRetry};
  State state = after({kEnabled, failed(Failure::kServer), retry, failed(Failure::kServer), retry});
  BOOST_CHECK_EQUAL(
      find(step(state, failed(Failure::kNetwork)), ActionKind::kStartRetry).delay_max.count(), 500);
  state = after({kEnabled,
                 failed(Failure::kServer),
                 retry,
                 failed(Failure::kServer),
                 {.kind = EventKind::kReachable}});
  BOOST_CHECK_LE(
      find(step(state, failed(Failure::kServer)), ActionKind::kStartRetry).delay_max.count(),
      1'000);
}

BOOST_AUTO_TEST_CASE(too_large_a_request_halves_the_batch_and_goes_on) {
  State state = after({kEnabled});
  for (unsigned i = 1; i <= kHalvingsMax; ++i) {
    const Step taken = step(state, failed(Failure::kTooLarge));
    BOOST_CHECK_EQUAL(taken.state.halvings, i);
    BOOST_CHECK(has(taken, ActionKind::kExchange));
    state = taken.state;
  }
  BOOST_CHECK_EQUAL(step(state, failed(Failure::kTooLarge)).state.phase, Phase::kFailed);
}

BOOST_AUTO_TEST_CASE(regression_the_batch_grows_again_when_pushes_pass) {
  const Event more{.kind = EventKind::kRoundDone, .pending = true};
  State state = after({kEnabled, failed(Failure::kTooLarge), failed(Failure::kTooLarge)});
  for (unsigned halvings = 2; halvings > 0; --halvings) {
    for (unsigned i = 0; i < kPassedMax; ++i) {
      BOOST_CHECK_EQUAL(state.halvings, halvings);
      state = step(state, more).state;
    }
  }
  for (unsigned i = 0; i < kPassedMax; ++i) state = step(state, more).state;
  BOOST_CHECK_EQUAL(state.halvings, 0);
}

BOOST_AUTO_TEST_CASE(rounds_that_only_pull_say_nothing_about_the_size_of_a_push) {
  State state = after({kEnabled, failed(Failure::kTooLarge), kDone});
  const Event page{.kind = EventKind::kRoundDone, .remaining = true};
  state = step(step(state, {.kind = EventKind::kSyncNow}).state, page).state;
  const unsigned passed = state.passed;
  for (int i = 0; i < 100; ++i) state = step(state, page).state;
  BOOST_CHECK_EQUAL(state.halvings, 1);
  BOOST_CHECK_EQUAL(state.passed, passed);
}

BOOST_AUTO_TEST_CASE(an_op_that_was_set_aside_leaves_the_batch_as_it_is) {
  Event alone = failed(Failure::kTooLarge);
  alone.set_aside = true;
  const Step taken = step(after({kEnabled}), alone);
  BOOST_CHECK_EQUAL(taken.state.phase, Phase::kConnecting);
  BOOST_CHECK_EQUAL(taken.state.halvings, 0);
  BOOST_CHECK(has(taken, ActionKind::kExchange));
}

BOOST_AUTO_TEST_CASE(an_outdated_push_is_repeated_at_once_but_not_for_ever) {
  Event outdated = failed(Failure::kServer);
  outdated.fence_raised = true;
  State state = after({kEnabled});
  for (unsigned i = 0; i < kOutdatedMax; ++i) {
    const Step taken = step(state, outdated);
    BOOST_CHECK_EQUAL(taken.state.phase, Phase::kConnecting);
    BOOST_CHECK(has(taken, ActionKind::kExchange));
    state = taken.state;
  }
  BOOST_CHECK_EQUAL(step(state, outdated).state.phase, Phase::kBackoff);
  state = step(step(state, kDone).state, {.kind = EventKind::kSyncNow}).state;
  BOOST_CHECK(has(step(state, outdated), ActionKind::kExchange));
}

BOOST_AUTO_TEST_CASE(a_permanent_failure_waits_for_a_person) {
  const State state = after({kEnabled, failed(Failure::kPermanent)});
  BOOST_CHECK_EQUAL(state.phase, Phase::kFailed);
  BOOST_CHECK_EQUAL(step(state, {.kind = EventKind::kDue, .pending = true}).state.phase,
                    Phase::kFailed);
  BOOST_CHECK_EQUAL(step(state, {.kind = EventKind::kSyncNow}).state.phase, Phase::kConnecting);
}

BOOST_AUTO_TEST_CASE(a_clock_that_stays_refused_pauses_and_is_tried_again) {
  State state = after({kEnabled});
  const Event restamped{.kind = EventKind::kRoundDone, .pending = true, .restamped = true};
  for (unsigned i = 0; i < kRestampsMax; ++i) {
    state = step(state, restamped).state;
    BOOST_CHECK_EQUAL(state.phase, Phase::kSyncing);
  }
  const Step paused = step(state, restamped);
  BOOST_CHECK_EQUAL(paused.state.phase, Phase::kPausedClock);
  BOOST_CHECK(has(paused, ActionKind::kStartRetry));
  BOOST_CHECK_EQUAL(step(paused.state, {.kind = EventKind::kRetry}).state.phase,
                    Phase::kConnecting);
}

BOOST_AUTO_TEST_CASE(a_restored_server_is_shown_as_a_reset_and_offered_everything) {
  const Step taken = step(after({kEnabled}),
                          {.kind = EventKind::kRoundDone, .pending = true, .epoch_changed = true});
  BOOST_CHECK_EQUAL(taken.state.phase, Phase::kReset);
  BOOST_CHECK(has(taken, ActionKind::kExchange));
  BOOST_CHECK_EQUAL(step(taken.state, kDone).state.phase, Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(losing_the_network_cancels_and_its_return_connects) {
  const Step lost = step(after({kEnabled}), {.kind = EventKind::kUnreachable});
  BOOST_CHECK_EQUAL(lost.state.phase, Phase::kOffline);
  BOOST_CHECK(has(lost, ActionKind::kCancelRequest));
  const Step back = step(lost.state, {.kind = EventKind::kReachable});
  BOOST_CHECK_EQUAL(back.state.phase, Phase::kConnecting);
  BOOST_CHECK(has(back, ActionKind::kCancelRetry));
}

BOOST_AUTO_TEST_CASE(statuses_are_treated_as_the_protocol_says) {
  const auto of = [](int status, Code code) {
    return classify(TransportError{{code, ""}, status, {}});
  };
  for (const int status : {400, 404, 405, 409, 415, 422}) {
    BOOST_CHECK(of(status, Code::kValidationFailed) == Failure::kPermanent);
  }
  BOOST_CHECK(of(401, Code::kTokenExpired) == Failure::kAuth);
  BOOST_CHECK(of(413, Code::kBodyTooLarge) == Failure::kTooLarge);
  for (const int status : {429, 500, 502, 503, 504})
    BOOST_CHECK(of(status, Code::kInternal) == Failure::kServer);
  BOOST_CHECK(of(200, Code::kUnexpectedContentType) == Failure::kServer);
  BOOST_CHECK(of(0, Code::kNetworkUnreachable) == Failure::kNetwork);
  BOOST_CHECK(of(0, Code::kDeadlineExceeded) == Failure::kServer);
}

BOOST_AUTO_TEST_CASE(regression_a_page_that_is_not_the_services_stops_nothing_for_good) {
  for (const int status : {400, 401, 403, 404, 407, 408, 418, 451, 500, 511}) {
    for (const Code code : {Code::kUnexpectedStatus, Code::kUnexpectedContentType}) {
      const Failure failure = classify(TransportError{{code, ""}, status, {}});
      BOOST_TEST_CONTEXT("status " << status) { BOOST_CHECK(failure == Failure::kServer); }
    }
  }
}

}  // namespace
}  // namespace syncline::session
