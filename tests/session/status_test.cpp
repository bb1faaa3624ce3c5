#include "syncline/status.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// The status cannot lie.

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code_name(code); }
}  // namespace syncline

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_CASE(a_replica_that_never_synced_is_not_synced) {
  Network network;
  SyncedDevice a(network, 1);
  BOOST_CHECK(!a.status().synced);
  BOOST_CHECK_EQUAL(a.status().last_success_ms, 0);
}

BOOST_AUTO_TEST_CASE(a_write_after_a_sync_is_pending_at_once) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "one");
  BOOST_REQUIRE(a.once().has_value());
  const Status before = a.status();
  BOOST_CHECK(before.synced);
  BOOST_CHECK_EQUAL(before.synced_sequence, 2);
  a.put("n1", "text", "two");
  const Status after = a.status();
  BOOST_CHECK(!after.synced);
  BOOST_CHECK_EQUAL(after.pending_ops, 1);
  BOOST_CHECK_GT(after.oldest_pending_ms, 0);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_with_its_reason_and_time) {
  Network network;
  SyncedDevice a(network, 1);
  network.server.fail_next({{Code::kNetworkUnreachable, "no route"}, 0, {}});
  BOOST_CHECK(!a.once().has_value());
  const Status status = a.status();
  BOOST_CHECK_EQUAL(status.phase, Phase::kOffline);
  BOOST_REQUIRE(status.last_error.has_value());
  BOOST_CHECK_EQUAL(status.last_error->code, Code::kNetworkUnreachable);
  BOOST_CHECK_GT(status.last_error_ms, 0);
}

BOOST_AUTO_TEST_CASE(a_success_clears_the_failure) {
  Network network;
  SyncedDevice a(network, 1);
  network.server.fail_next({{Code::kInternal, "made up"}, 500, {}});
  BOOST_CHECK(!a.once().has_value());
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK(!a.status().last_error.has_value());
  BOOST_CHECK_EQUAL(a.status().phase, Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(what_is_remembered_over_a_restart_is_the_same) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "one");
  BOOST_REQUIRE(a.once().has_value());
  const Status before = a.status();
  a.drop_sync();
  a.device().reopen();
  const Status after = must(resting_status(a.device().replication()));
  BOOST_CHECK_EQUAL(after.phase, before.phase);
  BOOST_CHECK_EQUAL(after.synced, before.synced);
  BOOST_CHECK_EQUAL(after.synced_sequence, before.synced_sequence);
  BOOST_CHECK_EQUAL(after.last_success_ms, before.last_success_ms);
}

BOOST_AUTO_TEST_CASE(a_failure_is_remembered_over_a_restart) {
  Network network;
  SyncedDevice a(network, 1);
  network.server.fail_next({{Code::kNetworkUnreachable, "no route"}, 0, {}});
  BOOST_CHECK(!a.once().has_value());
  a.drop_sync();
  a.device().reopen();
  BOOST_CHECK_EQUAL(must(resting_status(a.device().replication())).phase, Phase::kOffline);
}

BOOST_AUTO_TEST_CASE(every_snapshot_on_the_way_keeps_the_promise) {
  Network network;
  const SynchronizerOptions small{.push_ops_max = 3, .pull_ops_max = 3};
  SyncedDevice a(network, 1, small);
  for (int i = 0; i < 20; ++i) a.put("n" + std::to_string(i), "text", "hello");
  int snapshots = 0;
  std::uint64_t last_done = 0;
  const Subscription subscription = a.sync().observe([&](const Status& status) {
    ++snapshots;
    BOOST_CHECK(!status.synced || status.pending_ops == 0);
    BOOST_CHECK_LE(status.done_ops, status.total_ops);
    BOOST_CHECK_GE(status.done_ops, last_done);
    last_done = status.done_ops;
  });
  BOOST_REQUIRE(a.once().has_value());
  BOOST_CHECK_GT(snapshots, 10);
  BOOST_CHECK_EQUAL(last_done, 40);
}

BOOST_AUTO_TEST_CASE(regression_a_sync_cut_off_between_pages_is_not_synced) {
  Network network;
  SyncedDevice a(network, 1, {.pull_ops_max = 4});
  SyncedDevice b(network, 2);
  BOOST_REQUIRE(a.once().has_value());
  for (int i = 0; i < 20; ++i) {
    b.put("n" + std::to_string(i), "text", "hello");
    BOOST_REQUIRE(b.once().has_value());
  }
  BOOST_CHECK(a.status().synced);
  a.sync().sync_once([](const Result<SyncSummary>&) {});
  for (int i = 0; i < 100 && a.phase() != Phase::kSyncing; ++i) network.executor.run_for(5ms);
  BOOST_REQUIRE_EQUAL(a.phase(), Phase::kSyncing);
  a.drop_sync();
  a.device().reopen();
  BOOST_CHECK(!must(resting_status(a.device().replication())).synced);
}

