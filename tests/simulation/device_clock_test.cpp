#include "device_clock.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <boost/test/unit_test.hpp>

namespace syncline::simulation {
namespace {

using Ends = std::numeric_limits<std::int64_t>;

struct DeviceClockFixture {
  void pass(std::int64_t milliseconds) {
    time.run_next(time.now() + VirtualTime::Milliseconds{milliseconds});
  }

  VirtualTime time;
  DeviceClock clock{time};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(device_clock, DeviceClockFixture)

BOOST_AUTO_TEST_CASE(drifts_from_where_it_stands) {
  clock.drift(-500);
  pass(1'000);
  BOOST_TEST(clock.now_ms() == kBeginningMs + 500);
}

BOOST_AUTO_TEST_CASE(regression_saturates_at_the_ends_of_the_range) {
  clock.set(Ends::max() - 10);
  pass(1'000);
  BOOST_TEST(clock.now_ms() == Ends::max());
  clock.jump(1);
  BOOST_TEST(clock.now_ms() == Ends::max());

  clock.set(Ends::min() + 10);
  clock.jump(-60'000);
  BOOST_TEST(clock.now_ms() == Ends::min());
}

BOOST_AUTO_TEST_CASE(is_right_again_when_mended) {
  clock.set(Ends::min());
  clock.drift(100);
  clock.freeze(true);
  pass(5'000);
  clock.mend();
  pass(1);
  BOOST_TEST(clock.now_ms() == kBeginningMs + 5'001);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::simulation
