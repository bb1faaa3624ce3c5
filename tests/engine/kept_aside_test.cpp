#include "syncline/kept_aside.hpp"

#include <boost/test/unit_test.hpp>

#include "replica/entries.hpp"
#include "tests/engine/support/conflicts.hpp"
#include "tests/engine/support/device.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

std::vector<AsideOp> aside_of(Device& device) {
  std::vector<AsideOp> all;
  must(device.replica().kept_aside().visit([&all](const AsideOp& aside) {
    all.push_back(aside);
    return true;
  }));
  return all;
}

// A new record of which the server has refused the field for good.
void put_refused(Device& device, const Value& value, std::string_view record = "r") {
  device.put("c", record, {{"f", value}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("ar", device.wall().now_ms(), Code::kValueTooLarge), &push);
}

// As a build that could not read the op has left it.
void keep_unread(Device& device, const Op& op) {
  StoreBatch batch;
  batch.put(Keyspace::kQuarantine, replica::sequence_key(7),
            replica::encode_aside({Code::kValueMalformed, encode_batch({&op, 1})}));
  must(device.store().commit(batch));
}

BOOST_AUTO_TEST_SUITE(kept_aside)

BOOST_AUTO_TEST_CASE(what_is_kept_aside_is_listed_with_its_op_and_why) {
  Device device;
  put_refused(device, Value(1));
  Op unreadable = op_of("c", "s", "f", stamp_at(kPresentMs), Value(1));
  unreadable.value = "\x0A";
  const std::vector<Op> page{op_of("c", "t", "f", stamp_at(kYear2262Ms), Value(2)), unreadable};
  take(device, page_of(page, kPresentMs));
  const auto all = aside_of(device);
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST((all[0].id == AsideId{AsideKind::kSetAside, 2}));
  BOOST_TEST((all[0].code == Code::kValueTooLarge));
  BOOST_TEST((all[0].op->value == *encode_value(Value(1))));
  BOOST_TEST(all[0].current);
  BOOST_TEST((all[1].id == AsideId{AsideKind::kQuarantined, 1}));
  BOOST_TEST((all[1].code == Code::kStampInFuture));
  BOOST_TEST((*all[1].op == page[0]));
  BOOST_TEST((all[2].id == AsideId{AsideKind::kQuarantined, 2}));
  BOOST_TEST((all[2].code == Code::kValueMalformed));
  BOOST_TEST(!all[2].op.has_value());
  BOOST_TEST((all[2].batch == encode_batch({&unreadable, 1})));
}

BOOST_AUTO_TEST_CASE(a_visit_ends_when_the_visitor_says_so) {
  Device device;
  take(device, page_of(remote_record("c", "r", "f", Value(1), stamp_at(kYear2262Ms)), kPresentMs));
  int visited = 0;
  must(device.replica().kept_aside().visit([&visited](const AsideOp&) { return ++visited < 1; }));
  BOOST_TEST(visited == 1);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_merged_by_a_build_that_can_when_it_opens) {
  Device device;
  const Op op = op_of("c", "r", "f", stamp_at(kPresentMs), Value(5));
  device.patch("c", "r", {{"g", Value(1)}});
  keep_unread(device, op);
  device.reopen();
  BOOST_TEST(device.state().quarantined_ops == 0U);
  BOOST_TEST(device.read("c", "r") == R"({"f":5,"g":1})");
  BOOST_TEST(log_of(device).back().origin == 2U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_loses_to_what_is_greater_and_leaves) {
  Device device;
  device.wall().advance(1'000);
  device.patch("c", "r", {{"f", Value(1)}});
  keep_unread(device, op_of("c", "r", "f", stamp_at(kPresentMs), Value(5)));
  const AsideRetry retried = must(device.replica().kept_aside().retry());
  BOOST_TEST((retried == AsideRetry{1, 0, 0}));
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
  BOOST_TEST(device.state().quarantined_ops == 0U);
}

BOOST_AUTO_TEST_CASE(what_can_be_read_by_now_and_is_too_far_ahead_waits_for_its_time) {
  Device device;
  const std::int64_t later = kPresentMs + 3'600'000;
  device.patch("c", "r", {{"g", Value(1)}});
  keep_unread(device, op_of("c", "r", "f", stamp_at(later), Value(5)));
  device.reopen();
  BOOST_REQUIRE(aside_of(device).size() == 1U);
  BOOST_TEST((aside_of(device).front().code == Code::kStampInFuture));
  BOOST_TEST(device.read("c", "r") == R"({"g":1})");
  // By the next reply of a server whose time it is.
  BOOST_TEST(take(device, reply_at(later)).merged == 1U);
  BOOST_TEST(device.read("c", "r") == R"({"f":5,"g":1})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_was_too_far_ahead_is_merged_when_the_clock_is_put_right) {
  Device device;
  const std::int64_t later = kPresentMs + 3'600'000;
  take(device, page_of(remote_record("c", "r", "f", Value(1), stamp_at(later)), kPresentMs));
  BOOST_TEST((must(device.replica().kept_aside().retry()) == AsideRetry{0, 0, 2}));
  device.wall().set(later);
  BOOST_TEST((must(device.replica().kept_aside().retry()) == AsideRetry{2, 0, 0}));
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
}

// The server that sent it may have been restored since, and whoever wrote it may be gone.
BOOST_AUTO_TEST_CASE(regression_what_leaves_quarantine_is_offered) {
  Device device;
  const std::int64_t later = kPresentMs + 3'600'000;
  take(device, page_of(remote_record("c", "r", "f", Value(1), stamp_at(later)), kPresentMs));
  SyncReply other = reply_at(later);
  other.epoch = "00000000000000e2";
  BOOST_TEST(take(device, other).merged == 2U);
  BOOST_TEST(device.state().pending_ops == 2U);
  BOOST_TEST(next_push(device).items.size() == 2U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_leaves_quarantine_with_what_replaced_it_is_not_offered) {
  Device device;
  const std::int64_t later = kPresentMs + 3'600'000;
  take(device, page_of(remote_record("c", "r", "f", Value(1), stamp_at(later)), kPresentMs));
  const Op greater = op_of("c", "r", "f", stamp_at(later, 1), Value(2));
  BOOST_TEST(take(device, page_of({&greater, 1}, later, 2)).merged == 3U);
  BOOST_TEST(device.read("c", "r") == R"({"f":2})");
  BOOST_TEST(device.state().pending_ops == 1U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(regression_what_is_here_already_does_not_wait_when_it_comes_again) {
  Device device;
  const std::int64_t later = kPresentMs + 3'600'000;
  device.wall().set(later);
  device.put("c", "r", {{"f", Value(1)}});
  acknowledge_all(device);
  const std::vector<Op> theirs = remote_record("c", "s", "f", Value(1), stamp_at(later));
  take(device, page_of(theirs, later));
  device.wall().advance(1);
  device.patch("c", "s", {{"f", Value(2)}});
  std::vector<Op> page = theirs;
  for (const LogItem& item : log_of(device)) {
    if (item.op.key.record() == "r") page.push_back(item.op);
  }
  BOOST_TEST(page.size() == 4U);
  device.wall().set(kPresentMs);
  take(device, page_of(page, kPresentMs, 2));
  BOOST_TEST(device.state().quarantined_ops == 0U);
  BOOST_TEST(device.read("c", "s") == R"({"f":2})");
}

BOOST_AUTO_TEST_CASE(observers_hear_of_what_leaves_quarantine) {
  Device device;
  std::vector<Change> heard;
  const auto subscription = device.replica().observe(
      [&heard](const auto& changes) { heard.insert(heard.end(), changes.begin(), changes.end()); });
  device.patch("c", "r", {{"g", Value(1)}});
  heard.clear();
  keep_unread(device, op_of("c", "r", "f", stamp_at(kPresentMs), Value(5)));
  must(device.replica().kept_aside().retry());
  BOOST_REQUIRE(heard.size() == 1U);
  BOOST_TEST(heard.front().field == "f");
  BOOST_TEST((heard.front().origin == Origin::kRemote));
}

BOOST_AUTO_TEST_CASE(what_is_set_aside_is_offered_again_as_it_was) {
  Device device;
  put_refused(device, Value(1));
  const auto aside = aside_of(device);
  BOOST_TEST((must(device.replica().kept_aside().retry()) == AsideRetry{0, 1, 0}));
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(!device.state().complete);
  const PushBatch push = next_push(device);
  BOOST_TEST((push.ops == aside.front().batch));
  take(device, verdicts_reply("a", kPresentMs), &push);
  BOOST_TEST(device.state().pending_ops == 0U);
  BOOST_TEST(aside_of(device).empty());
}

BOOST_AUTO_TEST_CASE(what_is_refused_again_is_set_aside_again) {
  Device device;
  put_refused(device, Value(1));
  must(device.replica().kept_aside().retry());
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("r", kPresentMs, Code::kValueTooDeep), &push);
  BOOST_REQUIRE(aside_of(device).size() == 1U);
  BOOST_TEST((aside_of(device).front().id == AsideId{AsideKind::kSetAside, 2}));
  BOOST_TEST((aside_of(device).front().code == Code::kValueTooDeep));
}

// It was never acknowledged either, and what was written after it must not come to stand before it.
BOOST_AUTO_TEST_CASE(regression_what_is_set_aside_is_stamped_anew_with_the_others) {
  Device device;
  device.put("c", "r", {});
  acknowledge_all(device);
  device.wall().advance(2 * kDriftMaxMs);
  device.patch("c", "r", {{"f", Value(1)}});
  const PushBatch refused = next_push(device);
  take(device, verdicts_reply("r", kPresentMs, Code::kValueTooLarge), &refused);
  BOOST_TEST(device.state().set_aside_ops == 1U);
  device.patch("c", "r", {{"g", Value(2)}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("r", kPresentMs), &push);
  BOOST_TEST(aside_of(device).empty());
  BOOST_TEST(device.state().pending_ops == 2U);
  for (const PushBatch::Item& item : next_push(device).items)
    BOOST_TEST(item.stamp.time.milliseconds() <= kPresentMs + kDriftMaxMs);
  BOOST_TEST(device.read("c", "r") == R"({"f":1,"g":2})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_later_write_of_this_replica_takes_the_place_of_what_is_set_aside) {
  Device device;
  put_refused(device, Value(1));
  device.patch("c", "r", {{"f", Value(2)}});
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(device.state().pending_ops == 1U);
  // Only that of its own slot, and also where others are pending.
  acknowledge_all(device);
  put_refused(device, Value(3), "s");
  put_refused(device, Value(4), "t");
  device.patch("c", "other", {{"f", Value(1)}});
  device.patch("c", "t", {{"f", Value(5)}});
  BOOST_REQUIRE(aside_of(device).size() == 1U);
  BOOST_TEST(aside_of(device).front().op->key.record() == "s");
}

BOOST_AUTO_TEST_CASE(what_another_replica_has_replaced_stays_and_is_not_offered) {
  Device device;
  put_refused(device, Value("mine"));
  const std::vector<Op> page{op_of("c", "r", "f", stamp_at(kPresentMs + 1), Value("theirs"))};
  take(device, page_of(page, kPresentMs + 1));
  const auto all = aside_of(device);
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST(!all.front().current);
  BOOST_TEST((all.front().op->value == *encode_value(Value("mine"))));
  acknowledge_all(device);  // what the journal says of it
  BOOST_TEST((must(device.replica().kept_aside().retry()) == AsideRetry{0, 0, 1}));
  BOOST_TEST(device.state().pending_ops == 0U);
  BOOST_TEST(device.state().set_aside_ops == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_set_aside_is_offered_to_a_new_server_with_all_else) {
  Device device;
  put_refused(device, Value(1));
  SyncReply other = reply_at(kPresentMs);
  other.epoch = "00000000000000e2";
  take(device, other);
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(device.state().pending_ops == 2U);
  const PushBatch push = next_push(device);
  SyncReply taken = verdicts_reply("ar", kPresentMs, Code::kValueTooLarge);
  taken.epoch = other.epoch;
  take(device, taken, &push);
  BOOST_TEST(device.state().set_aside_ops == 1U);
  BOOST_TEST(device.state().pending_ops == 0U);
}

// Nobody has seen it, so that what another writes meanwhile knew nothing of it.
BOOST_AUTO_TEST_CASE(regression_what_was_set_aside_conflicts_after_it_was_offered_to_a_new_server) {
  Device device;
  put_refused(device, Value("mine"));
  SyncReply other = reply_at(kPresentMs);
  other.epoch = "00000000000000e2";
  take(device, other);
  const Op theirs = op_of("c", "r", "f", stamp_at(kPresentMs + 1), Value("theirs"));
  SyncReply page = page_of({&theirs, 1}, kPresentMs + 1);
  page.epoch = other.epoch;
  take(device, page);
  BOOST_TEST(summary_of(device) == "c/r f lww: lost \"mine\" to \"theirs\"\n");
}

BOOST_AUTO_TEST_CASE(what_is_discarded_is_gone_and_its_slot_stays) {
  Device device;
  put_refused(device, Value(1));
  const AsideId id = aside_of(device).front().id;
  BOOST_TEST(!must(device.replica().kept_aside().discard({AsideKind::kQuarantined, id.number})));
  BOOST_TEST(must(device.replica().kept_aside().discard(id)));
  BOOST_TEST(!must(device.replica().kept_aside().discard(id)));
  BOOST_TEST(aside_of(device).empty());
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
}

BOOST_AUTO_TEST_CASE(a_retry_that_cannot_be_committed_changes_nothing) {
  Device device;
  put_refused(device, Value(1));
  device.store().fail_commits(true);
  const auto retried = device.replica().kept_aside().retry();
  BOOST_REQUIRE(!retried);
  BOOST_TEST((retried.error().code == Code::kStoreIo));
  BOOST_TEST(device.state().set_aside_ops == 1U);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