BOOST_AUTO_TEST_CASE(regression_a_kill_right_after_the_commit_of_a_page_leaves_it_not_synced) {
  Network network;
  SyncedDevice a(network, 1, {.pull_ops_max = 4});
  SyncedDevice b(network, 2);
  BOOST_REQUIRE(a.once().has_value());
  for (int i = 0; i < 20; ++i) {
    b.put("n" + std::to_string(i), "text", "hello");
    BOOST_REQUIRE(b.once().has_value());
  }
  BOOST_CHECK(a.status().synced);
  a.device().store().let_pass(1);
  a.sync().sync_once([](const Result<SyncSummary>&) {});
  for (int i = 0; i < 100 && a.phase() != Phase::kSyncing; ++i) network.executor.run_for(5ms);
  BOOST_REQUIRE_EQUAL(a.phase(), Phase::kSyncing);
  a.drop_sync();
  a.device().store().let_pass(-1);
  a.device().reopen();
  BOOST_CHECK_NE(a.read("n0"), "absent");
  BOOST_CHECK(!must(resting_status(a.device().replication())).synced);
}

BOOST_AUTO_TEST_CASE(regression_it_is_not_synced_from_when_the_server_said_that_there_is_more) {
  Network network;
  SyncedDevice a(network, 1, {.period = 60s});
  SyncedDevice b(network, 2);
  a.sync().watch();
  network.executor.run_for(1s);
  BOOST_CHECK(a.status().synced);
  b.put("n1", "text", "hello");
  b.sync().sync_once([](const Result<SyncSummary>&) {});
  network.executor.run_for(1s);
  // The next look finds it, and begins an exchange.
  for (int i = 0; i < 20'000 && a.phase() != Phase::kSyncing; ++i) network.executor.run_for(5ms);
  BOOST_REQUIRE_EQUAL(a.phase(), Phase::kSyncing);
  BOOST_CHECK(!must(resting_status(a.device().replication())).synced);
  a.sync().stop();
  network.executor.run_for(1s);
  BOOST_CHECK(!a.status().synced);
  a.drop_sync();
  a.device().reopen();
  BOOST_CHECK(!must(resting_status(a.device().replication())).synced);
}

BOOST_AUTO_TEST_CASE(regression_stopping_a_refresh_does_not_leave_a_dead_login_behind) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  BOOST_REQUIRE(a.once().has_value());
  network.server.expire_access_tokens();
  a.sync().watch();
  network.executor.run_for(25ms);  // the refresh is under way
  a.sync().stop();
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kIdle);
  BOOST_CHECK(!a.status().last_error.has_value());
  a.drop_sync();
  a.device().reopen();
  BOOST_CHECK_EQUAL(must(resting_status(a.device().replication())).phase, Phase::kIdle);
}

BOOST_AUTO_TEST_CASE(regression_the_ops_that_are_done_are_those_of_the_exchange_under_way) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  a.sync().watch();
  network.executor.run_for(1s);
  for (const std::string_view record : {"n1", "n2", "n3"}) {
    a.put(record, "text", "hello");
    network.executor.run_for(2s);
    BOOST_CHECK(a.status().synced);
    BOOST_CHECK_EQUAL(a.status().done_ops, 2);
    BOOST_CHECK_EQUAL(a.status().total_ops, 2);
  }
}

BOOST_AUTO_TEST_CASE(a_refused_op_is_set_aside_and_shown_while_the_rest_goes_on) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "one");
  // The reply of a server that refuses the first op for good.
  auto& replication = a.device().replication();
  const auto push = must(replication.next_push({100, 100'000}));
  SyncReply reply{
      .time_ms = network.wall.now_ms(), .epoch = "e", .head = "e.1", .push = {}, .pull = {}};
  reply.push = SyncReply::Push{{Verdict::kRefused, Verdict::kApplied}, {{0, Code::kValueTooLarge}}};
  const auto now = network.wall.now_ms();
  const auto outcome = must(replication.take_reply(reply, &*push, now, now));
  BOOST_CHECK_EQUAL(outcome.set_aside, 1);
  BOOST_CHECK_EQUAL(a.status().set_aside_ops, 1);
  BOOST_CHECK_EQUAL(a.status().pending_ops, 0);
  BOOST_CHECK_EQUAL(a.read("n1"), R"({"text":"one"})");
}

BOOST_AUTO_TEST_CASE(disabled_is_what_is_shown_when_it_is_off) {
  Network network;
  SyncedDevice a(network, 1);
  BOOST_REQUIRE(a.once().has_value());
  BOOST_REQUIRE(a.sync().disable().has_value());
  network.executor.run_for(1s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kDisabled);
  BOOST_CHECK(!a.status().synced);
}

}  // namespace
}  // namespace syncline::test
