#include <boost/test/unit_test.hpp>

#include "syncline/simulation/simulation.hpp"

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

// An app that keeps a budget as a plain value, as if it were a counter.
class Budget final : public Workload {
 public:
  Act act(Replica& replica, SeededRandom& random) override {
    Act act{"spend", {}, {}};
    const auto record = replica.get("money", "budget");
    std::int64_t held = 0;
    if (record && *record && (*record)->fields.contains("spent"))
      held = *(*record)->fields.at("spent").if_int64();
    const std::int64_t amount = random.between(1, 5);
    act.what = "spend " + std::to_string(amount);
    act.result = replica.write([&](Transaction& t) {
      return t.patch("money", "budget", {{"spent", Value(held + amount)}});
    });
    if (act.result) spent_ += amount;
    return act;
  }

  std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const override {
    if (spent_ == 0) return std::nullopt;
    const auto record = devices.front()->get("money", "budget");
    if (*(*record)->fields.at("spent").if_int64() == spent_) return std::nullopt;
    return std::to_string(spent_) + " were spent, and not all is in the budget";
  }

 private:
  std::int64_t spent_ = 0;
};

const Options& budget() {
  static const Options kOptions{
      .schemas = {R"({"name": "money", "version": 1, "collections": {"money": {}}})"},
      .workload = [] { return std::make_unique<Budget>(); },
      .rates = FaultRates::none()};
  return kOptions;
}

BOOST_AUTO_TEST_SUITE(shrinking)

BOOST_AUTO_TEST_CASE(a_workload_s_own_check_finds_a_strategy_that_does_not_fit) {
  const SeedResult result = run_seed(budget(), 1);
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST(result.failure->invariant == "an_app_finds_what_it_did");
  BOOST_TEST(result.failure->seed == 1U);
}

BOOST_AUTO_TEST_CASE(the_trace_is_as_short_as_what_it_takes) {
  const SeedResult result = run_seed(budget(), 1);
  BOOST_REQUIRE(result.failure.has_value());
  std::size_t acts = 0;
  for (const std::string& line : result.failure->trace) {
    if (line.find("spend") != std::string::npos) ++acts;
  }
  // Two devices that spend without having seen each other.
  BOOST_TEST(acts == 2U);
}

BOOST_AUTO_TEST_CASE(a_failure_has_no_trace_when_it_is_not_to_be_shrunk) {
  const SeedResult result = run_seed(budget(), 1, false);
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST(result.failure->trace.empty());
}

BOOST_AUTO_TEST_CASE(a_run_stops_after_as_many_failures_as_it_is_told) {
  const Report report = run_seeds(budget(), {.seeds = 1'000, .jobs = 1, .failures_max = 2});
  BOOST_TEST(report.failed == 2U);
  BOOST_TEST(report.seeds < 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
