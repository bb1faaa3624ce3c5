#include "syncline/replica.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "replica/entries.hpp"
#include "syncline/limits.hpp"
#include "tests/engine/support/device.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

const std::string kSchema = R"({"name":"health","version":1,"collections":{
  "days":{"fields":{"water":{"merge":"counter"},"low":{"merge":"min"},"high":{"merge":"max"},
                    "tags":{"merge":"set"},"notes":{"merge":"map"},
                    "weight":{"type":"number"}},
          "groups":{"pressure":{"fields":["systolic","diastolic"]}}},
  "tasks":{"delete":"edit_revives","fields":{"low":{"merge":"min"}}}}})";

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(a_new_replica_has_an_identity_and_no_records) {
  Device device({}, 7);
  BOOST_TEST((device.replica().id() == ReplicaId{7}));
  BOOST_TEST(must(device.replica().collections()).empty());
  BOOST_TEST(device.read("days", "1") == "absent");
}

BOOST_AUTO_TEST_CASE(regression_a_second_replica_over_a_store_does_not_overwrite_the_log) {
  Device device;
  CountingRandom random(2);
  const auto second = must(Replica::open(device.store(), device.wall(), random));
  device.put("days", "1", {{"mood", Value("good")}});
  const auto written = second->write([](Transaction& t) {
    return t.put("days", "2", {{"mood", Value("bad")}});
  });
  BOOST_TEST(code_of(written) == "invalid_argument");
  device.patch("days", "1", {{"mood", Value("better")}});
  device.check_fold();
  BOOST_TEST(device.read("days", "2") == "absent");
}

BOOST_AUTO_TEST_CASE(an_identity_is_never_zero) {
  Device device({}, 0);
  BOOST_TEST((device.replica().id() == ReplicaId{1}));
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_opened_again_is_the_same) {
  Device device({}, 7);
  device.put("days", "1", {{"mood", Value("good")}});
  device.reopen();
  BOOST_TEST((device.replica().id() == ReplicaId{7}));
  BOOST_TEST(device.read("days", "1") == R"({"mood":"good"})");
  BOOST_TEST(device.state().pending_ops == 2U);
}

BOOST_AUTO_TEST_CASE(a_schema_stays_in_force_when_none_is_given) {
  Device device(kSchema);
  device.reopen(std::nullopt);
  BOOST_REQUIRE(device.replica().schema().id().has_value());
  BOOST_TEST(device.replica().schema().id()->name == "health");
}

BOOST_AUTO_TEST_CASE(another_schema_replaces_the_one_before) {
  Device device(kSchema);
  device.reopen(R"({"name":"other","version":2,"collections":{}})");
  device.reopen(std::nullopt);
  BOOST_TEST(device.replica().schema().id()->name == "other");
}

BOOST_AUTO_TEST_CASE(a_schema_that_is_not_valid_opens_nothing_and_stores_nothing) {
  const auto store = make_memory_store();
  ManualWall wall;
  CountingRandom random;
  BOOST_TEST(code_of(Replica::open(*store, wall, random, R"({"name":"n"})")) == "schema_invalid");
  BOOST_TEST(must(must(store->snapshot())->count(Keyspace::kMeta)) == 0U);
}

BOOST_AUTO_TEST_CASE(opening_again_without_news_commits_nothing) {
  Device device(kSchema);
  const int before = device.store().commits();
  device.reopen();
  BOOST_TEST(device.store().commits() == before);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_commit_opens_no_new_replica) {
  const auto inner = make_memory_store();
  FaultyStore store(*inner);
  store.fail_commits(true);
  ManualWall wall;
  CountingRandom random;
  BOOST_TEST(code_of(Replica::open(store, wall, random)) == "store_io");
}

