#include "syncline/replication.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(replication)

BOOST_AUTO_TEST_CASE(the_state_of_a_new_replica_is_all_zero) {
  Device device;
  const ReplicationState state = device.state();
  BOOST_TEST(state.pending_ops == 0U);
  BOOST_TEST(state.set_aside_ops == 0U);
  BOOST_TEST(state.quarantined_ops == 0U);
  BOOST_TEST(state.log_ops == 0U);
  BOOST_TEST(state.epoch.empty());
}

BOOST_AUTO_TEST_CASE(the_state_counts_exactly) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}, {"g", Value(2)}});  // three ops
  const PushBatch push = next_push(device);
  take(device, verdicts_reply("aar", kPresentMs, Code::kValueMalformed), &push);
  device.put("c", "s", {{"f", Value(1)}});  // two more
  std::vector<Op> page = remote_record("c", "t", "f", Value(1), stamp_at(kPresentMs));
  page.push_back(op_of("c", "t", "g", stamp_at(kYear2262Ms), Value(1)));
  take(device, page_of(page, kPresentMs));
  const ReplicationState state = device.state();
  BOOST_TEST(state.pending_ops == 2U);
  BOOST_TEST(state.set_aside_ops == 1U);
  BOOST_TEST(state.quarantined_ops == 1U);
  BOOST_TEST(state.log_ops == 7U);
  BOOST_TEST(state.epoch == std::string(kEpoch));
}

BOOST_AUTO_TEST_CASE(regression_where_the_sync_stands_can_be_read_while_a_transaction_is_written) {
  Device device;
  take(device, page_of({}, kPresentMs, 17));
  device.write([&device](Transaction& t) -> Result<void> {
    must(t.put("c", "r", {{"f", Value(1)}}));
    BOOST_TEST(device.state().epoch == std::string(kEpoch));
    BOOST_TEST(must(device.replication().cursors()).at("*").value() == std::string(kEpoch) + ".17");
    BOOST_TEST(device.state().pending_ops == 0U);
    return {};
  });
  BOOST_TEST(device.state().pending_ops == 2U);
}

BOOST_AUTO_TEST_CASE(a_database_belongs_to_one_account) {
  Device device;
  BOOST_TEST(!must(device.replication().bound_account()).has_value());
  must(device.replication().bind_account("17"));
  BOOST_TEST(must(device.replication().bound_account()).value() == "17");
  must(device.replication().bind_account("17"));
  device.reopen();
  must(device.replication().bind_account("17"));
  const auto other = device.replication().bind_account("18");
  BOOST_TEST(code_of(other) == "invalid_argument");
  BOOST_TEST(message_of(other).find("17") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_account_that_could_not_be_stored_is_not_bound) {
  Device device;
  device.store().fail_commits(true);
  BOOST_TEST(code_of(device.replication().bind_account("17")) == "store_io");
  device.store().fail_commits(false);
  BOOST_TEST(code_of(device.replication().bind_account("18")) == "none");
}

BOOST_AUTO_TEST_CASE(the_log_is_read_from_any_sequence) {
  Device device;
  for (int i = 0; i < 5; ++i) {
    device.put("c", std::to_string(i), {{"f", Value(i)}, {"g", Value(i)}});
  }
  for (std::uint64_t from = 0; from <= 17; ++from) {
    const auto items = log_of(device, from);
    const std::uint64_t first = std::max<std::uint64_t>(from, 1);
    BOOST_REQUIRE_EQUAL(items.size(), first > 15 ? 0U : 15 - first + 1);
    for (std::size_t i = 0; i < items.size(); ++i)
      BOOST_REQUIRE_EQUAL(items[i].sequence, first + i);
  }
}

BOOST_AUTO_TEST_CASE(a_visitor_of_the_log_may_stop_it) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}, {"g", Value(1)}});
  int visited = 0;
  must(device.replication().read_log(0, [&](const LogItem&) { return ++visited < 2; }));
  BOOST_TEST(visited == 2);
}

BOOST_AUTO_TEST_CASE(slots_that_are_the_fold_of_the_log_verify) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  device.put("c", "r", {{"f", Value(2)}});
  take(device, page_of(remote_record("c", "r", "f", Value(3), stamp_at(kPresentMs)), kPresentMs));
  device.erase("c", "r");
  BOOST_TEST(code_of(device.replication().verify()) == "none");
}

// A device whose slot c/r/f was changed behind the log's back.
std::string verified_after(const std::function<void(StoreBatch&, const std::string& key)>& tamper) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  StoreBatch batch;
  tamper(batch, must(SlotKey::make("c", "r", "f", "")).bytes());
  must(device.store().commit(batch));
  const auto verified = device.replication().verify();
  BOOST_TEST(code_of(verified) == "store_corrupt");
  return message_of(verified);
}

