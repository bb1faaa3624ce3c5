#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/conflicts.hpp"
#include "tests/engine/support/scripted_strategy.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/two_devices.hpp"

namespace syncline::test {
namespace {

// A device whose record loses against another's, which arrives with the next page.
struct Loser {
  explicit Loser(std::string_view schema = kConflictSchema) : device(std::string(schema)) {
    device.put("days", "d", {{"mood", Value("fair")}});
    acknowledge_all(device);
    device.wall().advance(1000);
  }

  void change(const Replica::Body& body) { device.write(body); }
  void lose_to(const std::vector<Op>& ops) {
    take(device, page_of(ops, device.wall().now_ms(), ++sequence));
  }
  // The record is deleted elsewhere, later than all that was written here.
  void lose_to_deletion() {
    device.wall().advance(1000);
    lose_to({op_of("days", "d", "", stamp_at(device.wall().now_ms()), Value(true), kDeadElement)});
    device.wall().advance(1000);
  }
  void restore_all() {
    for (const Conflict& conflict : conflicts_of(device))
      must(device.replica().conflicts().restore(conflict.id));
  }

  Device device;
  std::uint64_t sequence = 1;
};

BOOST_AUTO_TEST_SUITE(conflict_restore)

BOOST_AUTO_TEST_CASE(is_a_new_write_that_wins) {
  Loser loser;
  loser.change([](Transaction& t) { return t.patch("days", "d", {{"mood", Value("bad")}}); });
  const std::int64_t now = loser.device.wall().now_ms();
  loser.lose_to({op_of("days", "d", "mood", stamp_at(now + 500), Value("good"))});
  BOOST_TEST(loser.device.read("days", "d") == R"({"mood":"good"})");
  acknowledge_all(loser.device);
  loser.restore_all();
  BOOST_TEST(loser.device.read("days", "d") == R"({"mood":"bad"})");
  BOOST_TEST(conflicts_of(loser.device).empty());
  const auto settled = conflicts_of(loser.device, {.settled = true});
  BOOST_REQUIRE_EQUAL(settled.size(), 1U);
  BOOST_TEST((settled.front().state == ConflictState::kRestored));
  // The write and the state are pending together.
  BOOST_TEST(loser.device.state().pending_ops == 2U);
}

BOOST_AUTO_TEST_CASE(brings_back_what_a_deletion_took_by_every_rule) {
  Loser loser;
  loser.change([](Transaction& t) -> Result<void> {
    must(t.patch("days", "d",
                 {{"mood", Value("bad")},
                  {"best", Value(9)},
                  {"worst", Value(2)},
                  {"plan", Value(Value::Array{Value("rest")})},
                  {"note", Value("slept late")},
                  {"systolic", Value(120)},
                  {"diastolic", Value(80)}}));
    must(t.increment("days", "d", "water", 250));
    must(t.add("days", "d", "tags", {Value("a"), Value("b")}));
    must(t.add("days", "d", "courses", {Value("soup"), Value("cake")}));
    return t.put_key("days", "d", "sizes", "waist", Value(81));
  });
  const std::string before = loser.device.read("days", "d");
  loser.lose_to_deletion();
  BOOST_TEST(loser.device.read("days", "d") == "absent");
  loser.restore_all();
  // Items of a list are at its end, in the order in which they were restored.
  std::string after = loser.device.read("days", "d");
  const auto swapped = after.find(R"(["cake","soup"])");
  if (swapped != std::string::npos) after.replace(swapped, 15, R"(["soup","cake"])");
  BOOST_TEST(after == before);
  loser.device.check_fold();
}

BOOST_AUTO_TEST_CASE(adds_to_what_there_is_by_now) {
  Loser loser;
  loser.change([](Transaction& t) -> Result<void> {
    must(t.patch("days", "d",
                 {{"plan", Value(Value::Array{Value("rest")})}, {"note", Value("slept late")}}));
    return t.increment("days", "d", "water", 250);
  });
  loser.lose_to_deletion();
  loser.change([](Transaction& t) -> Result<void> {
    must(t.patch("days", "d",
                 {{"plan", Value(Value::Array{Value("run")})}, {"note", Value("new")}}));
    return t.increment("days", "d", "water", 100);
  });
  loser.restore_all();
  BOOST_TEST(loser.device.read("days", "d") ==
             R"({"note":"new\n\nslept late","plan":["run","rest"],"water":350})");
}

BOOST_AUTO_TEST_CASE(a_removed_key_and_an_edited_item_come_back) {
  Loser loser;
  loser.change([](Transaction& t) -> Result<void> {
    must(t.put_key("days", "d", "sizes", "waist", Value(80)));
    return t.add("days", "d", "courses", {Value("soup")});
  });
  const auto push = next_push(loser.device);
  const auto item = must(decode_own_batch(push.ops)).back();
  BOOST_REQUIRE(item.key.field() == "courses");
  acknowledge_all(loser.device);
  loser.device.wall().advance(1000);
  loser.change([](Transaction& t) -> Result<void> {
    must(t.put_key("days", "d", "sizes", "waist", Value(81)));
    return t.put_at("days", "d", "courses", 0, Value("stew"));
  });
  const Stamp later = stamp_at(loser.device.wall().now_ms() + 500);
  loser.lose_to(
      {{item.key, later, std::string(kTombstone)},
       {must(SlotKey::make("days", "d", "sizes", "waist")), later, std::string(kTombstone)}});
  BOOST_TEST(summary_of(loser.device) ==
             "days/d courses list: lost [\"stew\"]\ndays/d sizes map: lost {\"waist\":81}\n");
  loser.restore_all();
  BOOST_TEST(loser.device.read("days", "d") ==
             R"({"courses":["stew"],"mood":"fair","sizes":{"waist":81}})");
}

BOOST_AUTO_TEST_CASE(moving_an_item_that_is_moved_elsewhere_loses_nothing) {
  Loser loser;
  loser.change([](Transaction& t) {
    return t.add("days", "d", "courses", {Value("soup"), Value("cake")});
  });
  acknowledge_all(loser.device);
  loser.device.wall().advance(1000);
  loser.change([](Transaction& t) { return t.move("days", "d", "courses", 0, 1); });
  auto moved = must(decode_own_batch(next_push(loser.device).ops)).front();
  moved.stamp = stamp_at(loser.device.wall().now_ms() + 500);
  moved.value = std::string(kTombstone);
  loser.lose_to({moved});
  BOOST_TEST(summary_of(loser.device) == "");
}

BOOST_AUTO_TEST_CASE(happens_once_and_a_dismissal_can_be_thought_over) {
  Loser loser;
  loser.change([](Transaction& t) { return t.increment("days", "d", "water", 250); });
  loser.lose_to_deletion();
  const auto found = conflicts_of(loser.device);
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  Conflicts& conflicts = loser.device.replica().conflicts();
  must(conflicts.dismiss(found.front().id));
  BOOST_TEST(conflicts_of(loser.device).empty());
  must(conflicts.restore(found.front().id));
  BOOST_TEST(loser.device.read("days", "d") == R"({"water":250})");
  const auto again = conflicts.restore(found.front().id);
  BOOST_REQUIRE(!again);
  BOOST_TEST(code_name(again.error().code) == "invalid_argument");
  BOOST_TEST(loser.device.read("days", "d") == R"({"water":250})");
}

// What was written later than the deletion counts again as soon as there is a record.
BOOST_AUTO_TEST_CASE(regression_of_an_edit_later_than_the_deletion_adds_nothing_twice) {
  Loser loser;
  const std::int64_t deleted_ms = loser.device.wall().now_ms();
  loser.device.wall().advance(1000);
  loser.change([](Transaction& t) -> Result<void> {
    must(t.patch("days", "d",
                 {{"plan", Value(Value::Array{Value("rest")})}, {"note", Value("slept late")}}));
    must(t.add("days", "d", "courses", {Value("soup")}));
    return t.increment("days", "d", "water", 250);
  });
  const std::string before =
      R"({"courses":["soup"],"note":"slept late","plan":["rest"],"water":250})";
  loser.lose_to({op_of("days", "d", "", stamp_at(deleted_ms), Value(true), kDeadElement)});
  BOOST_TEST(loser.device.read("days", "d") == "absent");
  BOOST_TEST(conflicts_of(loser.device).size() == 4U);
  must(loser.device.replica().conflicts().restore(conflicts_of(loser.device).front().id));
  // A counter follows the deletion that it had seen.
  BOOST_TEST(loser.device.read("days", "d").starts_with(before.substr(0, before.find(",\"water"))));
  loser.restore_all();
  BOOST_TEST(loser.device.read("days", "d") == before);
  BOOST_TEST(conflicts_of(loser.device).empty());
  loser.device.check_fold();
}

BOOST_AUTO_TEST_CASE(regression_what_was_restored_is_not_dismissed_and_restored_again) {
  Loser loser;
  loser.change([](Transaction& t) { return t.increment("days", "d", "water", 250); });
  loser.lose_to_deletion();
  const std::string id = conflicts_of(loser.device).front().id;
  Conflicts& conflicts = loser.device.replica().conflicts();
  must(conflicts.restore(id));
  BOOST_TEST(code_of(conflicts.dismiss(id)) == "invalid_argument");
  BOOST_TEST(code_of(conflicts.restore(id)) == "invalid_argument");
  BOOST_TEST(loser.device.read("days", "d") == R"({"water":250})");
}

// The slot that lost is there, and the field is read from elsewhere by now.
BOOST_AUTO_TEST_CASE(regression_of_a_field_that_became_a_part_of_a_group_shows_it) {
  TinyServer server;
  Device old;
  Device current(std::string(kConflictSchema), 2);
  old.put("days", "d", {{"mood", Value("fair")}});
  exchange(server, old, current);
  current.wall().advance(1000);
  current.erase("days", "d");
  old.wall().advance(2000);
  old.patch("days", "d", {{"systolic", Value(120)}});
  server.round(current);
  exchange(server, old, current);
  current.wall().advance(2000);
  current.patch("days", "d", {{"mood", Value("good")}});
  BOOST_TEST(current.read("days", "d") == R"({"mood":"good"})");
  must(current.replica().conflicts().restore(conflicts_of(current).front().id));
  BOOST_TEST(current.read("days", "d") == R"({"mood":"good","systolic":120})");
}

BOOST_AUTO_TEST_CASE(are_listed_by_record_and_by_time) {
  Loser loser;
  std::vector<std::int64_t> times_ms;
  for (const char* record : {"a", "b", "c"}) {
    loser.change([&](Transaction& t) {
      return t.patch("days", record, {{"mood", Value(record)}});
    });
    times_ms.push_back(loser.device.wall().now_ms() + 500);
    loser.lose_to({op_of("days", record, "mood", stamp_at(times_ms.back()), Value("good"))});
    loser.device.wall().advance(1000);
  }
  const auto listed = [&](const ConflictFilter& filter) {
    std::string records;
    for (const Conflict& conflict : conflicts_of(loser.device, filter)) records += conflict.record;
    return records;
  };
  BOOST_TEST(listed({}) == "cba");
  BOOST_TEST(listed({.collection = "days", .record = "b"}) == "b");
  BOOST_TEST(listed({.collection = "nights", .record = "b"}) == "");
  BOOST_TEST(listed({.limit = 2}) == "cb");
  BOOST_TEST(listed({.from_ms = times_ms[1]}) == "cb");
  BOOST_TEST(listed({.from_ms = times_ms[1] + 1}) == "c");
  BOOST_TEST(listed({.until_ms = times_ms[1]}) == "a");
  BOOST_TEST(listed({.from_ms = times_ms[1], .until_ms = times_ms[2]}) == "b");
  BOOST_TEST(listed({.limit = 1, .until_ms = times_ms[2]}) == "b");
  BOOST_TEST(listed({.until_ms = -1}) == "");
}

BOOST_AUTO_TEST_CASE(of_what_is_not_there_is_an_error) {
  Device device;
  for (const char* id : {"", "x", "018bcfe56800-00000000000000000000000000000000"}) {
    const auto done = device.replica().conflicts().restore(id);
    BOOST_REQUIRE(!done);
    BOOST_TEST(code_name(done.error().code) == "not_found");
    BOOST_TEST(!device.replica().conflicts().dismiss(id));
  }
}

// A slot for each member of an object, in which its value is; a put replaces them all.
Strategies members() {
  const auto write = [](const strategy::Mutation& mutation, ScriptedStrategy::Slots slots,
                        const strategy::WriteContext&) -> ScriptedStrategy::Writes {
    const Value::Object& put = *std::get<strategy::Put>(mutation).value.if_object();
    std::vector<strategy::SlotWrite> writes;
    for (const strategy::SlotView& slot : slots) {
      if (!put.contains(std::string(slot.element)))
        writes.push_back({std::string(slot.element), std::string(kTombstone)});
    }
    for (const auto& [name, value] : put) writes.push_back({name, must(encode_value(value))});
    return writes;
  };
  const auto resolve = [](ScriptedStrategy::Slots slots) {
    Value::Object shown;
    for (const strategy::SlotView& slot : slots) {
      if (slot.is_live())
        shown.insert_or_assign(std::string(slot.element), must(decode_value(slot.value)));
    }
    return Value(std::move(shown));
  };
  return strategies_of("members", std::make_shared<ScriptedStrategy>(write, resolve));
}

BOOST_AUTO_TEST_CASE(of_a_custom_field_brings_back_the_slot_and_leaves_the_others) {
  for (const bool is_registered : {true, false}) {
    Loser loser(R"({"name": "c", "version": 1, "collections": {"days": {
      "fields": {"dose": {"merge": "custom:members"}}}}})");
    loser.device.reopen(members());
    loser.change([](Transaction& t) {
      return t.patch("days", "d",
                     {{"dose", Value(Value::Object{{"am", Value(1)}, {"pm", Value(2)}})}});
    });
    const Stamp later = stamp_at(loser.device.wall().now_ms() + 500);
    loser.lose_to({op_of("days", "d", "dose", later, Value(9), "am")});
    loser.device.wall().advance(1000);
    BOOST_TEST(loser.device.read("days", "d") == R"({"dose":{"am":9,"pm":2},"mood":"fair"})");
    if (!is_registered) loser.device.reopen(Strategies());
    loser.restore_all();
    loser.device.reopen(members());
    BOOST_TEST(loser.device.read("days", "d") == R"({"dose":{"am":1,"pm":2},"mood":"fair"})");
    loser.device.check_fold();
  }
}