BOOST_AUTO_TEST_CASE(each_entry_that_cannot_be_decoded_is_named) {
  for (const std::string_view name :
       {replica::kHeadName, replica::kReplicaName, replica::kProgressName}) {
    BOOST_TEST_CONTEXT(name) {
      Device device;
      StoreBatch batch;
      batch.put(Keyspace::kMeta, std::string(name), "?");
      must(device.store().commit(batch));
      ManualWall wall;
      CountingRandom random;
      const auto opened = Replica::open(device.store(), wall, random);
      BOOST_TEST(code_of(opened) == "store_corrupt");
      BOOST_TEST(message_of(opened).find(name) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_store_without_its_head_is_corrupt) {
  Device device;
  StoreBatch batch;
  batch.erase(Keyspace::kMeta, std::string(replica::kHeadName));
  must(device.store().commit(batch));
  ManualWall wall;
  CountingRandom random;
  BOOST_TEST(code_of(Replica::open(device.store(), wall, random)) == "store_corrupt");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(put_clears_the_fields_that_it_does_not_name) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}, {"b", Value(2)}});
  device.put("days", "1", {{"b", Value(3)}, {"c", Value(4)}});
  BOOST_TEST(device.read("days", "1") == R"({"b":3,"c":4})");
}

BOOST_AUTO_TEST_CASE(patch_leaves_the_fields_that_it_does_not_name) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}, {"b", Value(2)}});
  device.patch("days", "1", {{"b", Value(3)}});
  BOOST_TEST(device.read("days", "1") == R"({"a":1,"b":3})");
}

BOOST_AUTO_TEST_CASE(regression_put_of_a_deleted_record_brings_back_nothing_that_it_does_not_name) {
  Device device(kSchema);
  device.put("days", "1", {{"mood", Value("good")}});
  device.erase("days", "1");
  // An edit that did not know of the deletion, and lost to it.
  const Stamp later = stamp_at(kPresentMs + 1);
  const Value parts(Value::Object{{"diastolic", Value(80)}, {"systolic", Value(120)}});
  take(device, page_of(std::vector<Op>{op_of("days", "1", "mood", later, Value("bad")),
                                       op_of("days", "1", "pressure", later, parts)},
                       kPresentMs));
  BOOST_TEST(device.read("days", "1") == "absent");
  device.put("days", "1", {{"systolic", Value(110)}, {"weight", Value(70)}});
  BOOST_TEST(device.read("days", "1") == R"({"systolic":110,"weight":70})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(put_leaves_what_accumulates) {
  Device device(kSchema);
  device.patch("days", "1",
               {{"water", Value(5)},
                {"low", Value(3)},
                {"high", Value(9)},
                {"tags", Value(Value::Array{Value("x")})},
                {"weight", Value(70)}});
  device.put("days", "1", {{"mood", Value("ok")}});
  BOOST_TEST(device.read("days", "1") == R"({"high":9,"low":3,"mood":"ok","tags":[],"water":5})");
}

BOOST_AUTO_TEST_CASE(an_empty_put_makes_a_record_without_fields) {
  Device device;
  device.put("days", "1", {});
  BOOST_TEST(device.read("days", "1") == "{}");
}

BOOST_AUTO_TEST_CASE(an_empty_patch_of_a_record_that_exists_writes_nothing) {
  Device device(kSchema);
  device.put("tasks", "1", {});
  const auto before = log_of(device).size();
  device.patch("tasks", "1", {});
  BOOST_TEST(log_of(device).size() == before);
}

BOOST_AUTO_TEST_CASE(regression_a_change_that_writes_nothing_does_not_revive) {
  Device device(kSchema);
  device.patch("tasks", "1", {{"low", Value(1)}});
  const auto before = log_of(device).size();
  device.patch("tasks", "1", {{"low", Value(2)}});
  BOOST_TEST(log_of(device).size() == before);
}

BOOST_AUTO_TEST_CASE(removing_from_a_record_that_does_not_exist_does_not_make_it) {
  Device device(kSchema);
  device.write([](Transaction& t) { return t.remove("days", "1", "tags", {Value("x")}); });
  device.write([](Transaction& t) { return t.clear_key("days", "1", "notes", "k"); });
  BOOST_TEST(device.read("days", "1") == "absent");
  BOOST_TEST(log_of(device).empty());
}

BOOST_AUTO_TEST_CASE(clear_removes_a_field) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}, {"b", Value(2)}});
  device.write([](Transaction& t) { return t.clear("days", "1", "a"); });
  BOOST_TEST(device.read("days", "1") == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(clear_of_a_record_that_does_not_exist_writes_nothing) {
  Device device;
  device.write([](Transaction& t) { return t.clear("days", "1", "a"); });
  BOOST_TEST(device.state().log_ops == 0U);
}

BOOST_AUTO_TEST_CASE(the_collection_that_stands_for_all_takes_no_new_record) {
  Device device;
  const auto put = device.replica().write([](Transaction& t) {
    return t.put("*", "r", {{"f", Value(1)}});
  });
  BOOST_TEST(code_of(put) == "key_malformed");
  BOOST_TEST(message_of(put).find("\"*\"") != std::string::npos);
  BOOST_TEST(device.read("*", "r") == "absent");
}

BOOST_AUTO_TEST_CASE(a_deleted_record_is_absent_and_can_be_written_again) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}, {"b", Value(2)}});
  BOOST_TEST(device.erase("days", "1"));
  BOOST_TEST(device.read("days", "1") == "absent");
  device.patch("days", "1", {{"b", Value(3)}});
  BOOST_TEST(device.read("days", "1") == R"({"b":3})");
}

