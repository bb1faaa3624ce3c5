#include <boost/test/unit_test.hpp>

#include "syncline/simulation/simulation.hpp"
#include "tests/engine/support/scripted_strategy.hpp"

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

std::string first_failure(const Report& report) {
  if (report.failures.empty()) return {};
  const Failure& failure = report.failures.front();
  std::string text =
      "seed " + std::to_string(failure.seed) + " " + failure.invariant + ": " + failure.what;
  for (const std::string& line : failure.trace) text += "\n  " + line;
  return text;
}

BOOST_AUTO_TEST_SUITE(worlds)

BOOST_AUTO_TEST_CASE(every_invariant_holds_and_every_fault_that_is_survived_fires) {
  const Report report = run_seeds({}, {.seeds = 150, .jobs = 2});
  BOOST_TEST(report.seeds == 150U);
  BOOST_TEST(report.failed == 0U, first_failure(report));
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    BOOST_TEST((report.faults.of(fault) > 0) == is_survived(fault), fault_name(fault));
  }
}

BOOST_AUTO_TEST_CASE(a_world_without_faults_is_at_rest_as_well) {
  const Options options{.rates = FaultRates::none()};
  const Report report = run_seeds(options, {.seeds = 30, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    // A request that is cancelled may be overtaken by the next without any fault.
    if (static_cast<Fault>(i) == Fault::kReordering) continue;
    BOOST_TEST(report.faults.of(static_cast<Fault>(i)) == 0U);
  }
}

// Two devices with a strategy of the app, whatever they put.
Report with_strategy(ScriptedStrategy::Write write) {
  Options options;
  options.schemas = {R"({"name": "own", "version": 1, "collections": {
    "c": {"fields": {"f": {"merge": "custom:own"}, "g": {}}}}})"};
  options.strategies = strategies_of(
      "own",
      std::make_shared<ScriptedStrategy>(std::move(write), [](ScriptedStrategy::Slots slots) {
        return Value(static_cast<std::int64_t>(slots.size()));
      }));
  return run_seeds(options, {.seeds = 40, .jobs = 2, .failures_max = 1});
}

BOOST_AUTO_TEST_CASE(a_strategy_of_the_app_is_held_against_the_same_invariants) {
  const Report report = with_strategy([](const auto&, auto, const auto& context) {
    return ScriptedStrategy::Writes({{{encode_stamp(context.stamp), *encode_value(Value(true))}}});
  });
  BOOST_TEST(report.failed == 0U, first_failure(report));
}

BOOST_AUTO_TEST_CASE(a_strategy_of_the_app_that_fails_is_found) {
  const Report report =
      with_strategy([](const auto&, auto, const auto&) -> ScriptedStrategy::Writes { throw 1; });
  BOOST_REQUIRE(!report.failures.empty());
  BOOST_TEST(report.failures.front().invariant == "writes_fail_only_for_a_reason");
}

// A process may write, send and end within one task. The others may have what it sent before it
// starts again.
BOOST_AUTO_TEST_CASE(what_a_process_did_in_its_last_task_is_in_the_account) {
  Options options;
  options.rates.set(Fault::kCrashAfterSend, 800);
  options.rates.set(Fault::kSecondWriter, 800);
  options.rates.set(Fault::kClockRangeEnd, 300);
  const Report report = run_seeds(options, {.first_seed = 281, .seeds = 20, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
}

// Little else goes wrong, so that more of it is met.
BOOST_AUTO_TEST_CASE(disks_that_are_damaged_again_and_again_lose_nothing_that_is_there) {
  Options options;
  options.rates.set(Fault::kDiskDamaged, 600);
  options.steps = 120;
  const Report report = run_seeds(options, {.seeds = 40, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
  BOOST_TEST(report.faults.of(Fault::kDiskDamaged) > 100U);
}

// What the engine does not survive yet is found when it is asked for: the checks are not blind.
BOOST_AUTO_TEST_CASE(a_device_that_is_cloned_is_not_survived_yet) {
  Options options;
  options.rates.set(Fault::kDeviceCloned, 100);
  const Report report = run_seeds(options, {.seeds = 60, .jobs = 2, .failures_max = 1});
  BOOST_TEST(report.failed > 0U);
}

BOOST_AUTO_TEST_CASE(a_device_that_goes_back_to_a_backup_is_not_survived_yet) {
  Options options;
  options.rates.set(Fault::kDeviceRestored, 100);
  const Report report = run_seeds(options, {.seeds = 200, .jobs = 2, .failures_max = 1});
  BOOST_TEST(report.failed > 0U);
}

BOOST_AUTO_TEST_CASE(what_a_server_took_in_while_its_clock_was_ahead_is_merged_in_the_end) {
  Options options{.rates = FaultRates::none()};
  options.rates.set(Fault::kServerClockJump, 200);
  const Report report = run_seeds(options, {.seeds = 40, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
  BOOST_TEST(report.faults.of(Fault::kServerClockJump) > 0U);
}

// With replies that are lost, servers that are restored and devices that are migrated and damaged.
BOOST_AUTO_TEST_CASE(a_server_whose_clock_jumps_among_all_other_faults_is_survived) {
  Options options;
  options.rates.set(Fault::kServerClockJump, 60);
  const Report report = run_seeds(options, {.seeds = 40, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
  BOOST_TEST(report.faults.of(Fault::kServerClockJump) > 40U);
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_ops_for_a_while_is_survived) {
  Options options{.rates = FaultRates::none()};
  options.rates.set(Fault::kOpRefused, 200);
  const Report report = run_seeds(options, {.seeds = 40, .jobs = 2});
  BOOST_TEST(report.failed == 0U, first_failure(report));
  BOOST_TEST(report.faults.of(Fault::kOpRefused) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
