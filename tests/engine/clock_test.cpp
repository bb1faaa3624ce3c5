#include "syncline/clock.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/environment.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

// What clock.json leaves open: what is confirmed, and going back to it.

BOOST_AUTO_TEST_SUITE(clock_confirmation)

BOOST_AUTO_TEST_CASE(a_tick_confirms_nothing) {
  ManualWall wall;
  HybridClock clock(wall, {});
  must(clock.tick());
  BOOST_TEST(clock.state().confirmed.packed() == 0U);
}

BOOST_AUTO_TEST_CASE(an_observed_stamp_is_confirmed) {
  ManualWall wall;
  HybridClock clock(wall, {});
  must(clock.observe(stamp_at(kPresentMs - 5, 3), kPresentMs));
  BOOST_TEST((clock.state().confirmed == HybridTime(kPresentMs - 5, 3)));
}

BOOST_AUTO_TEST_CASE(a_stamp_in_the_future_is_neither_adopted_nor_confirmed) {
  ManualWall wall;
  HybridClock clock(wall, {});
  BOOST_TEST(code_of(clock.observe(stamp_at(kYear2262Ms), kPresentMs)) == "stamp_in_future");
  BOOST_TEST((clock.state() == HybridClock::State{}));
}

BOOST_AUTO_TEST_CASE(what_is_confirmed_never_goes_back) {
  ManualWall wall;
  HybridClock clock(wall, {});
  clock.confirm(stamp_at(100));
  clock.confirm(stamp_at(50));
  BOOST_TEST((clock.state().confirmed == HybridTime(100)));
}

BOOST_AUTO_TEST_CASE(rewinding_goes_back_to_what_is_confirmed) {
  ManualWall wall(kYear2262Ms);
  HybridClock clock(wall, {});
  clock.confirm(stamp_at(kPresentMs, 4));
  must(clock.tick());
  clock.rewind();
  BOOST_TEST((clock.state().last == HybridTime(kPresentMs, 4)));
}

BOOST_AUTO_TEST_CASE(restoring_brings_back_the_whole_state) {
  ManualWall wall;
  HybridClock clock(wall, {});
  must(clock.tick());
  const HybridClock::State before = clock.state();
  wall.advance(10);
  must(clock.tick());
  clock.learn_offset(kPresentMs + 60'000, kPresentMs, kPresentMs);
  clock.restore(before);
  BOOST_TEST((clock.state() == before));
}

BOOST_AUTO_TEST_CASE(learning_answers_whether_the_correction_changed) {
  ManualWall wall;
  HybridClock clock(wall, {});
  BOOST_TEST(clock.learn_offset(kPresentMs + 60'000, kPresentMs, kPresentMs));
  BOOST_TEST(!clock.learn_offset(kPresentMs + 60'000, kPresentMs, kPresentMs));
  BOOST_TEST(clock.learn_offset(kPresentMs, kPresentMs, kPresentMs));
  BOOST_TEST(clock.state().offset_ms == 0);
}

BOOST_AUTO_TEST_CASE(regression_a_wall_clock_beyond_what_stamps_can_say_is_put_right) {
  for (const std::int64_t wrong : {std::numeric_limits<std::int64_t>::max(), kMillisecondsMax + 1,
                                   std::int64_t{-1}, -kMillisecondsMax}) {
    ManualWall wall(wrong);
    HybridClock clock(wall, {});
    clock.learn_offset(kPresentMs, wrong, wrong);
    BOOST_TEST(clock.now_ms() == kPresentMs);
  }
}

BOOST_AUTO_TEST_CASE(a_correction_of_any_times_does_not_overflow) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  ManualWall wall;
  HybridClock clock(wall, {});
  clock.learn_offset(kMax, kMin, kMin);
  BOOST_TEST(clock.state().offset_ms == kMax);
  BOOST_TEST(clock.now_ms() == kMillisecondsMax);
  clock.learn_offset(kMin, kMax, kMax);
  BOOST_TEST(clock.state().offset_ms == kMin);
  BOOST_TEST(clock.now_ms() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