BOOST_AUTO_TEST_CASE(deleting_what_is_not_there_answers_so_and_writes_nothing) {
  Device device;
  BOOST_TEST(!device.erase("days", "1"));
  BOOST_TEST(device.state().log_ops == 0U);
}

BOOST_AUTO_TEST_CASE(parts_of_a_group_are_one_slot) {
  Device device(kSchema);
  device.patch("days", "1", {{"systolic", Value(120)}, {"diastolic", Value(80)}});
  BOOST_TEST(log_of(device).size() == 2U);  // live and the group
  device.patch("days", "1", {{"systolic", Value(130)}});
  BOOST_TEST(device.read("days", "1") == R"({"diastolic":80,"systolic":130})");
  device.write([](Transaction& t) { return t.clear("days", "1", "systolic"); });
  BOOST_TEST(device.read("days", "1") == R"({"diastolic":80})");
}

BOOST_AUTO_TEST_CASE(a_group_is_written_through_its_parts_alone) {
  Device device(kSchema);
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.patch("days", "1", {{"pressure", Value(Value::Object())}});
             })) == "wrong_strategy");
}

BOOST_AUTO_TEST_CASE(every_strategy_is_reached_through_the_facade) {
  Device device(kSchema);
  device.write([](Transaction& t) -> Result<void> {
    must(t.increment("days", "1", "water", 250));
    must(t.increment("days", "1", "water", -50));
    must(t.add("days", "1", "tags", {Value("b"), Value("a")}));
    must(t.remove("days", "1", "tags", {Value("b")}));
    must(t.put_key("days", "1", "notes", "k", Value("v")));
    must(t.put_key("days", "1", "notes", "l", Value("w")));
    must(t.clear_key("days", "1", "notes", "l"));
    return t.patch("days", "1", {{"low", Value(4)}, {"high", Value(6)}});
  });
  BOOST_TEST(device.read("days", "1") ==
             R"({"high":6,"low":4,"notes":{"k":"v"},"tags":["a"],"water":200})");
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(one_mutation_takes_one_stamp) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}, {"b", Value(2)}});
  const auto log = log_of(device);
  BOOST_REQUIRE_EQUAL(log.size(), 3U);
  BOOST_TEST((log[0].op.stamp == log[1].op.stamp && log[1].op.stamp == log[2].op.stamp));
}

