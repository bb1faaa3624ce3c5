#include <memory>

#include <boost/test/unit_test.hpp>

#include "syncline/renewal.hpp"
#include "tests/engine/support/clones.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// What a restored replica has of the one before, when that one was ahead of the server's time and
// had to withdraw what it had stamped: before the copy was made, after it, or never.

namespace syncline::test {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::uint8_t kRestamped = 3;

struct AncestorsFixture {
  TinyServer server;
  Device original{std::string(kCloneSchema), 1};
  Device other{std::string(kCloneSchema), 9};

  void set_time(std::int64_t minutes, std::initializer_list<Device*> right) {
    server.set_time(kPresentMs + minutes * kMinuteMs);
    for (Device* device : right) device->wall().set(kPresentMs + minutes * kMinuteMs);
  }
  // The server answers, and the device hears nothing of it.
  void send_in_vain(Device& device) {
    const PushBatch push = next_push(device);
    server.answer(&push, must(device.replication().cursors()));
  }
  void check_all(std::initializer_list<Device*> devices, std::string_view record,
                 std::string_view expected) {
    for (Device* device : devices) {
      BOOST_TEST(device->read("days", record) == expected);
      BOOST_TEST(device->state().pending_ops == 0U);
      BOOST_TEST((slots_of(device->store()) == slots_of((*devices.begin())->store())));
      device->check_fold();
    }
  }
};

bool has_stamped_anew(Device& device) {
  for (const LogItem& item : log_of(device)) {
    if (item.origin == kRestamped) return true;
  }
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ancestors, AncestorsFixture)

BOOST_AUTO_TEST_CASE(what_an_ancestor_had_stamped_is_pushed_in_its_name_and_with_its_fence) {
  drink(original, 5);
  PushBatch push = next_push(original);
  BOOST_TEST(must(original.replication().raise_fence(push, 7)));
  const auto clone = restored(original, 2);
  drink(*clone, 1);
  push = next_push(*clone);
  BOOST_TEST((push.pusher == ReplicaId{1}));
  BOOST_TEST(push.fence == 7U);
  BOOST_TEST(push.items.size() == 2U);  // the record and its count
  take(*clone, verdicts_reply("aa", kPresentMs), &push);
  push = next_push(*clone);
  BOOST_TEST((push.pusher == ReplicaId{2}));
  BOOST_TEST(push.fence == 0U);
  BOOST_TEST(push.items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_can_be_looked_at_at_once_is_pushed_apart) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  drink(*clone, 1);
  BOOST_TEST(next_push(*clone, {kBatchOpsMax, kPushBytesMax, true}).items.size() == 3U);
}

BOOST_AUTO_TEST_CASE(everything_is_pulled_before_an_ancestor_is_spoken_for) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  BOOST_TEST(next_push(*clone).is_after_pull);
  SyncReply page = page_reply(encode_batch({}), kPresentMs);
  page.pull->remaining = 1;
  take(*clone, page);
  BOOST_TEST(next_push(*clone).is_after_pull);
  take(*clone, page_reply(encode_batch({}), kPresentMs, 2));
  BOOST_TEST(!next_push(*clone).is_after_pull);
}

BOOST_AUTO_TEST_CASE(an_ancestor_is_forgotten_when_nothing_of_it_is_unsettled) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  const auto knows_ancestors = [&clone] {
    return must(must(clone->store().snapshot())->get(Keyspace::kMeta, "ancestors")).has_value();
  };
  BOOST_TEST(knows_ancestors());
  settle(server, {clone.get()});
  BOOST_TEST(!knows_ancestors());
}

// Ten minutes ahead the original counts, is refused, and counts on. When its first stamp is no more
// too far ahead, the copy still has it.
BOOST_AUTO_TEST_CASE(regression_what_the_original_withdrew_does_not_come_back_by_a_copy) {
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  drink(original, 5);
  const auto clone = restored(original, 2);
  set_time(1, {&original});
  settle(server, {&original});
  drink(original, 10);
  settle(server, {&original});
  set_time(11, {&original, clone.get(), &other});
  drink(*clone, 100);
  settle(server, {clone.get(), &original, clone.get(), &other});
  check_all({&original, clone.get(), &other}, "d", R"({"water":115})");
}

BOOST_AUTO_TEST_CASE(nor_while_the_original_has_not_sent_yet_what_it_stamped_anew) {
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  drink(original, 5);
  original.patch("days", "e", {{"name", Value("first")}});
  const auto clone = restored(original, 2);
  set_time(1, {&original});
  server.round(original);
  drink(original, 10);
  original.patch("days", "e", {{"name", Value("second")}});
  set_time(11, {&original, clone.get(), &other});
  drink(*clone, 100);
  settle(server, {clone.get(), &other});
  BOOST_TEST(other.read("days", "d") == R"({"water":105})");
  settle(server, {&original, clone.get(), &other});
  check_all({&original, clone.get(), &other}, "d", R"({"water":115})");
  check_all({&original, clone.get(), &other}, "e", R"({"name":"second"})");
}