const std::string kBoundedSchema =
    R"({"name": "c", "version": 1, "collections": {}, "conflicts": {"keep": 2, "keep_days": 3}})";

BOOST_AUTO_TEST_CASE(what_was_written_long_ago_is_kept_from_when_it_was_found) {
  Loser loser(kBoundedSchema);
  const std::int64_t then = loser.device.wall().now_ms();
  for (const char* field : {"mood", "sleep"})
    loser.change([&](Transaction& t) { return t.patch("days", "d", {{field, Value("bad")}}); });
  loser.device.wall().advance(30 * 86'400'000LL);
  loser.lose_to({op_of("days", "d", "mood", stamp_at(then + 500), Value("good"))});
  loser.device.wall().advance(1000);
  loser.lose_to({op_of("days", "d", "sleep", stamp_at(then + 500), Value("good"))});
  BOOST_TEST(conflicts_of(loser.device).size() == 2U);
}

BOOST_AUTO_TEST_CASE(regression_what_is_found_again_is_not_kept_as_news) {
  Loser loser(kBoundedSchema);
  std::vector<Op> arriving;
  for (const char* field : {"mood", "sleep", "walk"}) {
    arriving.push_back(
        op_of("days", "e", field, stamp_at(loser.device.wall().now_ms() - 500), Value("good")));
    loser.change([&](Transaction& t) { return t.patch("days", "e", {{field, Value("bad")}}); });
  }
  loser.lose_to({arriving[0], arriving[1]});
  BOOST_TEST(conflicts_of(loser.device).size() == 2U);
  loser.lose_to(arriving);
  BOOST_TEST(conflicts_of(loser.device).size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_journal_keeps_so_many_and_so_long) {
  Loser loser(kBoundedSchema);
  const auto conflict_over = [&](const std::string& mood) {
    loser.device.wall().advance(1000);
    const std::int64_t now = loser.device.wall().now_ms();
    loser.change([&](Transaction& t) { return t.patch("days", "d", {{"mood", Value(mood)}}); });
    loser.lose_to({op_of("days", "d", "mood", stamp_at(now + 500), Value("other"))});
    acknowledge_all(loser.device);
  };
  const auto lost = [&] {
    std::string values;
    for (const Conflict& conflict : conflicts_of(loser.device))
      values += *conflict.lost.if_string() + " ";
    return values;
  };
  conflict_over("one");
  conflict_over("two");
  BOOST_TEST(lost() == "two one ");
  conflict_over("three");
  BOOST_TEST(lost() == "three two ");
  loser.device.wall().advance(4 * 86'400'000LL);
  conflict_over("four");
  BOOST_TEST(lost() == "four ");
  loser.device.check_fold();
  // What was removed holds no value any more.
  for (const auto& [key, slot] : slots_of(loser.device.store()))
    BOOST_TEST(slot.find("one") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(bounds_that_are_no_bounds_are_refused_by_name) {
  for (const char* bounds : {R"({"keep": 0})", R"({"keep": 100001})", R"({"keep_days": 10001})",
                             R"({"keep_days": "x"})", R"({"days": 1})", R"([])"}) {
    const auto schema = Schema::parse(
        std::string(R"({"name": "c", "version": 1, "collections": {}, "conflicts": )") + bounds +
        "}");
    BOOST_REQUIRE(!schema);
    BOOST_TEST(schema.error().message.find("conflicts") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(entries_of_a_newer_version_and_what_is_no_entry_are_passed_over) {
  Loser loser;
  const Stamp now = stamp_at(loser.device.wall().now_ms());
  std::vector<Op> ops;
  for (const char* id : {"nonsense", "018bcfe56800-x", "00000000000-x"}) {
    ops.push_back(op_of("$conflicts", id, "", now, Value(true), kLiveElement));
    ops.push_back(op_of("$conflicts", id, "about", now, Value("text")));
    ops.push_back(op_of("$conflicts", id, "lost", now, Value(1)));
  }
  loser.lose_to(ops);
  BOOST_TEST(conflicts_of(loser.device, {.settled = true}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