BOOST_AUTO_TEST_CASE(two_mutations_take_two_stamps) {
  Device device;
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("days", "1", {{"a", Value(1)}}));
    return t.patch("days", "1", {{"b", Value(2)}});
  });
  const auto log = log_of(device);
  BOOST_REQUIRE_EQUAL(log.size(), 3U);
  BOOST_TEST((log[1].op.stamp < log[2].op.stamp));
}

BOOST_AUTO_TEST_CASE(a_slot_that_a_transaction_writes_twice_is_one_op) {
  Device device;
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("days", "1", {{"a", Value(1)}}));
    return t.patch("days", "1", {{"a", Value(2)}});
  });
  BOOST_TEST(log_of(device).size() == 2U);
  BOOST_TEST(device.read("days", "1") == R"({"a":2})");
}

BOOST_AUTO_TEST_CASE(a_commit_larger_than_a_batch_is_several_log_entries) {
  Device device;
  device.write([](Transaction& t) -> Result<void> {
    for (std::size_t i = 0; i < kBatchOpsMax; ++i) {
      must(t.patch("days", std::to_string(i), {{"a", Value(1)}}));
    }
    return {};
  });
  BOOST_TEST(must(must(device.store().snapshot())->count(Keyspace::kLog)) == 2U);
  const auto log = log_of(device);
  BOOST_REQUIRE_EQUAL(log.size(), 2 * kBatchOpsMax);
  for (std::size_t i = 0; i < log.size(); ++i) BOOST_REQUIRE_EQUAL(log[i].sequence, i + 1);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_commit_of_large_values_is_several_log_entries_that_decode) {
  Device device;
  const Value large(std::string(65'000, 'x'));
  device.write([&](Transaction& t) -> Result<void> {
    for (int i = 0; i < 40; ++i) must(t.patch("days", std::to_string(i), {{"a", large}}));
    return {};
  });
  BOOST_TEST(must(must(device.store().snapshot())->count(Keyspace::kLog)) == 3U);
  device.check_fold();
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(all_or_nothing)

BOOST_AUTO_TEST_CASE(a_body_that_fails_leaves_nothing) {
  Device device;
  const Slots before = slots_of(device.store());
  const auto done = device.replica().write([](Transaction& t) -> Result<void> {
    must(t.patch("days", "1", {{"a", Value(1)}}));
    return fail(Code::kInvalidArgument, "changed my mind");
  });
  BOOST_TEST(message_of(done) == "changed my mind");
  BOOST_TEST(device.read("days", "1") == "absent");
  BOOST_TEST((slots_of(device.store()) == before));
  BOOST_TEST(device.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_leaves_nothing) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}});
  device.store().fail_commits(true);
  const auto done = device.replica().write([](Transaction& t) {
    return t.patch("days", "1", {{"a", Value(2)}});
  });
  BOOST_TEST(code_of(done) == "store_io");
  device.store().fail_commits(false);
  BOOST_TEST(device.read("days", "1") == R"({"a":1})");
  BOOST_TEST(device.state().log_ops == 2U);
  device.patch("days", "1", {{"a", Value(3)}});
  BOOST_TEST(device.read("days", "1") == R"({"a":3})");
  BOOST_TEST(device.state().log_ops == 3U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_takes_the_clock_back) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}});
  const Stamp first = log_of(device).back().op.stamp;
  device.wall().set(kYear2262Ms);
  device.store().fail_commits(true);
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.patch("days", "1", {{"a", Value(2)}});
             })) == "store_io");
  device.store().fail_commits(false);
  device.wall().set(kPresentMs);
  device.patch("days", "1", {{"a", Value(3)}});
  const Stamp next = log_of(device).back().op.stamp;
  BOOST_TEST(
      (next.time == HybridTime(kPresentMs, static_cast<std::uint16_t>(first.time.counter() + 1))));
}

BOOST_AUTO_TEST_CASE(a_body_that_fails_takes_the_clock_back) {
  Device device;
  device.wall().set(kYear2262Ms);
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) -> Result<void> {
               must(t.patch("days", "1", {{"a", Value(2)}}));
               return fail(Code::kInvalidArgument, "no");
             })) == "invalid_argument");
  device.wall().set(kPresentMs);
  device.put("days", "1", {{"a", Value(1)}});
  BOOST_TEST(log_of(device).back().op.stamp.time.milliseconds() == kPresentMs);
}

