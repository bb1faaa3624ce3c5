#include "syncline/history.hpp"

#include <boost/test/unit_test.hpp>

#include "replica/log_state.hpp"
#include "syncline/verification.hpp"
#include "tests/engine/support/clones.hpp"
#include "tests/engine/support/repairs.hpp"
#include "tests/engine/support/slots.hpp"

namespace syncline::test {
namespace {

std::string schema_that_keeps(const std::string& history) {
  return R"({"name":"n","version":1,"collections":{"c":{"fields":{"water":{"merge":"counter"}},
    "history":{)" +
         history + "}}}}";
}
const std::string kKeepsNothing = schema_that_keeps(R"("keep_ops":0)");

std::uint64_t ops_in_log(Device& device) { return log_of(device).size(); }

std::uint64_t slots_in(Device& device) {
  return must(must(device.store().snapshot())->count(Keyspace::kSlots));
}

// Nothing is missing that compaction did not drop, and the slots are what the log says.
void check_whole(Device& device) {
  device.check_fold();
  const auto found = must(verify_store(device.store(), {}));
  BOOST_TEST(found.faults == 0U);
  BOOST_TEST(found.log_missing_ops == 0U);
}

void overwrite(Device& device, int times, const std::string& record = "r") {
  for (int i = 0; i < times; ++i) device.patch("c", record, {{"f", Value(i)}});
}

std::vector<std::string> states_of(Device& device, const HistoryRange& range) {
  std::vector<std::string> states;
  must(device.replica().history().visit(range, [&states](const HistoryItem& item) {
    states.emplace_back(op_state_name(item.state));
    return true;
  }));
  return states;
}

replica::LogState log_state_of(Device& device) {
  return must(replica::read_log_state(*must(device.store().snapshot())));
}

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(the_log_stays_within_twice_the_slots_and_a_constant) {
  Device device(kKeepsNothing);
  for (int i = 0; i < 3'000; ++i) {
    device.patch("c", std::to_string(i * i % 37), {{"f", Value(i)}});
    const auto slots = slots_in(device);
    BOOST_REQUIRE_LE(ops_in_log(device), 2 * slots + 100);
  }
  check_whole(device);
  BOOST_TEST(device.state().log_ops > 3'000U);
}

BOOST_AUTO_TEST_CASE(the_log_of_a_device_that_restarts_for_every_write_stays_as_small) {
  Device device(kKeepsNothing);
  for (int i = 0; i < 600; ++i) {
    device.patch("c", "r", {{"f", Value(i)}});
    device.reopen();
  }
  BOOST_TEST(ops_in_log(device) <= 100U);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(a_log_without_a_schema_keeps_the_last_thousand) {
  Device device;
  overwrite(device, 4'000);
  BOOST_TEST(ops_in_log(device) >= 1'000U);
  BOOST_TEST(ops_in_log(device) <= 2'100U);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(a_collection_keeps_as_many_days_as_its_schema_says) {
  constexpr std::int64_t kDayMs = 86'400'000;
  Device device(schema_that_keeps(R"("keep_ops":0,"keep_days":30)"));
  const std::int64_t begin = device.wall().now_ms();
  for (int day = 0; day < 90; ++day) {
    device.wall().set(begin + day * kDayMs);
    overwrite(device, 1);
  }
  must(device.replica().history().compact());
  // The record's own slot, and thirty days of its field, of which the last commits are not counted.
  BOOST_TEST(ops_in_log(device) == 31U);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(compacting_drops_at_once_what_may_go) {
  Device device(schema_that_keeps(R"("keep_ops":1000000)"));
  overwrite(device, 200);
  BOOST_TEST(must(device.replica().history().compact()).dropped_ops == 0U);
  BOOST_TEST(ops_in_log(device) == 201U);
  device.reopen(kKeepsNothing);
  const auto done = must(device.replica().history().compact());
  BOOST_TEST(done.dropped_ops == 199U);
  BOOST_TEST(done.kept_ops == 2U);
  BOOST_TEST(ops_in_log(device) == 2U);
  check_whole(device);
  BOOST_TEST(must(device.replica().history().compact()).dropped_ops == 0U);
}

// So many ops that no commit looks at all of them, of which 4,000 may go.
void write_much(Device& device) {
  for (const int step : {1, 3}) {
    device.write([step](Transaction& t) -> Result<void> {
      for (int i = 0; i < 12'000; i += step) {
        if (auto ok = t.patch("c", std::to_string(10'000 + i), {{"f", Value(step * i)}}); !ok)
          return ok;
      }
      return {};
    });
  }
  device.reopen();
}

BOOST_AUTO_TEST_CASE(a_compaction_tells_how_far_it_is_and_can_be_stopped) {
  Device device(kKeepsNothing);
  write_much(device);
  const std::uint64_t before = ops_in_log(device);
  std::vector<std::uint64_t> seen;
  const auto stopped =
      device.replica().history().compact([&](std::uint64_t done, std::uint64_t total) {
        BOOST_TEST(total == device.state().log_ops);
        seen.push_back(done);
        return false;
      });
  BOOST_TEST(code_of(stopped) == "cancelled");
  BOOST_REQUIRE(seen.size() == 1U);
  BOOST_TEST((seen.front() > 0 && seen.front() < before));
  check_whole(device);
  must(device.replica().history().compact([&](std::uint64_t done, std::uint64_t total) {
    BOOST_TEST((seen.size() == 1U || done >= seen.back()));
    BOOST_TEST(done <= total);
    seen.push_back(done);
    return true;
  }));
  BOOST_TEST(seen.back() == device.state().log_ops);
  BOOST_TEST(ops_in_log(device) == before - 4'000);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(a_large_transaction_is_rewritten_as_what_is_left_of_it) {
  Device device(kKeepsNothing);
  write_much(device);
  const Slots before = slots_of(device.store());
  const auto done = must(device.replica().history().compact());
  BOOST_TEST(done.dropped_ops == 4'000U);
  BOOST_TEST(ops_in_log(device) == 24'000U);
  BOOST_TEST(slots_of(device.store()).size() == before.size());
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(what_is_pending_stays_whatever_is_written_beside_it) {
  Device device(kKeepsNothing);
  TinyServer server;
  device.put("c", "old", {{"f", Value("here")}});
  overwrite(device, 500);
  device.reopen();
  must(device.replica().history().compact());
  BOOST_TEST(device.state().pending_ops == 4U);
  server.round(device);
  Device other(kKeepsNothing, 2);
  server.round(other);
  BOOST_TEST(other.read("c", "old") == R"({"f":"here"})");
  BOOST_TEST(other.read("c", "r") == R"({"f":499})");
}

BOOST_AUTO_TEST_CASE(what_the_server_refuses_stays_though_another_device_wrote_over_it) {
  Device device(kKeepsNothing);
  device.put("c", "r", {{"f", Value("refused")}});
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("rr", kPresentMs, Code::kValueTooLarge), &push);
  take(device, page_of(std::vector<Op>{op_of("c", "r", "f", stamp_at(kPresentMs + 5), Value(2))},
                       kPresentMs));
  overwrite(device, 300, "s");
  device.reopen();
  must(device.replica().history().compact());
  const std::vector<std::string> expected{"set_aside", "set_aside", "current"};
  BOOST_TEST(states_of(device, {"c", "r"}) == expected, boost::test_tools::per_element());
  check_whole(device);
}

// Whoever reads what is new after every few commits meets every op, however the log is compacted.
BOOST_AUTO_TEST_CASE(nothing_new_goes_before_it_could_be_read) {
  Device device(kKeepsNothing);
  std::uint64_t next = 1;
  for (int i = 0; i < 400; ++i) {
    overwrite(device, 1 + i % 7);
    if (i % 50 == 0) must(device.replica().history().compact());
    for (const LogItem& item : log_of(device, next)) BOOST_REQUIRE_EQUAL(item.sequence, next++);
    BOOST_REQUIRE_EQUAL(next, device.state().log_ops + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_pass_goes_on_where_the_process_before_stood) {
  Device device(kKeepsNothing);
  overwrite(device, 70);
  const auto begun = log_state_of(device);
  BOOST_REQUIRE_GT(begun.next, 0U);
  device.reopen();
  overwrite(device, 1);
  BOOST_TEST(log_state_of(device).next > begun.next);
  overwrite(device, 300);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(a_write_needs_no_room_for_what_is_dropped) {
  Device device(kKeepsNothing);
  device.store().be_full_for_erasing(true);
  overwrite(device, 200);
  BOOST_TEST(ops_in_log(device) == 201U);
  BOOST_TEST(device.read("c", "r") == R"({"f":199})");
  device.store().be_full_for_erasing(false);
  overwrite(device, 100);
  BOOST_TEST(ops_in_log(device) < 100U);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_drops_nothing) {
  Device device(kKeepsNothing);
  overwrite(device, 75);
  const auto before = log_of(device);
  const auto state = log_state_of(device);
  device.store().fail_commits(true);
  for (int i = 0; i < 20; ++i) {
    const auto written = device.replica().write([](Transaction& t) {
      return t.patch("c", "r", {{"f", Value("lost")}});
    });
    BOOST_TEST(code_of(written) == "store_io");
  }
  BOOST_TEST(code_of(device.replica().history().compact()) == "store_io");
  device.store().fail_commits(false);
  BOOST_TEST(log_of(device).size() == before.size());
  BOOST_TEST((log_state_of(device) == state));
  overwrite(device, 100);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(an_entry_that_cannot_be_read_is_no_reason_for_a_write_to_fail) {
  Device device(kKeepsNothing);
  overwrite(device, 5);
  StoreBatch batch;
  batch.put(Keyspace::kLog, replica::sequence_key(3), "garbage");
  must(device.store().commit(batch));
  overwrite(device, 300);
  BOOST_TEST(device.read("c", "r") == R"({"f":299})");
  BOOST_TEST(code_of(device.replica().history().compact()) == "store_corrupt");
}

BOOST_AUTO_TEST_CASE(a_visit_says_what_became_of_each_op) {
  Device device;
  TinyServer server;
  device.put("c", "r", {{"f", Value(1)}});
  server.round(device);
  device.patch("c", "r", {{"f", Value(2)}});
  device.put("c", "s", {{"f", Value(3)}});
  const std::vector<std::string> expected{"current", "overwritten", "pending"};
  BOOST_TEST(states_of(device, {"c", "r"}) == expected, boost::test_tools::per_element());
  BOOST_TEST(states_of(device, {"c"}).size() == 5U);
  BOOST_TEST(states_of(device, {"c", "", 4}).size() == 2U);
  BOOST_TEST(states_of(device, {"other"}).empty());
  device.wall().set(kYear2262Ms);
  device.patch("c", "t", {{"f", Value(4)}});
  server.round(device);
  const std::vector<std::string> anew{"withdrawn", "withdrawn", "pending", "pending"};
  BOOST_TEST(states_of(device, {"c", "t"}) == anew, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stamping_anew_after_compaction)

// The server took the first write in, but its reply was lost, and a later write took it from the
// outbox and then from the log.
BOOST_AUTO_TEST_CASE(what_is_stamped_anew_beats_what_the_log_dropped) {
  Device device(kKeepsNothing);
  TinyServer server;
  device.put("c", "r", {});
  server.round(device);
  device.wall().set(kPresentMs + 120'000);
  device.patch("c", "r", {{"f", Value(1)}});
  const PushBatch lost = next_push(device);
  server.answer(&lost, must(device.replication().cursors()));
  device.wall().set(kYear2262Ms);
  device.patch("c", "r", {{"f", Value(2)}});
  device.wall().set(kPresentMs);
  device.reopen();
  BOOST_TEST(must(device.replica().history().compact()).dropped_ops == 1U);
  const PushBatch refused = next_push(device);
  BOOST_TEST(take(device, verdicts_reply("r", kPresentMs), &refused).restamped == 1U);
  for (int round = 0; round < 3; ++round) server.round(device);
  Device other(kKeepsNothing, 2);
  server.round(other);
  BOOST_TEST(other.read("c", "r") == R"({"f":2})");
  check_whole(device);
}

// A slot that went back, and went up again since: what was withdrawn must not seem to be greater.
BOOST_AUTO_TEST_CASE(what_was_withdrawn_goes_before_what_replaced_it) {
  Device device(schema_that_keeps(R"("keep_ops":0,"keep_days":36500)"));
  TinyServer server;
  device.wall().set(kYear2262Ms);
  device.put("c", "r", {{"f", Value(1)}});
  server.round(device);
  server.round(device);
  device.wall().set(kPresentMs + 1'000);
  device.patch("c", "r", {{"f", Value(2)}});
  device.reopen(kKeepsNothing);
  must(device.replica().history().compact());
  BOOST_TEST(ops_in_log(device) == 2U);
  check_whole(device);
}

BOOST_AUTO_TEST_CASE(what_was_confirmed_is_remembered_no_longer) {
  Device device(kKeepsNothing);
  overwrite(device, 200);
  BOOST_TEST(log_state_of(device).unconfirmed.size() == 1U);
  acknowledge_all(device);
  overwrite(device, 200);
  acknowledge_all(device);
  overwrite(device, 1);
  device.reopen();
  must(device.replica().history().compact());
  BOOST_TEST(log_state_of(device).unconfirmed.empty());
}

BOOST_AUTO_TEST_CASE(times_that_are_far_apart_stay_apart_and_are_bounded) {
  std::vector<replica::TimeRange> ranges;
  for (int hour = 0; hour < 200; ++hour) {
    for (const std::int64_t second : {0, 30, 59})
      replica::note_dropped(ranges, stamp_at(kPresentMs + hour * 3'600'000 + second * 1'000, 0, 7));
    replica::note_dropped(ranges, stamp_at(kPresentMs, 0, 8));
    BOOST_REQUIRE_LE(ranges.size(), 32U);
    BOOST_REQUIRE_EQUAL(ranges.back().last.milliseconds(), kPresentMs);
  }
  BOOST_TEST(ranges.front().first.milliseconds() == kPresentMs);
  const auto& last_of_seven = ranges[ranges.size() - 2];
  BOOST_TEST(last_of_seven.last.milliseconds() == kPresentMs + 199 * 3'600'000LL + 59'000);
  replica::LogState state;
  state.unconfirmed = ranges;
  BOOST_TEST((must(replica::decode_log_state(replica::encode_log_state(state))) == state));
}

// A restored device has to know of each op of its ancestor whether it arrived.
BOOST_AUTO_TEST_CASE(what_an_ancestor_wrote_stays_until_it_is_settled) {
  Device original{std::string(kCloneSchema)};
  TinyServer server;
  drink(original, 1);
  drink(original, 2);
  const auto clone = restored(original, 50);
  clone->reopen(R"({"name":"n","version":2,"collections":{"days":{
    "fields":{"water":{"merge":"counter"}},"history":{"keep_ops":0}}}})");
  must(clone->replica().history().compact());
  BOOST_TEST(log_of(*clone).size() == 3U);
  drink(*clone, 4);
  settle(server, {clone.get(), &original});
  clone->reopen();
  must(clone->replica().history().compact());
  BOOST_TEST(log_of(*clone).size() == 3U);
  BOOST_TEST(clone->read("days", "d") == R"({"water":7})");
  BOOST_TEST(original.read("days", "d") == R"({"water":7})");
  check_whole(*clone);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(repair_after_compaction)

struct CompactedFixture {
  Device device{kKeepsNothing};
  CompactedFixture() {
    device.put("c", "kept", {{"f", Value("kept")}});
    overwrite(device, 300);
    device.reopen();
    must(device.replica().history().compact());
  }
};

BOOST_FIXTURE_TEST_CASE(a_slot_is_rebuilt_and_what_was_dropped_is_not_missed, CompactedFixture) {
  StoreBatch batch;
  batch.put(Keyspace::kSlots, must(SlotKey::make("c", "kept", "f", "")).bytes(), "garbage");
  must(device.store().commit(batch));
  BOOST_TEST(repair(device.store()).kinds() == "rebuilt");
  const ReplicaId before = device.replica().id();
  device.reopen();
  BOOST_TEST((device.replica().id() == before));
  BOOST_TEST(device.read("c", "kept") == R"({"f":"kept"})");
  check_whole(device);
}

BOOST_FIXTURE_TEST_CASE(what_the_log_lost_beside_is_missed, CompactedFixture) {
  const auto last = log_of(device).back().sequence;
  StoreBatch batch;
  batch.erase(Keyspace::kLog, replica::sequence_key(last));
  batch.put(Keyspace::kSlots, must(SlotKey::make("c", "kept", "f", "")).bytes(), "garbage");
  must(device.store().commit(batch));
  BOOST_TEST(must(verify_store(device.store(), {})).log_missing_ops == 1U);
  BOOST_TEST(repair(device.store()).kinds() == "outdated rebuilt");
}

BOOST_FIXTURE_TEST_CASE(the_state_of_the_log_is_rebuilt, CompactedFixture) {
  StoreBatch batch;
  batch.put(Keyspace::kMeta, std::string(replica::kLogStateName), "garbage");
  must(device.store().commit(batch));
  BOOST_TEST(repair(device.store()).kinds() == "rebuilt");
  device.reopen();
  check_whole(device);
  const auto state = log_state_of(device);
  BOOST_REQUIRE_EQUAL(state.unconfirmed.size(), 1U);
  BOOST_TEST(state.dropped == 299U);
  overwrite(device, 200);
  check_whole(device);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
