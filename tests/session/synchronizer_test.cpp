#include "syncline/synchronizer.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/sync.hpp"
#include "tests/session/network.hpp"

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code_name(code); }
}  // namespace syncline

namespace syncline::test {
namespace {

TransportError failure(int status, Code code, std::chrono::milliseconds retry_after = 0ms) {
  return {{code, "made up"}, status, retry_after};
}

BOOST_AUTO_TEST_CASE(what_one_device_writes_the_other_reads) {
  Network network;
  SyncedDevice a(network, 1);
  SyncedDevice b(network, 2);
  a.put("n1", "text", "hello");
  BOOST_REQUIRE(a.once().has_value());
  const auto summary = b.once();
  BOOST_REQUIRE(summary.has_value());
  BOOST_CHECK_EQUAL(summary->merged_ops, 2);
  BOOST_CHECK_EQUAL(b.read("n1"), R"({"text":"hello"})");
}

BOOST_AUTO_TEST_CASE(push_and_pull_share_one_round_trip) {
  Network network;
  SyncedDevice a(network, 1);
  SyncedDevice b(network, 2);
  a.put("n1", "text", "from a");
  BOOST_REQUIRE(a.once().has_value());
  b.put("n2", "text", "from b");
  const auto summary = b.once();
  BOOST_REQUIRE(summary.has_value());
  BOOST_CHECK_EQUAL(summary->rounds, 1);
  BOOST_CHECK_EQUAL(summary->sent_ops, 2);
  BOOST_CHECK_EQUAL(summary->received_ops, 2);
}

BOOST_AUTO_TEST_CASE(many_pages_and_pushes_arrive_whole) {
  Network network;
  const SynchronizerOptions small{.push_ops_max = 7, .pull_ops_max = 5};
  SyncedDevice a(network, 1, small);
  SyncedDevice b(network, 2, small);
  for (int i = 0; i < 40; ++i) {
    a.put("a" + std::to_string(i), "n", Value(i));
    b.put("b" + std::to_string(i), "n", Value(i));
  }
  BOOST_REQUIRE(a.once().has_value());
  BOOST_REQUIRE(b.once().has_value());
  BOOST_REQUIRE(a.once().has_value());
  for (int i = 0; i < 40; ++i) {
    BOOST_CHECK_EQUAL(a.read("b" + std::to_string(i)), "{\"n\":" + std::to_string(i) + "}");
    BOOST_CHECK_EQUAL(b.read("a" + std::to_string(i)), "{\"n\":" + std::to_string(i) + "}");
  }
}

BOOST_AUTO_TEST_CASE(a_sync_that_is_not_enabled_is_refused) {
  Network network;
  SyncedDevice a(network, 1);
  BOOST_REQUIRE(a.sync().disable().has_value());
  a.put("n1", "text", "kept");
  const auto refused = a.once();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_CHECK_EQUAL(refused.error().code, Code::kInvalidArgument);
  BOOST_CHECK_EQUAL(a.read("n1"), R"({"text":"kept"})");
  BOOST_CHECK(network.server.slots(kEmail).empty());
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_refreshed_without_anyone_noticing) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  network.server.expire_access_tokens();
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK_EQUAL(a.tokens.saves, 1);
  BOOST_CHECK_EQUAL(network.server.slots(kEmail).size(), 2);
}

BOOST_AUTO_TEST_CASE(a_dead_login_pauses_and_a_new_one_goes_on) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  a.tokens.tokens->access = Secret("nonsense");
  a.tokens.tokens->refresh = Secret("nonsense");
  BOOST_REQUIRE(!a.once().has_value());
  BOOST_CHECK_EQUAL(a.phase(), Phase::kPausedAuth);
  BOOST_CHECK_EQUAL(a.status().pending_ops, 2);
  a.tokens.tokens = network.log_in();
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(without_an_account_it_pauses_and_keeps_everything) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  a.tokens.tokens.reset();
  const auto refused = a.once();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_CHECK_EQUAL(refused.error().code, Code::kNotLoggedIn);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kPausedAuth);
  BOOST_CHECK_EQUAL(a.status().pending_ops, 2);
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_lost_after_the_commit_costs_nothing) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  network.server.lose_next_reply();
  BOOST_CHECK(!a.once().has_value());
  BOOST_CHECK_EQUAL(a.status().pending_ops, 2);
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK(a.status().synced);
  BOOST_CHECK_EQUAL(network.server.slots(kEmail).size(), 2);
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_too_large_is_halved_until_it_passes) {
  Network network;
  SyncedDevice a(network, 1);
  for (int i = 0; i < 50; ++i) a.put("n" + std::to_string(i), "text", "hello");
  network.server.fail_next(failure(413, Code::kBodyTooLarge));
  network.server.fail_next(failure(413, Code::kBodyTooLarge));
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK_EQUAL(network.server.slots(kEmail).size(), 100);
}