BOOST_AUTO_TEST_CASE(regression_members_fail_with_the_codes_that_their_header_names) {
  Device device(kSchema);
  Value deep(1);
  for (std::size_t i = 0; i <= kValueDepthMax; ++i) deep = Value(Value::Array{deep});
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  device.write([&](Transaction& t) -> Result<void> {
    const auto patched = [&t](std::string_view field, const Value& value) {
      return code_of(t.patch("days", "1", {{std::string(field), value}}));
    };
    BOOST_TEST(patched("a", deep) == "value_too_deep");
    BOOST_TEST(patched("a", Value(std::numeric_limits<double>::infinity())) == "value_not_finite");
    BOOST_TEST(patched("a", Value("\xFF")) == "string_not_utf8");
    BOOST_TEST(patched("pressure", Value(1)) == "wrong_strategy");
    must(t.increment("days", "1", "water", -2));
    BOOST_TEST(patched("water", Value(most)) == "counter_overflow");
    BOOST_TEST(code_of(t.clear("days", "1", "pressure")) == "wrong_strategy");
    return {};
  });
  const std::string long_name(kCollectionBytesMax + 1, 'c');
  const auto any = [](const Record&) { return true; };
  BOOST_TEST(code_of(device.replica().scan(long_name, {}, any)) == "key_too_long");
  BOOST_TEST(code_of(value_from_json("\"\xFF\"")) == "json_malformed");
}

BOOST_AUTO_TEST_CASE(regression_a_member_that_fails_takes_back_its_writes_and_no_others) {
  Device device(kSchema);
  const Fields first{{"a", Value(1)}, {"systolic", Value(120)}};
  device.write([&first](Transaction& t) -> Result<void> {
    // Of a record that is not there: nothing of it may stay.
    const Fields bad{{"a", Value(2)}, {"systolic", Value(110)}, {"weight", Value("heavy")}};
    BOOST_TEST(code_of(t.put("days", "1", bad)) == "type_mismatch");
    BOOST_TEST(!must(t.get("days", "1")).has_value());
    must(t.put("days", "1", first));
    for (int i = 0; i < 2; ++i) {
      BOOST_TEST(code_of(t.put("days", "1", bad)) == "type_mismatch");
      BOOST_TEST((must(t.get("days", "1"))->fields == first));
    }
    return t.put_key("days", "1", "notes", "k", Value("v"));
  });
  BOOST_TEST(device.read("days", "1") == R"({"a":1,"notes":{"k":"v"},"systolic":120})");
  BOOST_TEST(log_of(device).size() == 4U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_member_that_fails_leaves_the_transaction_as_it_was) {
  Device device(kSchema);
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("days", "1", {{"a", Value(1)}}));
    const auto bad = t.patch("days", "1", {{"a", Value(2)}, {"weight", Value("heavy")}});
    BOOST_TEST(code_of(bad) == "type_mismatch");
    const auto seen = must(t.get("days", "1"));
    BOOST_REQUIRE(seen.has_value());
    BOOST_TEST((seen->fields == Fields{{"a", Value(1)}}));
    return {};
  });
  BOOST_TEST(device.read("days", "1") == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_transaction_sees_what_it_wrote_and_others_do_not) {
  Device device;
  device.put("days", "1", {{"a", Value(1)}});
  device.write([&](Transaction& t) -> Result<void> {
    must(t.patch("days", "1", {{"a", Value(2)}}));
    BOOST_TEST((must(t.get("days", "1"))->fields == Fields{{"a", Value(2)}}));
    BOOST_TEST(device.read("days", "1") == R"({"a":1})");
    BOOST_TEST(must(t.erase("days", "1")));
    BOOST_TEST(!must(t.get("days", "1")).has_value());
    must(t.patch("days", "1", {{"b", Value(3)}}));
    BOOST_TEST((must(t.get("days", "1"))->fields == Fields{{"b", Value(3)}}));
    return {};
  });
  BOOST_TEST(device.read("days", "1") == R"({"b":3})");
}

