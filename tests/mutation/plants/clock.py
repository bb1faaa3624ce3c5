"""The clock."""

from plants.plant import Plant

CLOCK = "engine/src/clock/clock.cpp"
REPLICA = "engine/src/replica/replica.cpp"
RESTAMP = "engine/src/replica/restamp.cpp"
SETTLE = "engine/src/replica/intake_settle.cpp"

PLANTS = [
    Plant("clock_not_persisted", "a commit stores the clock as it was before",
          REPLICA,
          "const Head head{clock.state(), builder.last_sequence()};",
          'const Head head{planted("clock_not_persisted") ? committed.clock : clock.state(),\n'
          "                  builder.last_sequence()};"),
    Plant("clock_goes_back_with_the_wall", "a tick does not look at the last one",
          CLOCK,
          "const HybridTime base = std::max(state_.last, floor);",
          'const HybridTime base = planted("clock_goes_back_with_the_wall") ? floor : std::max(state_.last, floor);'),
    Plant("arrivals_leave_the_clock", "what arrives does not move the clock, so that later writes may lose to it",
          CLOCK,
          "state_.last = std::max(state_.last, stamp.time);\n  confirm(stamp);",
          'if (!planted("arrivals_leave_the_clock")) state_.last = std::max(state_.last, stamp.time);\n'
          "  confirm(stamp);"),
    Plant("arrivals_judged_by_own_clock", "an arrival counts as future by this device's clock, not by the server's",
          CLOCK,
          "std::max(now_ms(), std::min(server_ms, kMillisecondsMax));",
          'planted("arrivals_judged_by_own_clock") ? now_ms() '
          ": std::max(now_ms(), std::min(server_ms, kMillisecondsMax));"),
    Plant("offset_of_the_wrong_sign", "the correction of the wall clock is applied the wrong way round",
          CLOCK,
          "const bool changed = offset != state_.offset_ms;\n  state_.offset_ms = offset;",
          "const bool changed = offset != state_.offset_ms;\n"
          '  state_.offset_ms = planted("offset_of_the_wrong_sign") ? -offset : offset;'),
    Plant("poisoned_time_confirmed", "a stamp that the server refused counts as seen by it",
          SETTLE,
          "if (reply.verdicts[i] != Verdict::kRefused) {",
          'if (planted("poisoned_time_confirmed")) core_.clock.confirm(item.stamp);\n'
          "      if (reply.verdicts[i] != Verdict::kRefused) {"),
    Plant("clock_kept_after_failed_commit", "a commit that failed leaves the clock where it had put it",
          REPLICA,
          "clock.restore(committed.clock);\n    return done;",
          'if (!planted("clock_kept_after_failed_commit")) clock.restore(committed.clock);\n    return done;'),
]