BOOST_AUTO_TEST_CASE(watching_sends_local_writes_after_the_debounce) {
  Network network;
  SyncedDevice a(network, 1, {.period = 1h, .debounce = 500ms});
  a.sync().watch();
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
  const auto before = network.server.request_count();
  a.put("n1", "text", "one");
  a.put("n1", "text", "two");
  network.executor.run_for(400ms);
  BOOST_CHECK_EQUAL(network.server.request_count(), before);
  BOOST_CHECK(!a.status().synced);
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(network.server.request_count(), before + 1);
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(watching_takes_what_others_wrote_within_a_period) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  SyncedDevice b(network, 2);
  a.sync().watch();
  network.executor.run_for(1s);
  b.put("n1", "text", "from b");
  std::optional<bool> sent;
  b.sync().sync_once([&sent](Result<SyncSummary> result) { sent = result.has_value(); });
  network.executor.run_for(2s);
  BOOST_REQUIRE(sent == true);
  BOOST_CHECK_EQUAL(a.read("n1"), "absent");
  network.executor.run_for(61s);
  BOOST_CHECK_EQUAL(a.read("n1"), R"({"text":"from b"})");
}

BOOST_AUTO_TEST_CASE(a_quiet_period_only_asks_whether_there_is_anything_new) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  a.sync().watch();
  network.executor.run_for(1s);
  const auto before = network.server.request_count();
  network.executor.run_for(10min);
  BOOST_CHECK_EQUAL(network.server.request_count(), before + 10);
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(regression_a_quiet_device_merges_what_waits_in_quarantine) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  BOOST_REQUIRE(a.once());
  const Stamp early = stamp_at(network.wall.now_ms() + kDriftMaxMs + 90'000);
  SyncReply reply =
      page_of(remote_record("notes", "n1", "text", Value("early"), early), network.wall.now_ms());
  reply.epoch = a.device().state().epoch;
  reply.pull->cursors.clear();
  BOOST_CHECK_EQUAL(take(a.device(), reply).waiting, 2);
  a.sync().watch();
  network.executor.run_for(60s);
  BOOST_CHECK_EQUAL(a.read("n1"), "absent");
  network.executor.run_for(3min);
  BOOST_CHECK_EQUAL(a.read("n1"), R"({"text":"early"})");
  BOOST_CHECK_EQUAL(a.status().quarantined_ops, 0);
}

BOOST_AUTO_TEST_CASE(after_failures_it_tries_again_by_itself) {
  Network network;
  SyncedDevice a(network, 1, {.period = 1h});
  a.put("n1", "text", "hello");
  network.server.fail_next(failure(503, Code::kBusy, 1s));
  for (int i = 0; i < 4; ++i) network.server.fail_next(failure(503, Code::kBusy));
  a.sync().watch();
  network.executor.run_for(100ms);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kBackoff);
  BOOST_CHECK_GT(a.status().next_retry_ms, 0);
  network.executor.run_for(2min);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(retry_after_is_obeyed) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  network.server.fail_next(failure(503, Code::kBusy, 100s));
  a.sync().watch();
  network.executor.run_for(99s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kBackoff);
  network.executor.run_for(10s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(the_return_of_the_network_ends_the_waiting) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  a.sync().watch();
  network.executor.run_for(1s);
  a.sync().set_reachable(false);
  network.executor.run_for(1ms);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kOffline);
  a.put("n1", "text", "hello");
  a.sync().set_reachable(true);
  network.executor.run_for(100ms);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(regression_a_sync_that_loses_the_network_does_not_report_success) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  std::optional<Result<SyncSummary>> answer;
  a.sync().sync_once([&answer](Result<SyncSummary> result) { answer = std::move(result); });
  network.executor.run_for(5ms);
  a.sync().set_reachable(false);
  network.executor.run_for(1ms);
  BOOST_REQUIRE(answer.has_value());
  BOOST_REQUIRE(!answer->has_value());
  BOOST_CHECK_EQUAL(answer->error().code, Code::kNetworkUnreachable);
  BOOST_CHECK_EQUAL(a.status().pending_ops, 2);
}

