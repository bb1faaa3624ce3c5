#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// Full jitter: how the waits between retries are spread.

namespace syncline::test {
namespace {

// How long a device waits after each of so many failures in a row.
std::vector<std::int64_t> waits_of(std::size_t failures, std::chrono::milliseconds retry_after) {
  Network network;
  SyncedDevice a(network, 1, {.period = 100'000h});
  for (std::size_t i = 0; i < failures; ++i)
    network.server.fail_next({{Code::kBusy, "made up"}, 503, retry_after});
  std::vector<std::int64_t> waits;
  const auto subscription = a.sync().observe([&](const Status& status) {
    if (status.phase == Phase::kBackoff)
      waits.push_back(status.next_retry_ms - a.device().wall().now_ms());
  });
  a.sync().watch();
  network.executor.run_for(10'000h);
  BOOST_REQUIRE_EQUAL(waits.size(), failures);
  BOOST_CHECK(a.phase() == Phase::kIdle);
  return waits;
}

BOOST_AUTO_TEST_CASE(retries_are_spread_evenly_from_at_once_to_the_bound_of_the_backoff) {
  constexpr std::size_t kGrowing = 10;
  constexpr std::size_t kAtTheCap = 1'000;
  constexpr std::int64_t kCapMs = 300'000;
  auto waits = waits_of(kGrowing + kAtTheCap, 0ms);
  for (std::size_t n = 0; n < kGrowing; ++n) {
    BOOST_CHECK_GE(waits[n], 0);
    BOOST_CHECK_LE(waits[n], std::min<std::int64_t>(kCapMs, std::int64_t{500} << n));
  }
  waits.erase(waits.begin(), waits.begin() + kGrowing);
  std::sort(waits.begin(), waits.end());
  BOOST_CHECK_GE(waits.front(), 0);
  BOOST_CHECK_LE(waits.back(), kCapMs);
  // A tenth of them in each tenth, give or take five times what chance does.
  for (std::int64_t tenth = 0; tenth < 10; ++tenth) {
    const auto within = std::count_if(waits.begin(), waits.end(), [&](std::int64_t wait) {
      return wait * 10 >= tenth * kCapMs && wait * 10 < (tenth + 1) * kCapMs;
    });
    BOOST_CHECK_GT(within, 50);
    BOOST_CHECK_LT(within, 150);
  }
  waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
  BOOST_CHECK_GT(waits.size(), kAtTheCap * 9 / 10);
}

BOOST_AUTO_TEST_CASE(regression_a_wall_clock_at_the_end_of_its_range_is_waited_by) {
  constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
  Network network;
  SyncedDevice a(network, 1);
  a.device().wall().set(kEnd);
  network.server.fail_next({{Code::kBusy, "made up"}, 503, 200s});
  a.sync().watch();
  network.executor.run_for(100ms);
  BOOST_CHECK(a.phase() == Phase::kBackoff);
  BOOST_CHECK_EQUAL(a.status().next_retry_ms, kEnd);
  network.executor.run_for(10min);
  BOOST_CHECK(a.phase() == Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(retries_are_spread_above_what_the_server_asks_for) {
  const auto waits = waits_of(500, 200s);
  BOOST_CHECK_GE(*std::min_element(waits.begin(), waits.end()), 200'000);
  BOOST_CHECK_LE(*std::max_element(waits.begin(), waits.end()), 300'000);
  BOOST_CHECK_LT(*std::min_element(waits.begin() + 10, waits.end()), 205'000);
  BOOST_CHECK_GT(*std::max_element(waits.begin() + 10, waits.end()), 295'000);
}

}  // namespace
}  // namespace syncline::test