BOOST_AUTO_TEST_CASE(a_transaction_that_writes_nothing_commits_nothing) {
  Device device;
  const int before = device.store().commits();
  device.write([](Transaction& t) -> Result<void> {
    BOOST_TEST(!must(t.get("days", "1")).has_value());
    return {};
  });
  BOOST_TEST(device.store().commits() == before);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(limits)

template <typename Body>
std::string code_when(Device& device, const Body& body) {
  const auto before = device.state().log_ops;
  const std::string code = code_of(device.replica().write(body));
  BOOST_TEST((code == "none" || device.state().log_ops == before));
  return code;
}

BOOST_AUTO_TEST_CASE(names_beyond_their_limits_are_refused) {
  Device device;
  const auto patch = [&](const std::string& collection, const std::string& record,
                         const std::string& field) {
    return code_when(device, [&](Transaction& t) {
      return t.patch(collection, record, {{field, Value(1)}});
    });
  };
  BOOST_TEST(patch(std::string(64, 'c'), std::string(128, 'r'), std::string(64, 'f')) == "none");
  BOOST_TEST(patch(std::string(65, 'c'), "r", "f") == "key_too_long");
  BOOST_TEST(patch("c", std::string(129, 'r'), "f") == "key_too_long");
  BOOST_TEST(patch("c", "r", std::string(65, 'f')) == "key_too_long");
  BOOST_TEST(patch("", "r", "f") == "key_malformed");
  BOOST_TEST(patch("c", "", "f") == "key_malformed");
  BOOST_TEST(patch("c", "r", "") == "key_malformed");
  BOOST_TEST(patch("c\n", "r", "f") == "key_malformed");
  BOOST_TEST(patch("c", "\xFF", "f") == "key_malformed");
}

BOOST_AUTO_TEST_CASE(reading_refuses_the_same_names) {
  Device device;
  BOOST_TEST(code_of(device.replica().get("", "r")) == "key_malformed");
  BOOST_TEST(code_of(device.replica().get("c", std::string(129, 'r'))) == "key_too_long");
  BOOST_TEST(code_of(device.replica().scan("", {}, [](const Record&) { return true; })) ==
             "key_malformed");
}

BOOST_AUTO_TEST_CASE(a_key_of_a_map_has_its_limits) {
  Device device(kSchema);
  const auto put_key = [&](const std::string& key) {
    return code_when(
        device, [&](Transaction& t) { return t.put_key("days", "1", "notes", key, Value(1)); });
  };
  BOOST_TEST(put_key(std::string(240, 'k')) == "none");
  BOOST_TEST(put_key(std::string(241, 'k')) == "key_too_long");
  BOOST_TEST(put_key("") == "key_malformed");
  BOOST_TEST(put_key("\xFF") == "key_malformed");
}

BOOST_AUTO_TEST_CASE(values_beyond_their_limits_are_refused) {
  Device device;
  const auto put = [&](const Value& value) {
    return code_when(device, [&](Transaction& t) { return t.patch("c", "r", {{"f", value}}); });
  };
  BOOST_TEST(put(Value(std::string(kValueBytesMax - 4, 'x'))) == "none");
  BOOST_TEST(put(Value(std::string(kValueBytesMax - 3, 'x'))) == "value_too_large");
  BOOST_TEST(put(Value("\xFF")) == "string_not_utf8");
  BOOST_TEST(put(Value(std::numeric_limits<double>::quiet_NaN())) == "value_not_finite");
  Value deep;
  for (std::size_t i = 0; i <= kValueDepthMax; ++i) deep = Value(Value::Array{deep});
  BOOST_TEST(put(deep) == "value_too_deep");
}

BOOST_AUTO_TEST_CASE(a_group_of_large_parts_is_refused_as_a_whole) {
  Device device(kSchema);
  const Value half(std::string(kValueBytesMax / 2, 'x'));
  BOOST_TEST(code_when(device, [&](Transaction& t) {
               return t.patch("days", "1", {{"systolic", half}, {"diastolic", half}});
             }) == "value_too_large");
}

BOOST_AUTO_TEST_CASE(a_change_that_the_strategy_does_not_offer_is_refused) {
  Device device(kSchema);
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.increment("days", "1", "weight", 1);
             }) == "wrong_strategy");
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.add("days", "1", "water", {Value(1)});
             }) == "wrong_strategy");
}

