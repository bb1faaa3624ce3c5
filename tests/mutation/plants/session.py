"""The session."""

from plants.plant import Plant

DRIVER = "engine/src/session/driver.cpp"
EXCHANGE = "engine/src/session/exchange.cpp"
FAILURES = "engine/src/session/failures.cpp"
SESSION = "engine/src/session/session.cpp"

PLANTS = [
    Plant("lost_wakeup", "a sync that is asked for during a request is answered by that request",
          SESSION,
          "    if (state().in_flight) {\n      state().again = true;",
          '    if (state().in_flight) {\n      state().again = !planted("lost_wakeup");'),
    Plant("rest_of_the_pages_forgotten", "an exchange ends with its first page",
          EXCHANGE,
          ".remaining = outcome->remaining > 0,",
          '.remaining = outcome->remaining > 0 && !planted("rest_of_the_pages_forgotten"),'),
    Plant("no_retry_is_planned", "a device that watches does not try again after a failure",
          DRIVER,
          "if (!watching_) return;\n  const auto spread",
          'if (!watching_ || planted("no_retry_is_planned")) return;\n  const auto spread'),
    Plant("period_ends", "a device that watches looks at the server once",
          DRIVER,
          "has_pending()});\n    driver.schedule_period();",
          'has_pending()});\n    if (!planted("period_ends")) driver.schedule_period();'),
    Plant("unreachable_wakes_a_pause", "a sync that waits for a login goes on when the network is gone",
          SESSION,
          "        phase() != Phase::kPausedClock) {\n      return;",
          '        phase() != Phase::kPausedClock &&\n'
          '        !(planted("unreachable_wakes_a_pause") && phase() != Phase::kDisabled)) {\n      return;'),
    Plant("synced_with_work_pending", "synced is shown when the last exchange went well, whatever was written since",
          FAILURES,
          "&& state.complete && state.pending_ops == 0;",
          '&& state.complete &&\n                  (state.pending_ops == 0 || planted("synced_with_work_pending"));'),
]
