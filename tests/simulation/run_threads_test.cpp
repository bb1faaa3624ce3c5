#include <boost/test/unit_test.hpp>

#include "syncline/simulation/simulation.hpp"

// A world has one thread; a run of many has several.

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

BOOST_AUTO_TEST_SUITE(run_threads)

BOOST_AUTO_TEST_CASE(the_same_seeds_give_the_same_hash_in_any_number_of_threads) {
  const Report once = run_seeds({}, {.seeds = 30, .jobs = 1});
  const Report again = run_seeds({}, {.seeds = 30, .jobs = 3});
  BOOST_TEST(once.hash == again.hash);
  const Report others = run_seeds({}, {.first_seed = 31, .seeds = 30, .jobs = 1});
  BOOST_TEST(once.hash != others.hash);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