BOOST_AUTO_TEST_CASE(a_counter_that_would_overflow_is_refused) {
  Device device(kSchema);
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  device.increment("days", "1", "water", kMax);
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.increment("days", "1", "water", 1);
             }) == "counter_overflow");
}

BOOST_AUTO_TEST_CASE(regression_the_total_of_all_replicas_does_not_overflow) {
  Device a(kSchema, 1);
  Device b(kSchema, 2);
  TinyServer server;
  a.increment("days", "1", "water", std::numeric_limits<std::int64_t>::max());
  server.round(a);
  server.round(b);
  BOOST_TEST(code_when(b, [](Transaction& t) { return t.increment("days", "1", "water", 1); }) ==
             "counter_overflow");
}

BOOST_AUTO_TEST_CASE(a_transaction_holds_a_hundred_thousand_ops_and_no_more) {
  Device device;
  BOOST_TEST(code_when(device, [](Transaction& t) -> Result<void> {
               for (std::size_t i = 0; i < kTransactionOpsMax / 2; ++i) {
                 must(t.patch("c", std::to_string(i), {{"f", Value(1)}}));
               }
               const auto more = t.patch("c", "more", {});
               BOOST_TEST(code_of(more) == "transaction_too_large");
               return {};
             }) == "none");
  BOOST_TEST(device.state().log_ops == kTransactionOpsMax);
  BOOST_TEST(device.read("c", "more") == "absent");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(stamps)

HybridTime last_time(Device& device) { return log_of(device).back().op.stamp.time; }

BOOST_AUTO_TEST_CASE(stamps_go_on_after_reopening) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  const HybridTime before = last_time(device);
  device.reopen();
  device.patch("c", "s", {{"f", Value(2)}});
  BOOST_TEST((last_time(device) > before));
}

BOOST_AUTO_TEST_CASE(stamps_ascend_while_the_wall_clock_goes_back) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  HybridTime before = last_time(device);
  for (const std::int64_t wall : {kPresentMs - 1, kPresentMs - 86'400'000, std::int64_t{0},
                                  std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    device.wall().set(wall);
    device.reopen();
    device.patch("c", "r", {{"f", Value(2)}});
    BOOST_TEST((last_time(device) > before));
    before = last_time(device);
  }
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_exhausted_clock_writes_nothing) {
  Device device;
  device.wall().set(kMillisecondsMax);
  device.put("c", "r", {{"f", Value(1)}});
  StoreBatch batch;
  replica::Head head{{HybridTime::from_packed(~std::uint64_t{0}), {}, 0}, device.state().log_ops};
  batch.put(Keyspace::kMeta, std::string(replica::kHeadName), replica::encode_head(head));
  must(device.store().commit(batch));
  device.reopen();
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.patch("c", "r", {{"f", Value(2)}});
             })) == "clock_exhausted");
  BOOST_TEST(device.read("c", "r") == R"({"f":1})");
}

BOOST_AUTO_TEST_CASE(a_correction_that_was_learnt_is_used_and_persisted) {
  Device device;
  device.wall().set(kPresentMs - 3'600'000);
  take(device, reply_at(kPresentMs));
  device.reopen();
  device.put("c", "r", {{"f", Value(1)}});
  BOOST_TEST(last_time(device).milliseconds() == kPresentMs);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