// The server had the first change, refused the second, and the original heard of neither and is
// gone. What it had not been able to say is the later change all the same.
BOOST_AUTO_TEST_CASE(what_is_in_doubt_is_still_later_than_what_the_server_has_of_it) {
  original.patch("days", "e", {{"name", Value("first")}});
  drink(original, 5);
  send_in_vain(original);
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("second")}});
  drink(original, 10);
  send_in_vain(original);
  const auto clone = restored(original, 2);
  set_time(11, {clone.get(), &other});
  drink(*clone, 100);
  settle(server, {clone.get(), &other, clone.get()});
  check_all({clone.get(), &other}, "d", R"({"water":115})");
  check_all({clone.get(), &other}, "e", R"({"name":"second"})");
}

BOOST_AUTO_TEST_CASE(what_the_server_took_from_the_original_keeps_its_stamp) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  settle(server, {&original});
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("late")}});
  send_in_vain(original);
  set_time(11, {&original, clone.get(), &other});
  drink(*clone, 100);
  settle(server, {clone.get(), &original, clone.get(), &other});
  check_all({&original, clone.get(), &other}, "d", R"({"water":105})");
  BOOST_TEST(!has_stamped_anew(*clone));
}

BOOST_AUTO_TEST_CASE(what_the_copy_counts_after_a_deletion_in_doubt_follows_it) {
  drink(original, 5);
  settle(server, {&original});
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  original.erase("days", "d");
  const auto clone = restored(original, 2);
  set_time(1, {&original});
  settle(server, {&original});
  set_time(11, {&original, clone.get(), &other});
  drink(*clone, 3);
  BOOST_TEST(clone->read("days", "d") == R"({"water":3})");
  settle(server, {clone.get(), &other, clone.get()});
  BOOST_TEST(clone->read("days", "d") == other.read("days", "d"));
  BOOST_TEST(clone->state().pending_ops == 0U);
  for (const LogItem& item : log_of(*clone))
    BOOST_TEST((item.op.stamp.time.milliseconds() <= kPresentMs + 12 * kMinuteMs));
  clone->check_fold();
}

BOOST_AUTO_TEST_CASE(two_copies_of_what_was_refused_end_alike) {
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  drink(original, 5);
  original.patch("days", "e", {{"name", Value("late")}});
  const auto first = restored(original, 2);
  const auto second = restored(original, 3);
  set_time(1, {first.get()});
  drink(*first, 10);
  settle(server, {first.get()});
  set_time(11, {second.get(), &other});
  drink(*second, 100);
  settle(server, {second.get(), first.get(), second.get(), &other});
  check_all({first.get(), second.get(), &other}, "d", R"({"water":115})");
  check_all({first.get(), second.get(), &other}, "e", R"({"name":"late"})");
}

// What an ancestor had stamped, and this replica has written over, may be at the server, or come
// there yet: what is stamped anew still comes after it.
BOOST_AUTO_TEST_CASE(regression_what_was_written_over_an_ancestor_s_op_stays_later_than_it) {
  original.patch("days", "e", {{"name", Value("before")}});
  settle(server, {&original});
  original.wall().set(kPresentMs + 4 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("first")}});
  const auto clone = restored(original, 2);
  clone->wall().set(kPresentMs + 10 * kMinuteMs);
  clone->patch("days", "e", {{"name", Value("second")}});
  clone->wall().set(kPresentMs);
  settle(server, {clone.get()});
  BOOST_TEST(has_stamped_anew(*clone));
  settle(server, {&original, clone.get(), &other});
  check_all({&original, clone.get(), &other}, "e", R"({"name":"second"})");
}

BOOST_AUTO_TEST_CASE(regression_so_does_what_an_ancestor_wrote_over_an_older_one_s_op) {
  original.patch("days", "e", {{"name", Value("before")}});
  settle(server, {&original});
  original.wall().set(kPresentMs + 4 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("first")}});
  const auto clone = restored(original, 2);
  clone->wall().set(kPresentMs + 10 * kMinuteMs);
  clone->patch("days", "e", {{"name", Value("second")}});
  const auto third = restored(*clone, 3);
  third->wall().set(kPresentMs);
  clone->wall().set(kPresentMs);
  settle(server, {third.get()});
  BOOST_TEST(has_stamped_anew(*third));
  settle(server, {&original, third.get()});
  BOOST_TEST(third->read("days", "e") == R"({"name":"second"})");
  clone->patch("days", "e", {{"name", Value("third")}});
  settle(server, {clone.get(), &original, third.get(), &other});
  check_all({&original, clone.get(), third.get(), &other}, "e", R"({"name":"third"})");
}