BOOST_AUTO_TEST_CASE(regression_tokens_of_a_refresh_that_was_stopped_are_kept) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  network.server.expire_access_tokens();
  a.sync().watch();
  network.executor.run_for(25ms);  // the refresh is under way
  a.sync().stop();
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(a.tokens.saves, 1);
  BOOST_CHECK(a.once().has_value());
}

BOOST_AUTO_TEST_CASE(
    regression_a_server_that_lost_everything_of_the_account_is_noticed_while_idle) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  const auto empty = network.server.backup();
  a.put("n1", "text", "hello");
  a.sync().watch();
  network.executor.run_for(1s);
  network.server.restore(*empty);
  network.executor.run_for(5min);
  BOOST_CHECK_EQUAL(network.server.slots(kEmail).size(), 2);
}

BOOST_AUTO_TEST_CASE(stopping_ends_everything) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  a.sync().watch();
  network.executor.run_for(1s);
  a.sync().stop();
  network.executor.run_for(1s);
  const auto before = network.server.request_count();
  a.put("n1", "text", "hello");
  network.executor.run_for(1h);
  BOOST_CHECK_EQUAL(network.server.request_count(), before);
}

BOOST_AUTO_TEST_CASE(it_can_be_destroyed_in_the_middle_of_a_request) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "hello");
  std::optional<Error> error;
  a.sync().sync_once([&error](Result<SyncSummary> result) { error = result.error(); });
  network.executor.run_for(5ms);
  a.drop_sync();
  BOOST_REQUIRE(error.has_value());
  BOOST_CHECK_EQUAL(error->code, Code::kCancelled);
  network.executor.run_for(1h);
  BOOST_CHECK_EQUAL(a.device().state().pending_ops, 2);
}

BOOST_AUTO_TEST_CASE(a_restored_server_gets_everything_again) {
  Network network;
  SyncedDevice a(network, 1);
  SyncedDevice b(network, 2);
  a.put("n1", "text", "before");
  BOOST_REQUIRE(a.once().has_value());
  const auto backup = network.server.backup();
  a.put("n2", "text", "after the backup");
  BOOST_REQUIRE(a.once().has_value());
  BOOST_REQUIRE(b.once().has_value());
  network.server.restore(*backup);
  a.tokens.tokens = network.log_in();
  b.tokens.tokens = network.log_in();
  SyncedDevice c(network, 3);
  BOOST_REQUIRE(a.once().has_value());
  BOOST_REQUIRE(c.once().has_value());
  BOOST_CHECK_EQUAL(c.read("n2"), R"({"text":"after the backup"})");
  BOOST_CHECK(a.status().synced);
}

BOOST_AUTO_TEST_CASE(a_clock_in_the_year_2262_is_corrected_and_nothing_is_lost) {
  Network network;
  SyncedDevice a(network, 1);
  SyncedDevice b(network, 2);
  a.device().wall().set(kYear2262Ms);  // the clock that stamps; the network's is right
  a.put("n1", "text", "from the future");
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK(a.status().synced);
  BOOST_REQUIRE(b.once().has_value());
  BOOST_CHECK_EQUAL(b.read("n1"), R"({"text":"from the future"})");
  for (const Op& op : network.server.slots(kEmail)) {
    BOOST_CHECK_LE(op.stamp.time.milliseconds(), network.wall.now_ms() + 1'000);
  }
}

}  // namespace
}  // namespace syncline::test
