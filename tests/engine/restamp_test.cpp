#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

const std::string kSchema = R"({"name":"n","version":1,"collections":{"c":{"fields":{
  "water":{"merge":"counter"},"low":{"merge":"min"},"tags":{"merge":"set"},"notes":{"merge":"map"}}}}})";

BOOST_AUTO_TEST_SUITE(stamping_anew)

// No stamp of the slots lies beyond what the server accepts.
void check_stamps(Device& device, std::int64_t now = kPresentMs) {
  for (const auto& [key, slot] : slots_of(device.store())) {
    const Stamp stamp = decode_stamp(slot.substr(0, kStampBytes)).value();
    BOOST_TEST(stamp.time.milliseconds() <= now + kDriftMaxMs);
  }
}

// Rounds until nothing is pending.
void sync(TinyServer& server, Device& device) {
  for (int round = 0; round < 5; ++round) server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(a_device_from_2262_loses_nothing) {
  Device device(kSchema);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}, {"notes", Value(Value::Object{{"k", Value("v")}})}});
  device.increment("c", "r", "water", 5);
  device.write([](Transaction& t) { return t.add("c", "r", "tags", {Value("x"), Value("y")}); });
  const std::string before = device.read("c", "r");
  const auto pending = device.state().pending_ops;
  const auto first = server.round(device);
  BOOST_TEST(first.restamped == pending);
  BOOST_TEST(device.read("c", "r") == before);
  BOOST_TEST(device.state().pending_ops == pending);
  device.check_fold();
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == before);
  check_stamps(device);
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == before);
}

BOOST_AUTO_TEST_CASE(writes_go_on_after_the_correction) {
  Device device(kSchema);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  sync(server, device);
  device.wall().advance(1'000);
  device.patch("c", "r", {{"f", Value(2)}});
  BOOST_TEST(log_of(device).back().op.stamp.time.milliseconds() == kPresentMs + 1'000);
  server.set_time(kPresentMs + 1'000);
  sync(server, device);
  check_stamps(device);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
  // The wall clock itself is put right.
  device.wall().set(kPresentMs + 2'000);
  server.set_time(kPresentMs + 2'000);
  server.round(device);
  device.reopen();
  device.patch("c", "r", {{"f", Value(3)}});
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":3})");
  check_stamps(device);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(ops_that_shared_a_stamp_share_the_new_one) {
  Device device;
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}, {"g", Value(2)}});
  server.round(device);
  const auto log = log_of(device);
  BOOST_REQUIRE_EQUAL(log.size(), 6U);
  for (std::size_t i = 3; i < 6; ++i) {
    BOOST_TEST(log[i].origin == 3);
    BOOST_TEST((log[i].op.stamp == log[3].op.stamp));
  }
  BOOST_TEST(log[3].op.stamp.time.milliseconds() == kPresentMs);
}

BOOST_AUTO_TEST_CASE(a_deletion_takes_its_counters_with_it) {
  Device device(kSchema);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.increment("c", "r", "water", 5);
  device.patch("c", "r", {{"low", Value(1)}});
  device.erase("c", "r");
  device.increment("c", "r", "water", 3);
  device.patch("c", "r", {{"low", Value(7)}, {"f", Value("x")}});
  const std::string before = device.read("c", "r");
  BOOST_TEST(before == R"({"f":"x","low":7,"water":3})");
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == before);
  check_stamps(device);
  device.check_fold();
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == before);
  // And the counter goes on from there.
  other.increment("c", "r", "water", 1);
  sync(server, other);
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":"x","low":7,"water":4})");
}

// Others still count there, and the device may again.
BOOST_AUTO_TEST_CASE(regression_a_deletion_takes_what_was_counted_by_a_former_rule_with_it) {
  Device device(kSchema);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.patch("c", "r", {{"f", Value(1)}});
  device.erase("c", "r");
  device.increment("c", "r", "water", 3);
  device.migrate(R"({"name":"n","version":2,"collections":{"c":{"fields":{"water":{}}}}})");
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"water":3})");
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == R"({"water":3})");
}