// What was confirmed last lies ahead of the clock that is right again, and so the original and its
// copy both begin to stamp anew directly behind it.
BOOST_AUTO_TEST_CASE(regression_an_original_and_its_copy_give_no_stamp_twice) {
  original.wall().set(kPresentMs + 4 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("before")}});
  settle(server, {&original});
  original.wall().set(kPresentMs + 20 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("z, the former")}});
  const auto clone = restored(original, 2);
  original.patch("days", "e", {{"name", Value("a, the second")}});
  set_time(1, {&original});
  settle(server, {&original});
  BOOST_TEST(has_stamped_anew(original));
  set_time(21, {&original, clone.get(), &other});
  settle(server, {clone.get(), &original, clone.get(), &other});
  BOOST_TEST(has_stamped_anew(*clone));
  check_all({&original, clone.get(), &other}, "e", R"({"name":"a, the second"})");
}

// What the server says it had taken up to there are the ops that took their place.
BOOST_AUTO_TEST_CASE(
    regression_what_an_ancestor_withdrew_was_not_taken_by_a_server_without_fences) {
  original.wall().set(kPresentMs + 20 * kMinuteMs);
  original.patch("days", "e", {{"name", Value("early")}});
  const auto clone = restored(original, 2);
  set_time(0, {&original, clone.get()});
  settle(server, {&original});
  BOOST_TEST(has_stamped_anew(original));
  // It was restored from before it refused anything.
  server.forget_fences();
  settle(server, {clone.get(), &original, &other});
  BOOST_TEST(has_stamped_anew(*clone));
  check_all({&original, clone.get(), &other}, "e", R"({"name":"early"})");
}

// It had lost to what arrived, and would hide it.
BOOST_AUTO_TEST_CASE(regression_a_deletion_behind_what_is_in_doubt_gets_no_later_stamp) {
  const std::string schema =
      R"({"name": "c", "version": 1, "collections": {"days": {"delete": "edit_revives"}}})";
  original.reopen(schema);
  other.reopen(schema);
  original.put("days", "d", {{"name", Value("before")}});
  settle(server, {&original, &other});
  set_time(10, {&original});
  original.put("days", "e", {{"name", Value("early")}});
  const auto clone = restored(original, 2, schema);
  clone->wall().set(kPresentMs + 10 * kMinuteMs + 1'000);
  clone->erase("days", "d");
  // The server's clock is set back, and the original puts up with it.
  set_time(0, {&original});
  settle(server, {&original});
  BOOST_TEST(has_stamped_anew(original));
  set_time(11, {&original, &other});
  other.patch("days", "d", {{"name", Value("after")}});
  settle(server, {&other});
  set_time(12, {&original, &other, clone.get()});
  settle(server, {clone.get(), &original, &other});
  BOOST_TEST(has_stamped_anew(*clone));
  check_all({&original, clone.get(), &other}, "d", R"({"name":"after"})");
}

BOOST_AUTO_TEST_CASE(a_doubt_outlives_a_restart_and_an_end_between_the_two_commits) {
  original.wall().set(kPresentMs + 10 * kMinuteMs);
  drink(original, 5);
  const auto clone = restored(original, 2);
  set_time(1, {&original});
  settle(server, {&original});
  set_time(11, {clone.get(), &original});
  take(*clone, server.answer(nullptr, must(clone->replication().cursors())));
  const PushBatch push = next_push(*clone);
  BOOST_TEST(!push.is_after_pull);
  BOOST_TEST(must(clone->replication().raise_fence(push, server.least_fence(push))));
  BOOST_TEST(next_push(*clone).is_after_pull);
  clone->reopen();
  BOOST_TEST(next_push(*clone).is_after_pull);
  // The page is committed, and what follows is not.
  clone->store().let_pass(1);
  const auto taken =
      clone->replication().take_reply(server.answer(nullptr, must(clone->replication().cursors())),
                                      nullptr, clone->wall().now_ms(), clone->wall().now_ms());
  BOOST_TEST(!taken.has_value());
  clone->store().let_pass(-1);
  clone->reopen();
  BOOST_TEST(next_push(*clone).is_after_pull);
  settle(server, {clone.get(), &original, clone.get()});
  check_all({&original, clone.get()}, "d", R"({"water":5})");
}

BOOST_AUTO_TEST_CASE(a_fence_that_is_no_greater_raises_no_doubt) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  const PushBatch push = next_push(*clone);
  BOOST_TEST(!must(clone->replication().raise_fence(push, 0)));
  BOOST_TEST(!must(clone->replication().raise_fence(push, kFenceMax + 1)));
  BOOST_TEST(next_push(*clone).fence == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
