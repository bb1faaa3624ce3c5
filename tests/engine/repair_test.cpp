#include "syncline/repair.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "replica/entries.hpp"
#include "syncline/history.hpp"
#include "syncline/limits.hpp"
#include "tests/engine/support/repairs.hpp"
#include "tests/engine/support/slots.hpp"

// What can be rebuilt is rebuilt, what cannot is taken out by name, and the store is sound again.

namespace syncline::test {

namespace {

std::vector<std::pair<std::string, std::string>> lost_in(const Store& store) {
  std::vector<std::pair<std::string, std::string>> lost;
  must(read_lost_entries(store, [&lost](const LostEntry& entry) {
    lost.emplace_back(entry.name, entry.value);
    return true;
  }));
  BOOST_TEST(must(verify_store(store, {})).lost_entries == lost.size());
  return lost;
}

HybridClock::State clock_of(const Store& store) {
  const auto snapshot = must(store.snapshot());
  return must(replica::decode_head(*must(snapshot->get(Keyspace::kMeta, replica::kHeadName))))
      .clock;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(repair_of_a_store, RepairFixture)

BOOST_AUTO_TEST_CASE(a_sound_store_is_left_as_it_is) {
  const auto before = entries_of(store(), Keyspace::kMeta);
  const Repaired done = repair(store());
  BOOST_TEST(done.repairs.empty());
  BOOST_TEST(!done.summary.pulls_again);
  BOOST_TEST(!done.summary.has_new_id);
  BOOST_TEST((entries_of(store(), Keyspace::kMeta) == before));
}

BOOST_AUTO_TEST_CASE(every_slot_can_be_rebuilt_from_a_log_that_is_whole) {
  const Slots before = slots_of(store());
  const auto marks = entries_of(store(), Keyspace::kOutbox);
  for (const auto& [key, value] : entries_of(store(), Keyspace::kSlots)) {
    erase_raw(Keyspace::kSlots, key);
    BOOST_TEST(repair(store()).summary.set_aside == 0U);
    put_raw(Keyspace::kSlots, key, "garbage");
    BOOST_TEST(repair(store()).kinds() == "rebuilt");
    BOOST_TEST((slots_of(store()) == before));
    BOOST_TEST((entries_of(store(), Keyspace::kOutbox).size() == marks.size()));
    BOOST_TEST(faults_of(store()) == 0U);
  }
  device.reopen();
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(the_log_gets_back_what_the_slots_hold) {
  const Slots before = slots_of(store());
  put_raw(Keyspace::kLog, replica::sequence_key(1), "garbage");
  put_raw(Keyspace::kLog, replica::sequence_key(4), "garbage");
  const Repaired done = repair(store());
  BOOST_TEST(done.summary.repaired == done.repairs.size());
  BOOST_TEST(faults_of(store()) == 0U);
  BOOST_TEST((slots_of(store()) == before));
  device.reopen();
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_older_change_in_the_place_of_a_lost_one_is_said_to_be_older) {
  erase_raw(Keyspace::kLog, replica::sequence_key(4));
  put_raw(Keyspace::kSlots, key_of("lunch", "name"), "garbage");
  const Repaired done = repair(store());
  BOOST_TEST(done.repairs.front().fault.record == "lunch");
  BOOST_TEST((done.repairs.front().kind == RepairKind::kOutdated));
  BOOST_TEST(done.summary.pulls_again);
  device.reopen();
  BOOST_TEST(device.read("meals", "lunch") == R"({"kcal":300,"name":"soup"})");
  BOOST_TEST(faults_of(store()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_slot_that_only_the_log_of_another_change_speaks_of_is_kept_and_sent) {
  put_raw(Keyspace::kSlots, key_of("dinner", "x"),
          replica::encode_slot({2, stamp_at(kPresentMs), must(encode_value(Value(1)))}));
  const std::uint64_t pending = device.state().pending_ops;
  BOOST_TEST(repair(store()).kinds() == "rebuilt");
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  BOOST_TEST(device.state().pending_ops == pending + 1);
  device.put("meals", "next", {});
  device.check_fold();
  server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(a_slot_that_nothing_knows_is_taken_out_by_name) {
  erase_raw(Keyspace::kLog, replica::sequence_key(5));
  put_raw(Keyspace::kSlots, key_of("dinner", "name"), "garbage");
  const Repaired done = repair(store());
  BOOST_TEST(done.summary.set_aside > 0U);
  BOOST_TEST(done.summary.pulls_again);
  BOOST_TEST(faults_of(store()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_not_what_the_log_says_is_kept_beside_what_it_says) {
  const std::string key = key_of("lunch", "kcal");
  const auto before = slots_of(store());
  const std::string other =
      replica::encode_slot({2, stamp_at(kPresentMs, 7), must(encode_value(Value(1)))});
  put_raw(Keyspace::kSlots, key, other);
  BOOST_TEST(repair(store()).kinds() == "rebuilt");
  BOOST_TEST((slots_of(store()) == before));
  BOOST_REQUIRE(lost_in(store()).size() == 1U);
  BOOST_TEST(lost_in(store()).front().first.starts_with("lost/slots/6d65616c73"));
  BOOST_TEST((lost_in(store()).front().second == other));
}

BOOST_AUTO_TEST_CASE(the_whole_key_of_a_slot_with_a_long_name_is_kept_beside_it) {
  const std::string key =
      must(SlotKey::make("meals", std::string(128, 'r'), "f", std::string(240, 'e'))).bytes();
  put_raw(Keyspace::kSlots, key, "garbage");
  BOOST_TEST(repair(store()).kinds() == "set_aside");
  BOOST_REQUIRE(lost_in(store()).size() == 1U);
  const auto [name, value] = lost_in(store()).front();
  BOOST_TEST(value == "garbage");
  const auto meta = entries_of(store(), Keyspace::kMeta);
  BOOST_TEST((std::find(meta.begin(), meta.end(), std::pair(name + "/key", key)) != meta.end()));
  BOOST_TEST(repair(store()).repairs.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_of_the_log_the_outbox_and_meta_is_kept) {
  put_raw(Keyspace::kLog, replica::sequence_key(4), "\x7fgarbage");
  put_raw(Keyspace::kOutbox, replica::sequence_key(4), "\x7fmark");
  put_raw(Keyspace::kMeta, "progress", "\x7fprogress");
  repair(store());
  std::vector<std::pair<std::string, std::string>> expected{
      {"lost/log/0000000000000004", "\x7fgarbage"},
      {"lost/outbox/0000000000000004", "\x7fmark"},
      {"lost/meta/70726f6772657373", "\x7fprogress"}};
  BOOST_TEST((lost_in(store()) == expected));
}

// A change of the far future, what it was stamped anew as, which the log has lost, and what arrived
// after that.
BOOST_AUTO_TEST_CASE(regression_what_was_withdrawn_takes_no_slot_back) {
  const std::uint64_t last = log_of(device).back().sequence;
  const std::string name = key_of("lunch", "name");
  const auto log_op = [&](std::uint64_t sequence, replica::LogOrigin origin, std::int64_t time_ms,
                          const char* value) {
    const Op op{must(SlotKey::parse(name)), stamp_at(time_ms), must(encode_value(Value(value)))};
    put_raw(Keyspace::kLog, replica::sequence_key(sequence),
            replica::encode_log({origin, encode_batch({&op, 1})}));
    put_raw(Keyspace::kSlots, name, replica::encode_slot({sequence, op.stamp, op.value}));
  };
  log_op(last + 1, replica::LogOrigin::kLocal, kPresentMs + kDriftMaxMs * 100, "withdrawn");
  log_op(last + 3, replica::LogOrigin::kRemote, kPresentMs + 10, "arrived");
  repair(store());
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  BOOST_TEST(device.read("meals", "lunch").find("\"arrived\"") != std::string::npos);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(regression_what_the_log_has_lost_counts_as_dropped) {
  // The first names of lunch and what came with it: its slots hold others by now.
  device.patch("meals", "lunch", {{"name", Value("beans")}});
  erase_raw(Keyspace::kLog, replica::sequence_key(4));
  repair(store());
  BOOST_TEST(must(verify_store(store(), {})).log_missing_ops == 0U);
  device.reopen();
  std::uint64_t ops = log_of(device).size();
  BOOST_TEST(must(device.replica().history().compact()).kept_ops <= ops);
  BOOST_TEST(must(device.replica().history().compact()).kept_ops == log_of(device).size());
}

BOOST_AUTO_TEST_CASE(regression_a_mark_that_is_none_leaves_the_sound_one_as_it_is) {
  const auto before = entries_of(store(), Keyspace::kOutbox);
  const std::string name = key_of("lunch", "name");
  const auto log = log_of(device);
  const auto replaced = std::find_if(
      log.begin(), log.end(), [&name](const LogItem& item) { return item.op.key.bytes() == name; });
  put_raw(Keyspace::kOutbox, replica::sequence_key(replaced->sequence),
          replica::encode_outbox({replaced->sequence, name}));
  BOOST_TEST(repair(store()).kinds() == "rebuilt");
  BOOST_TEST((entries_of(store(), Keyspace::kOutbox) == before));
}

BOOST_AUTO_TEST_CASE(regression_a_head_that_is_rebuilt_takes_nothing_pending_for_seen) {
  server.round(device);
  const LogItem seen = log_of(device).back();
  device.wall().advance(kDriftMaxMs * 100);
  device.put("meals", "late", {{"name", Value("rice")}});
  erase_raw(Keyspace::kMeta, "head");
  repair(store());
  const HybridClock::State clock = clock_of(store());
  BOOST_TEST((clock.confirmed == seen.op.stamp.time));
  BOOST_TEST((clock.last == log_of(device).back().op.stamp.time));
}

BOOST_AUTO_TEST_CASE(regression_a_head_that_is_rebuilt_takes_nothing_set_aside_for_seen) {
  server.round(device);
  const LogItem seen = log_of(device).back();
  device.wall().advance(kDriftMaxMs * 100);
  device.put("meals", "late", {{"name", Value("rice")}});
  while (const auto push = must(device.replication().next_push({})))
    must(device.replication().set_aside(push->items.front(), Code::kValidationFailed));
  erase_raw(Keyspace::kMeta, "head");
  repair(store());
  const HybridClock::State clock = clock_of(store());
  BOOST_TEST((clock.confirmed == seen.op.stamp.time));
}

BOOST_AUTO_TEST_CASE(what_was_set_aside_is_offered_again_where_that_cannot_be_read) {
  const PushBatch push = must(device.replication().next_push({})).value();
  must(device.replication().set_aside(push.items.front(), Code::kValidationFailed));
  const std::uint64_t pending = device.state().pending_ops;
  put_raw(Keyspace::kSetAside, replica::sequence_key(push.items.front().sequence), "garbage");
  repair(store());
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  BOOST_TEST(device.state().set_aside_ops == 0U);
  BOOST_TEST(device.state().pending_ops == pending + 1);
  for (int i = 0; i < 3; ++i) server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(regression_what_is_set_aside_gets_no_mark_in_the_place_of_one_that_is_none) {
  const PushBatch push = must(device.replication().next_push({})).value();
  const PushBatch::Item& item = push.items.front();
  must(device.replication().set_aside(item, Code::kValidationFailed));
  const std::uint64_t pending = device.state().pending_ops;
  put_raw(Keyspace::kOutbox, replica::sequence_key(1000),
          replica::encode_outbox({1000, item.key.bytes()}));
  BOOST_TEST(repair(store()).kinds() == "rebuilt");
  BOOST_TEST(device.state().pending_ops == pending);
  BOOST_TEST(device.state().set_aside_ops == 1U);
  repair(store(), {.entries_may_be_lost = true});
  for (const auto& [key, value] : entries_of(store(), Keyspace::kOutbox))
    BOOST_TEST((key != replica::sequence_key(item.sequence)));
}

BOOST_AUTO_TEST_CASE(regression_an_older_change_that_was_set_aside_stays_so) {
  const PushBatch push = must(device.replication().next_push({})).value();
  const PushBatch::Item& item = push.items.front();
  BOOST_TEST(item.key.bytes() == key_of("lunch", "name"));
  must(device.replication().set_aside(item, Code::kValidationFailed));
  const Op theirs =
      op_of("meals", "lunch", "name", stamp_at(device.wall().now_ms() + 1), Value("rice"));
  take(device, page_of({&theirs, 1}, device.wall().now_ms(), 7));
  for (const LogItem& logged : log_of(device)) {
    if (logged.op == theirs)
      put_raw(Keyspace::kLog, replica::sequence_key(logged.sequence), "garbage");
  }
  put_raw(Keyspace::kSlots, item.key.bytes(), "garbage");
  repair(store());
  device.reopen();
  BOOST_TEST(device.state().set_aside_ops == 1U);
  for (const auto& [key, value] : entries_of(store(), Keyspace::kOutbox))
    BOOST_TEST((key != replica::sequence_key(item.sequence)));
}

// What arrived and was less than what is pending is told by nothing that is left.
BOOST_AUTO_TEST_CASE(regression_a_lost_head_comes_after_what_arrived_and_has_it_sent_again) {
  server.round(device);
  const std::int64_t later = kPresentMs + kDriftMaxMs;
  Op theirs = op_of("meals", "theirs", "name", stamp_at(later), Value("soup"));
  take(device, page_of({&theirs, 1}, kPresentMs, 7));
  erase_raw(Keyspace::kMeta, "head");
  repair(store());
  BOOST_TEST((clock_of(store()).confirmed == theirs.stamp.time));
  device.reopen();
  BOOST_TEST((must(device.replication().cursors()) == PullCursors{{"*", ""}}));
  BOOST_TEST(!device.state().complete);
}

BOOST_AUTO_TEST_CASE(marks_are_made_again_and_what_is_pending_is_delivered) {
  const auto marks = entries_of(store(), Keyspace::kOutbox);
  BOOST_REQUIRE(marks.size() == 3U);
  for (const auto& [key, value] : marks) put_raw(Keyspace::kOutbox, key, "garbage");
  BOOST_TEST(repair(store()).kinds() == "rebuilt rebuilt rebuilt");
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  BOOST_TEST(device.state().pending_ops == 3U);
  server.round(device);
  Device other({}, 2);
  server.round(other);
  BOOST_TEST((slots_of(other.store()) == slots_of(store())));
}

BOOST_AUTO_TEST_CASE(a_mark_of_a_change_that_was_replaced_offers_what_its_slot_holds) {
  put_raw(Keyspace::kOutbox, replica::sequence_key(1),
          replica::encode_outbox({1, key_of("lunch", "kcal")}));
  put_raw(Keyspace::kOutbox, replica::sequence_key(2), "garbage");
  BOOST_TEST(repair(store()).summary.repaired == 2U);
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(the_head_is_rebuilt_so_that_no_stamp_and_no_sequence_is_used_again) {
  const LogItem last = log_of(device).back();
  for (const bool gone : {true, false}) {
    if (gone) {
      erase_raw(Keyspace::kMeta, "head");
    } else {
      put_raw(Keyspace::kMeta, "head", "garbage");
    }
    BOOST_TEST(repair(store()).kinds() == "rebuilt");
    BOOST_TEST(faults_of(store()) == 0U);
    device.wall().set(kPresentMs - 100'000);
    device.reopen();
    device.put("meals", "next" + std::to_string(gone ? 1 : 0), {{"name", Value("rice")}});
    const LogItem next = log_of(device).back();
    BOOST_TEST((next.op.stamp > last.op.stamp));
    BOOST_TEST(next.sequence > last.sequence);
    device.check_fold();
  }
}

BOOST_AUTO_TEST_CASE(a_lost_id_is_replaced_and_other_entries_of_meta_are_taken_out) {
  for (const char* name : {"replica", "progress", "memory", "schema", "former"}) {
    put_raw(Keyspace::kMeta, name, "\x01");
  }
  BOOST_TEST(faults_of(store()) == 5U);
  const Repaired done = repair(store());
  BOOST_TEST(done.summary.repaired == 1U);
  BOOST_TEST(done.summary.set_aside == 4U);
  BOOST_TEST(faults_of(store()) == 0U);
  device.reopen();
  BOOST_TEST((device.replica().id() == ReplicaId{500}));
  // The first brings what the lost id had written, and what is pending may replace.
  server.round(device);
  server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_kept_aside_and_cannot_be_decoded_is_kept_as_it_is) {
  const std::string unread = replica::encode_aside({Code::kStampInFuture, "\x01garbage"});
  put_raw(Keyspace::kSetAside, replica::sequence_key(1), "\x01");
  put_raw(Keyspace::kQuarantine, replica::sequence_key(0x1ff), unread);
  BOOST_TEST(repair(store()).kinds() == "set_aside set_aside");
  BOOST_TEST(faults_of(store()) == 0U);
  BOOST_TEST(entries_of(store(), Keyspace::kSetAside).empty());
  BOOST_TEST(entries_of(store(), Keyspace::kQuarantine).empty());
  std::vector<std::pair<std::string, std::string>> expected{
      {"lost/set_aside/0000000000000001", "\x01"}, {"lost/quarantine/00000000000001ff", unread}};
  BOOST_TEST((lost_in(store()) == expected));
  BOOST_TEST(must(device.replication().cursors()).at("*").value() == "");
  // Another one of the same name takes the place of none.
  put_raw(Keyspace::kSetAside, replica::sequence_key(1), "\x02");
  BOOST_TEST(repair(store()).kinds() == "set_aside");
  expected.insert(expected.begin() + 1, {"lost/set_aside/0000000000000001-2", "\x02"});
  BOOST_TEST((lost_in(store()) == expected));
  BOOST_TEST(repair(store()).repairs.empty());
  device.reopen();
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_is_kept_aside_and_damaged_is_taken_out) {
  put_raw(Keyspace::kQuarantine, replica::sequence_key(1), "\x01");
  device.store().damage(Keyspace::kQuarantine, replica::sequence_key(1));
  BOOST_TEST(repair(store()).kinds() == "set_aside");
  BOOST_TEST(faults_of(store()) == 0U);
  BOOST_TEST(lost_in(store()).empty());
}

BOOST_AUTO_TEST_CASE(a_lost_entry_that_is_damaged_is_taken_out) {
  put_raw(Keyspace::kSetAside, replica::sequence_key(1), "\x01");
  repair(store());
  device.store().damage(Keyspace::kMeta, lost_in(store()).front().first);
  BOOST_TEST(repair(store()).kinds() == "set_aside");
  BOOST_TEST(faults_of(store()) == 0U);
  BOOST_TEST(lost_in(store()).empty());
}

BOOST_AUTO_TEST_CASE(a_repair_tells_how_far_it_is_and_can_be_stopped_anywhere) {
  put_raw(Keyspace::kLog, replica::sequence_key(4), "garbage");
  erase_raw(Keyspace::kMeta, "head");
  erase_raw(Keyspace::kSlots, key_of("dinner", "name"));
  const std::uint64_t verified = must(verify_store(store(), {})).entries;
  const auto before = everything_of(store());
  std::uint64_t calls_max = 0;
  std::string code = "cancelled";
  while (code == "cancelled") {
    BOOST_REQUIRE((everything_of(store()) == before));
    ++calls_max;
    CountingRandom random(500);
    std::uint64_t calls = 0;
    std::uint64_t last = 0;
    std::uint64_t all = 0;
    code =
        code_of(repair_store(store(), random, {}, {}, [&](std::uint64_t done, std::uint64_t total) {
          BOOST_TEST((last <= done && done <= total));
          BOOST_TEST((all == 0 || all == total));
          last = done;
          all = total;
          return ++calls < calls_max;
        }));
    if (code == "none") BOOST_TEST(last == all);
  }
  BOOST_TEST(code == "none");
  BOOST_TEST(calls_max > 2 * verified);
  BOOST_TEST(faults_of(store()) == 0U);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_repair_can_be_stopped_as_well) {
  erase_raw(Keyspace::kSlots, key_of("dinner", "name"));
  const auto before = everything_of(store());
  CountingRandom random(500);
  const auto done =
      repair_store(store(), random, {}, {},
                   [](std::uint64_t count, std::uint64_t total) { return count < total; });
  BOOST_TEST(code_of(done) == "cancelled");
  BOOST_TEST((everything_of(store()) == before));
}

BOOST_AUTO_TEST_CASE(a_repair_that_cannot_be_committed_changes_nothing) {
  const std::string key = key_of("dinner", "name");
  erase_raw(Keyspace::kSlots, key);
  class Full final : public Store {
   public:
    explicit Full(Store& inner) : inner_(inner) {}
    Result<std::unique_ptr<Snapshot>> snapshot() const override { return inner_.snapshot(); }
    Result<void> commit(const StoreBatch&) override { return fail(Code::kStoreFull, "full"); }

   private:
    Store& inner_;
  } full(store());
  CountingRandom random;
  BOOST_TEST(code_of(repair_store(full, random, {}, {})) == "store_full");
  BOOST_TEST(faults_of(store()) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
