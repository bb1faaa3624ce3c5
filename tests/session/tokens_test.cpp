#include "syncline/tokens.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// Who keeps the tokens of a refresh, and which login goes on.

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code_name(code); }
}  // namespace syncline

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_CASE(regression_a_login_while_the_tokens_are_refreshed_is_not_lost) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  network.server.expire_access_tokens();
  a.tokens.tokens->refresh = Secret("nonsense");
  a.sync().watch();
  network.executor.run_for(25ms);  // the refresh is under way, and will be refused
  a.tokens.tokens = network.log_in();
  a.sync().credentials_changed();
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
}

}  // namespace
}  // namespace syncline::test
