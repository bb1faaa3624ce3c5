#include "syncline/tokens.hpp"

#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// Who keeps the tokens of a refresh, and which login goes on.

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code_name(code); }
}  // namespace syncline

namespace syncline::test {
namespace {

// A device that watches, in the middle of a refresh.
struct Refreshing {
  Refreshing() {
    network.server.expire_access_tokens();
    a.sync().watch();
    network.executor.run_for(25ms);
  }

  Network network;
  SyncedDevice a{network, 1, {.period = 24h}};
};

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

BOOST_AUTO_TEST_CASE(regression_a_late_refresh_does_not_overwrite_a_newer_login) {
  Refreshing test;
  const Tokens login = test.network.log_in();
  test.a.tokens.tokens = login;
  test.a.sync().credentials_changed();
  test.network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(test.a.tokens.tokens->refresh.reveal(), login.refresh.reveal());
  BOOST_CHECK_EQUAL(test.a.phase(), Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(regression_a_refresh_that_was_stopped_does_not_overwrite_a_newer_login) {
  Refreshing test;
  test.a.sync().stop();
  const Tokens login = test.network.log_in();
  test.a.tokens.tokens = login;
  test.network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(test.a.tokens.tokens->refresh.reveal(), login.refresh.reveal());
}

BOOST_AUTO_TEST_CASE(regression_a_late_refresh_does_not_undo_a_logout) {
  Refreshing test;
  test.a.tokens.tokens.reset();
  test.network.executor.run_for(1s);
  BOOST_CHECK(!test.a.tokens.tokens.has_value());
  BOOST_CHECK_EQUAL(test.a.phase(), Phase::kPausedAuth);
}

BOOST_AUTO_TEST_CASE(regression_tokens_of_another_account_get_nothing_of_this_database) {
  constexpr std::string_view kOther = "grace@example.org";
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "of ada");
  BOOST_REQUIRE(a.once().has_value());
  const auto other = std::get<TokensReply>(
      *network.server.handle(RegisterRequest{std::string(kOther), Secret(kPassword)}));
  a.tokens.tokens = Tokens{other.account, other.access_token, other.refresh_token};
  a.put("n2", "text", "of ada");
  const auto refused = a.once();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_CHECK_EQUAL(refused.error().code, Code::kInvalidArgument);
  BOOST_CHECK(network.server.slots(kOther).empty());
  a.tokens.tokens = network.log_in();
  BOOST_CHECK(a.once().has_value());
}

BOOST_AUTO_TEST_CASE(regression_tokens_of_a_refresh_are_kept_when_it_is_destroyed) {
  ManualWall wall;
  CountingRandom random{1'000};
  LoopbackServer server(wall, random);
  const auto registered = std::get<TokensReply>(
      *server.handle(RegisterRequest{std::string(kEmail), Secret(kPassword)}));
  MemoryTokens tokens;
  tokens.tokens = Tokens{registered.account, registered.access_token, registered.refresh_token};
  Device device;
  // The transport has a thread of its own, as the one over HTTPS has.
  const auto far = make_thread_executor();
  const auto executor = make_thread_executor();
  const auto transport = make_loopback_transport(server, *far, {.latency = 50ms});
  std::optional<Synchronizer> sync;
  sync.emplace(
      Synchronizer::Parts{device.replica(), *transport, *executor, device.wall(), random, tokens});
  must(sync->enable());
  server.expire_access_tokens();
  const auto before = server.request_count();
  sync->watch();
  // The exchange was refused and the refresh answered; its answer is on the way.
  while (server.request_count() < before + 2) std::this_thread::sleep_for(1ms);
  sync.reset();
  BOOST_CHECK_EQUAL(tokens.saves, 1);
  BOOST_CHECK(tokens.tokens->refresh.reveal() != registered.refresh_token.reveal());
}

}  // namespace
}  // namespace syncline::test