BOOST_AUTO_TEST_CASE(a_slot_with_another_value_does_not_verify) {
  const auto message = verified_after([](StoreBatch& batch, const std::string& key) {
    batch.put(Keyspace::kSlots, key,
              replica::encode_slot({2, stamp_at(kPresentMs, 0, 1), must(encode_value(Value(9)))}));
  });
  BOOST_TEST(message.find("c/r/f") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(a_slot_with_another_stamp_does_not_verify) {
  verified_after([](StoreBatch& batch, const std::string& key) {
    batch.put(Keyspace::kSlots, key,
              replica::encode_slot({2, stamp_at(kPresentMs, 5, 1), must(encode_value(Value(1)))}));
  });
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_missing_does_not_verify) {
  verified_after(
      [](StoreBatch& batch, const std::string& key) { batch.erase(Keyspace::kSlots, key); });
}

BOOST_AUTO_TEST_CASE(a_slot_too_many_does_not_verify) {
  verified_after([](StoreBatch& batch, const std::string& key) {
    batch.put(Keyspace::kSlots, key + "x",
              replica::encode_slot({2, stamp_at(kPresentMs), must(encode_value(Value(1)))}));
  });
}

BOOST_AUTO_TEST_CASE(a_log_entry_that_is_missing_does_not_verify) {
  verified_after([](StoreBatch& batch, const std::string&) {
    batch.erase(Keyspace::kLog, replica::sequence_key(1));
  });
}

BOOST_AUTO_TEST_CASE(a_log_entry_that_cannot_be_decoded_does_not_verify) {
  verified_after([](StoreBatch& batch, const std::string&) {
    batch.put(Keyspace::kLog, replica::sequence_key(1), "\x01\x01");
  });
}

BOOST_AUTO_TEST_CASE(two_devices_that_sync_hold_the_same_slots) {
  Device a({}, 1);
  Device b({}, 2);
  TinyServer server;
  a.put("c", "r", {{"f", Value("a")}});
  b.put("c", "r", {{"f", Value("b")}});
  b.put("c", "s", {{"f", Value("b")}});
  for (int round = 0; round < 4; ++round) {
    server.round(a);
    server.round(b);
  }
  BOOST_TEST((slots_of(a.store()) == slots_of(b.store())));
  BOOST_TEST(a.read("c", "r") == R"({"f":"b"})");
}

BOOST_AUTO_TEST_CASE(memory_of_the_last_exchange_survives_reopening) {
  Device device;
  BOOST_TEST(!must(device.replication().recall()).enabled);
  SyncMemory memory;
  memory.enabled = true;
  memory.last_success_ms = kPresentMs;
  memory.last_error = Error{Code::kBusy, "come back later"};
  memory.last_error_ms = kPresentMs - 1;
  must(device.replication().remember(memory));
  device.reopen();
  const SyncMemory recalled = must(device.replication().recall());
  BOOST_TEST(recalled.enabled);
  BOOST_TEST(recalled.last_success_ms == kPresentMs);
  BOOST_TEST(recalled.last_error_ms == kPresentMs - 1);
  BOOST_REQUIRE(recalled.last_error.has_value());
  BOOST_TEST((recalled.last_error->code == Code::kBusy));
  BOOST_TEST(recalled.last_error->message == "come back later");
}

BOOST_AUTO_TEST_CASE(regression_a_page_and_whether_it_was_the_last_are_one_commit) {
  Device device;
  BOOST_TEST(!device.state().complete);
  take(device, page_of({}, kPresentMs));
  BOOST_TEST(device.state().complete);
  SyncMemory memory;
  memory.enabled = true;
  must(device.replication().remember(memory));
  BOOST_TEST(device.state().complete);
  SyncReply more =
      page_of(remote_record("c", "r", "f", Value(1), stamp_at(kPresentMs)), kPresentMs, 2);
  more.pull->remaining = 1;
  const int before = device.store().commits();
  take(device, more);
  BOOST_TEST(device.store().commits() == before + 1);
  device.reopen();
  BOOST_TEST(!device.state().complete);
  BOOST_TEST(must(device.replication().recall()).enabled);
}

BOOST_AUTO_TEST_CASE(that_the_server_has_more_survives_reopening) {
  Device device;
  take(device, page_of({}, kPresentMs));
  must(device.replication().expect_more());
  device.reopen();
  BOOST_TEST(!device.state().complete);
  take(device, page_of({}, kPresentMs));
  BOOST_TEST(device.state().complete);
  // A reply without a page says nothing of what the server has.
  take(device, reply_at(kPresentMs));
  BOOST_TEST(device.state().complete);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
