#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

// The fields, or own slots, of the collection that are to be sent.
std::string pending_of(Device& device, std::string_view collection) {
  std::string pending;
  for (const Op& op : must(decode_own_batch(next_push(device).ops))) {
    if (op.key.collection() == collection)
      pending += std::string(op.key.field().empty() ? op.key.element() : op.key.field()) + " ";
  }
  return pending;
}

BOOST_AUTO_TEST_SUITE(outbox)

void put_many(Device& device, const std::vector<std::string>& records) {
  device.write([&](Transaction& t) -> Result<void> {
    for (const auto& record : records) must(t.patch("c", record, {{"f", Value(1)}}));
    return {};
  });
}

BOOST_AUTO_TEST_CASE(nothing_is_pending_at_first) {
  Device device;
  BOOST_TEST(!must(device.replication().next_push(kAnyPush)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_written_is_pending_in_its_order) {
  Device device;
  device.put("c", "b", {{"f", Value(1)}});
  device.put("c", "a", {{"f", Value(2)}});
  const PushBatch push = next_push(device);
  const auto ops = must(decode_own_batch(push.ops));
  BOOST_REQUIRE_EQUAL(ops.size(), 4U);
  BOOST_TEST((ops[1] == op_of("c", "b", "f", log_of(device)[1].op.stamp, Value(1))));
  BOOST_TEST((ops[3] == op_of("c", "a", "f", log_of(device)[3].op.stamp, Value(2))));
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(push.items[i].sequence == i + 1);
    BOOST_TEST((push.items[i].stamp == ops[i].stamp));
  }
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_written_again_is_pending_once) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  device.patch("c", "r", {{"f", Value(2)}});
  device.patch("c", "r", {{"f", Value(3)}});
  const PushBatch push = next_push(device);
  const auto ops = must(decode_own_batch(push.ops));
  BOOST_REQUIRE_EQUAL(ops.size(), 2U);
  BOOST_TEST((ops[1].value == must(encode_value(Value(3)))));
  BOOST_TEST(device.state().pending_ops == 2U);
  BOOST_TEST(device.state().log_ops == 4U);
}

BOOST_AUTO_TEST_CASE(transactions_go_out_whole) {
  Device device;
  put_many(device, {"1", "2"});       // four ops
  put_many(device, {"3", "4", "5"});  // six
  BOOST_TEST(next_push(device, {10, kPushBytesMax}).items.size() == 10U);
  BOOST_TEST(next_push(device, {9, kPushBytesMax}).items.size() == 4U);
  BOOST_TEST(next_push(device, {4, kPushBytesMax}).items.size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_transaction_larger_than_a_push_goes_out_in_parts) {
  Device device;
  put_many(device, {"1", "2"});
  BOOST_TEST(next_push(device, {3, kPushBytesMax}).items.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_push_keeps_within_its_bytes) {
  Device device;
  for (int i = 0; i < 50; ++i)
    device.put("c", std::to_string(i), {{"f", Value(std::string(100, 'x'))}});
  for (const std::size_t bytes : {200U, 500U, 1'000U, 5'000U}) {
    const PushBatch push = next_push(device, {kBatchOpsMax, bytes});
    BOOST_TEST(push.ops.size() <= bytes);
    BOOST_TEST(push.items.size() % 2 == 0U);
    BOOST_TEST(must(decode_own_batch(push.ops)).size() == push.items.size());
  }
}

BOOST_AUTO_TEST_CASE(one_op_goes_out_even_where_it_alone_is_too_large) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  BOOST_TEST(next_push(device, {kBatchOpsMax, 1}).items.size() == 1U);
  BOOST_TEST(next_push(device, {0, kPushBytesMax}).items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_the_server_holds_is_pending_no_more) {
  for (const std::string_view verdicts : {"aa", "ss", "as"}) {
    Device device;
    device.put("c", "r", {{"f", Value(1)}});
    const PushBatch push = next_push(device);
    const auto outcome = take(device, verdicts_reply(verdicts, kPresentMs), &push);
    BOOST_TEST(outcome.acknowledged == 2U);
    BOOST_TEST(device.state().pending_ops == 0U);
  }
}

BOOST_AUTO_TEST_CASE(what_was_written_again_since_stays_pending) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  device.patch("c", "r", {{"f", Value(2)}});
  take(device, verdicts_reply("aa", kPresentMs), &push);
  const auto ops = must(decode_own_batch(next_push(device).ops));
  BOOST_REQUIRE_EQUAL(ops.size(), 1U);
  BOOST_TEST((ops[0].value == must(encode_value(Value(2)))));
}

BOOST_AUTO_TEST_CASE(verdicts_that_come_twice_change_nothing) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("aa", kPresentMs), &push);
  device.put("c", "s", {{"f", Value(2)}});
  take(device, verdicts_reply("ss", kPresentMs), &push);
  BOOST_TEST(device.state().pending_ops == 2U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_greater_register_that_arrives_takes_the_slot_out_of_the_outbox) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const std::vector<Op> page{op_of("c", "r", "f", stamp_at(kPresentMs + 1'000), Value(2))};
  take(device, page_of(page, kPresentMs));
  BOOST_TEST(pending_of(device, "c") == "live ");
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
}

BOOST_AUTO_TEST_CASE(a_lesser_register_that_arrives_leaves_the_slot_pending) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const std::vector<Op> page{op_of("c", "r", "f", stamp_at(kPresentMs - 1'000), Value(2))};
  const auto outcome = take(device, page_of(page, kPresentMs));
  BOOST_TEST(outcome.arrived == 1U);
  BOOST_TEST(outcome.merged == 0U);
  BOOST_TEST(pending_of(device, "c") == "live f ");
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
}

BOOST_AUTO_TEST_CASE(an_op_that_the_server_refuses_for_good_is_set_aside) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  const auto outcome = take(device, verdicts_reply("ar", kPresentMs, Code::kValueTooLarge), &push);
  BOOST_TEST(outcome.set_aside == 1U);
  BOOST_TEST(outcome.acknowledged == 1U);
  const ReplicationState state = device.state();
  BOOST_TEST(state.set_aside_ops == 1U);
  BOOST_TEST(state.pending_ops == 0U);
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_op_that_was_set_aside_is_kept_with_its_code) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("ar", kPresentMs, Code::kValueTooLarge), &push);
  const auto snapshot = must(device.store().snapshot());
  const auto entry = must(snapshot->get(Keyspace::kSetAside, replica::sequence_key(2)));
  BOOST_REQUIRE(entry.has_value());
  const std::vector<Op> op{op_of("c", "r", "f", push.items[1].stamp, Value(1))};
  BOOST_TEST((*entry == replica::encode_aside({Code::kValueTooLarge, encode_batch(op)})));
}

BOOST_AUTO_TEST_CASE(an_op_that_was_written_again_is_not_set_aside) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  device.patch("c", "r", {{"f", Value(2)}});
  take(device, verdicts_reply("ar", kPresentMs, Code::kValueMalformed), &push);
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(device.state().pending_ops == 1U);
}