BOOST_AUTO_TEST_CASE(regression_the_slot_of_a_renamed_element_reaches_every_replica) {
  Device device(kSchema);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.patch("c", "r", {{"f", Value(1)}});
  device.erase("c", "r");
  device.increment("c", "r", "water", 3);
  sync(server, device);
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST((slots_of(device.store()) == slots_of(other.store())));
}

BOOST_AUTO_TEST_CASE(a_deletion_of_what_the_server_holds_is_still_one) {
  Device device(kSchema);
  TinyServer server;
  device.put("c", "r", {{"f", Value(1)}});
  sync(server, device);
  device.wall().set(kYear2262Ms);
  device.erase("c", "r");
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == "absent");
  check_stamps(device);
}

BOOST_AUTO_TEST_CASE(regression_a_record_deleted_and_written_in_one_transaction_stays) {
  Device device;
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("c", "r", {{"f", Value(1)}}));
    must(t.erase("c", "r"));
    return t.patch("c", "r", {{"f", Value(2)}});
  });
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
}

BOOST_AUTO_TEST_CASE(regression_a_deletion_stays_after_what_keeps_its_stamp) {
  Device device;
  TinyServer server;
  device.wall().set(kPresentMs + 120'000);
  device.put("c", "r", {{"f", Value(1)}});
  device.wall().set(kYear2262Ms);
  device.erase("c", "r");
  // Only the deletion is refused; the rest of the record keeps its stamps, two minutes ahead.
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == "absent");
  device.check_fold();
}

// The server took the first op in, but its reply was lost. Then a clock that was set back while a
// request was under way makes that op look far ahead, when another one is refused.
BOOST_AUTO_TEST_CASE(regression_what_a_lost_reply_acknowledged_is_not_stamped_anew) {
  Device device(kSchema);
  device.put("c", "r", {{"f", Value(1)}});
  const Slots before = slots_of(device.store());
  device.wall().set(kYear2262Ms);
  device.put("c", "s", {{"f", Value(2)}});
  PushBatch second = next_push(device);
  second.items.erase(second.items.begin(), second.items.begin() + 2);
  device.wall().set(kPresentMs - 3'600'000);
  const auto anew = must(device.replication().take_reply(
      verdicts_reply("rr", kPresentMs + 100), &second, kYear2262Ms, device.wall().now_ms()));
  BOOST_TEST(anew.restamped == 2U);
  for (const auto& [key, slot] : before) BOOST_TEST((slots_of(device.store()).at(key) == slot));
}

// The server took the first write in, but its reply was lost, and a later write took it from the
// outbox. Stamped anew by a clock that was two minutes slower, the later one would lose to it.
BOOST_AUTO_TEST_CASE(regression_what_is_stamped_anew_beats_what_a_lost_reply_acknowledged) {
  Device device(kSchema);
  TinyServer server;
  device.put("c", "r", {});
  sync(server, device);
  device.wall().set(kPresentMs + 120'000);
  device.patch("c", "r", {{"f", Value(1)}});
  const PushBatch lost = next_push(device);
  server.answer(&lost, must(device.replication().cursors()));
  device.wall().set(kYear2262Ms);
  device.patch("c", "r", {{"f", Value(2)}});
  device.wall().set(kPresentMs);
  // The first page does not reach as far as what the server holds of this device.
  const PushBatch refused = next_push(device);
  BOOST_TEST(take(device, verdicts_reply("r", kPresentMs), &refused).restamped == 1U);
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
  device.check_fold();
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == R"({"f":2})");
}

BOOST_AUTO_TEST_CASE(regression_a_stamp_that_is_given_twice_mixes_no_names_up) {
  Device device(kSchema);
  device.increment("c", "r", "water", 1);
  device.erase("c", "r");
  device.put("c", "r", {{"low", Value(7)}});
  device.increment("c", "r", "water", 2);
  const std::string before = device.read("c", "r");
  // Set back and forth, the clock comes to the same stamps again, and so do the names after them.
  for (const std::int64_t time :
       {kPresentMs, kPresentMs - 86'400'000, kPresentMs, kPresentMs - 86'400'000}) {
    const PushBatch push = next_push(device);
    take(device, verdicts_reply(std::string(push.items.size(), 'r'), time), &push);
    BOOST_TEST(next_push(device).items.size() == device.state().pending_ops);
    BOOST_TEST(device.read("c", "r") == before);
    device.check_fold();
  }
  TinyServer server(kPresentMs);
  sync(server, device);
  Device other(kSchema, 2);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == before);
}

