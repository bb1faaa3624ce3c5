#include <boost/test/unit_test.hpp>

#include "examples/conflicts/inbox.hpp"
#include "tests/engine/support/clones.hpp"
#include "tests/engine/support/conflicts.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_CASE(the_inbox_of_the_guide_hears_shows_and_puts_back_what_lost) {
  TinyServer server;
  Device left{std::string(kConflictSchema), 1};
  Device right{std::string(kConflictSchema), 2};
  left.put("days", "d", {{"mood", Value("fair")}, {"sleep", Value(7)}});
  settle(server, {&left, &right});
  int changes = 0;
  const auto subscription = inbox::watch(right.replica(), [&changes] { ++changes; });
  left.wall().advance(1000);
  left.patch("days", "d", {{"mood", Value("bad")}, {"sleep", Value(6)}});
  right.wall().advance(2000);
  right.patch("days", "d", {{"mood", Value("good")}, {"sleep", Value(8)}});
  BOOST_TEST(changes == 0);
  settle(server, {&left, &right});
  BOOST_TEST(changes > 0);

  const auto open = must(inbox::open_conflicts(right.replica()));
  BOOST_REQUIRE_EQUAL(open.size(), 2U);
  for (const Conflict& conflict : open) {
    const bool is_mood = conflict.field == "mood";
    must(is_mood ? inbox::put_back(right.replica(), conflict)
                 : inbox::leave_it(right.replica(), conflict));
  }
  settle(server, {&left, &right});
  BOOST_TEST(left.read("days", "d") == R"({"mood":"bad","sleep":8})");
  BOOST_TEST(must(inbox::open_conflicts(left.replica())).empty());
}

}  // namespace
}  // namespace syncline::test