BOOST_AUTO_TEST_CASE(a_pending_op_is_set_aside_without_a_reply_in_one_commit) {
  Device device;
  take(device, page_of({}, kPresentMs));
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  const int before = device.store().commits();
  must(device.replication().set_aside(push.items[1], Code::kBodyTooLarge));
  BOOST_TEST(device.store().commits() == before + 1);
  BOOST_TEST(device.state().set_aside_ops == 1U);
  BOOST_TEST(device.state().pending_ops == 1U);
  BOOST_TEST(!device.state().complete);
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
  device.check_fold();
  // What was written again since is another op, which takes its place.
  device.patch("c", "r", {{"f", Value(2)}});
  must(device.replication().set_aside(push.items[1], Code::kBodyTooLarge));
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(device.state().pending_ops == 2U);
}

BOOST_AUTO_TEST_CASE(a_slot_that_was_set_aside_may_be_written_again) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("ar", kPresentMs, Code::kValueMalformed), &push);
  device.patch("c", "r", {{"f", Value(2)}});
  BOOST_TEST(device.state().pending_ops == 1U);
}

BOOST_AUTO_TEST_CASE(the_age_of_the_oldest_pending_op_is_known) {
  Device device;
  BOOST_TEST(device.state().oldest_pending_ms == 0);
  device.put("c", "r", {{"f", Value(1)}});
  device.wall().advance(60'000);
  device.put("c", "s", {{"f", Value(1)}});
  BOOST_TEST(device.state().oldest_pending_ms == kPresentMs);
  acknowledge_all(device);
  BOOST_TEST(device.state().oldest_pending_ms == 0);
}

BOOST_AUTO_TEST_CASE(a_failing_commit_of_verdicts_changes_nothing) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const PushBatch push = next_push(device);
  device.store().fail_commits(true);
  BOOST_TEST(code_of(device.replication().take_reply(verdicts_reply("aa", kPresentMs), &push,
                                                     kPresentMs, kPresentMs)) == "store_io");
  device.store().fail_commits(false);
  BOOST_TEST(device.state().pending_ops == 2U);
  take(device, verdicts_reply("aa", kPresentMs), &push);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(an_outbox_that_does_not_fit_the_slots_is_corrupt) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  StoreBatch batch;
  batch.erase(Keyspace::kSlots, must(SlotKey::make("c", "r", "f", "")).bytes());
  must(device.store().commit(batch));
  BOOST_TEST(code_of(device.replication().next_push(kAnyPush)) == "store_corrupt");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