BOOST_AUTO_TEST_CASE(regression_an_op_that_is_refused_within_the_local_bound_is_stamped_anew) {
  // Between the two clocks lie four seconds, which are taken for the network's delay.
  Device device;
  TinyServer server;
  device.wall().set(kPresentMs + kDriftMaxMs + 2'000);
  device.put("c", "r", {{"f", Value(1)}});
  device.wall().set(kPresentMs + 4'000);
  const auto outcome = server.round(device);
  BOOST_TEST(outcome.restamped == 2U);
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
}

// Its clock was right, or ahead, when it took in what it did not say; now it is behind.
BOOST_AUTO_TEST_CASE(regression_what_was_taken_before_the_servers_clock_was_set_back_stays_below) {
  Device device;
  TinyServer server;
  device.put("c", "r", {{"f", Value(1)}});
  sync(server, device);
  device.wall().advance(3 * kDriftMaxMs);
  server.set_time(device.wall().now_ms());
  device.patch("c", "r", {{"f", Value(2)}});
  const PushBatch lost = next_push(device);
  server.answer(&lost, must(device.replication().cursors()));
  const Stamp taken = log_of(device).back().op.stamp;
  device.wall().advance(1'000);
  device.patch("c", "r", {{"f", Value(3)}});
  server.set_time(kPresentMs);
  BOOST_TEST(server.round(device).restamped == 1U);
  BOOST_TEST((log_of(device).back().op.stamp > taken));
  // Also when it is refused once more, after what was taken is told by no log any more; and there
  // is no lesser one, so that the log has it once.
  const std::size_t logged = log_of(device).size();
  for (int round = 0; round < 3; ++round) BOOST_TEST(server.round(device).restamped == 0U);
  BOOST_TEST(log_of(device).size() == logged);
  BOOST_TEST((log_of(device).back().op.stamp > taken));
  server.set_time(kPresentMs + 4 * kDriftMaxMs);
  sync(server, device);
  Device other({}, 2);
  other.wall().set(kPresentMs + 4 * kDriftMaxMs);
  sync(server, other);
  BOOST_TEST(other.read("c", "r") == R"({"f":3})");
}

BOOST_AUTO_TEST_CASE(regression_what_was_withdrawn_counts_as_taken_by_no_later_push) {
  Device device;
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  sync(server, device);
  // The clock is set to there once more.
  device.wall().set(kPresentMs);
  server.round(device);
  device.wall().set(kYear2262Ms);
  device.reopen();
  device.patch("c", "s", {{"f", Value(2)}});
  sync(server, device);
  check_stamps(device);
}

// It was not refused though it is ahead: the server holds it.
BOOST_AUTO_TEST_CASE(regression_what_passes_beside_a_refusal_keeps_its_stamp) {
  Device device;
  device.wall().advance(3 * kDriftMaxMs);
  device.put("c", "r", {{"f", Value(1)}});
  device.wall().advance(2);
  device.put("c", "s", {{"f", Value(2)}});
  const PushBatch push = next_push(device);
  SyncReply reply =
      page_of(remote_record("c", "t", "f", Value(1), stamp_at(kPresentMs)), kPresentMs);
  reply.push = verdicts_reply("uurr", kPresentMs).push;
  const std::vector<LogItem> before = log_of(device);
  BOOST_TEST(take(device, reply, &push).restamped == 2U);
  for (const PushBatch::Item& item : next_push(device).items) {
    const bool has_passed = item.key.record() == "r";
    BOOST_TEST((item.stamp == before[0].op.stamp) == has_passed);
  }
}

// A deletion that came after what was written since would hide it.
BOOST_AUTO_TEST_CASE(regression_a_deletion_is_not_stamped_anew_behind_what_passed) {
  Device device;
  device.patch("c", "r", {{"f", Value(1)}});
  acknowledge_all(device);
  device.wall().advance(3 * kDriftMaxMs);
  device.erase("c", "r");
  device.wall().advance(1);
  device.patch("c", "r", {{"f", Value(2)}});
  const PushBatch push = next_push(device);
  // Another one's record is greater, and the deletion is not there.
  BOOST_TEST(push.items.size() == 3U);
  const ReplyOutcome outcome = take(device, verdicts_reply("rsr", kPresentMs), &push);
  BOOST_TEST(outcome.restamped == 0U);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
  BOOST_TEST(device.state().pending_ops == 2U);
}

// By the device's own clock, which is wrong, it would not lie ahead.
BOOST_AUTO_TEST_CASE(regression_what_lies_no_less_ahead_is_stamped_anew_in_its_order) {
  Device device;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  device.wall().advance(1);
  device.erase("c", "r");
  const PushBatch push = next_push(device, {2, kPushBytesMax});
  must(device.replication().take_reply(
      verdicts_reply(std::string(push.items.size(), 'r'), kPresentMs), &push, kPresentMs,
      kYear2262Ms));
  BOOST_TEST(device.read("c", "r") == "absent");
}

// The server was restored, and its clock stands before what it had taken in.
BOOST_AUTO_TEST_CASE(regression_what_others_have_seen_keeps_its_stamp_when_it_is_refused) {
  Device a(kSchema, 1);
  Device b(kSchema, 2);
  TinyServer server;
  a.increment("c", "r", "water", 5);
  b.patch("c", "s", {{"f", Value(1)}});
  for (int round = 0; round < 2; ++round) {
    sync(server, a);
    sync(server, b);
  }
  const Slots before = slots_of(b.store());
  server.forget_everything();
  server.set_epoch("00000000000000e2");
  server.set_time(kPresentMs - 2 * kDriftMaxMs);
  ReplyOutcome outcome;
  for (int round = 0; round < 3; ++round) outcome = server.round(b);
  BOOST_TEST(outcome.refused == before.size());
  BOOST_TEST(outcome.restamped == 0U);
  BOOST_TEST(b.state().pending_ops == before.size());
  BOOST_TEST((slots_of(b.store()) == before));
  // Meanwhile the counter goes on elsewhere; its increments are not lost.
  a.increment("c", "r", "water", 1);
  server.set_time(kPresentMs);
  for (int round = 0; round < 2; ++round) {
    sync(server, a);
    sync(server, b);
  }
  BOOST_TEST(b.read("c", "r") == R"({"water":6})");
  BOOST_TEST((slots_of(a.store()) == slots_of(b.store())));
}

BOOST_AUTO_TEST_CASE(an_op_that_was_written_again_after_the_push_is_stamped_anew_too) {
  Device device;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  device.patch("c", "r", {{"f", Value(2)}});
  must(device.replication().take_reply(verdicts_reply("rr", kPresentMs), &push, kYear2262Ms,
                                       kYear2262Ms));
  check_stamps(device);
  BOOST_TEST(device.state().pending_ops == 2U);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(stamping_anew_is_told_as_a_local_change) {
  Device device({}, 7);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  std::vector<Change> told;
  const auto subscription =
      device.replica().observe([&](const std::vector<Change>& changes) { told = changes; });
  server.round(device);
  BOOST_REQUIRE_EQUAL(told.size(), 2U);
  BOOST_TEST((told[1].origin == Origin::kLocal));
  BOOST_TEST(told[1].field == "f");
}

BOOST_AUTO_TEST_CASE(a_failing_commit_while_stamping_anew_is_made_up_for_in_the_next_round) {
  Device device;
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  device.store().let_pass(1);
  BOOST_TEST(code_of(device.replication().take_reply(verdicts_reply("rr", kPresentMs), &push,
                                                     kYear2262Ms, kYear2262Ms)) == "store_io");
  device.store().let_pass(-1);
  BOOST_TEST(device.state().pending_ops == 2U);
  device.check_fold();
  sync(server, device);
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
  check_stamps(device);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
