#include "syncline/conflicts.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/kept_aside.hpp"
#include "tests/engine/support/clones.hpp"
#include "tests/engine/support/conflicts.hpp"
#include "tests/engine/support/slots.hpp"

namespace syncline::test {
namespace {

struct Couple {
  explicit Couple(std::string_view schema = kConflictSchema)
      : left(std::string(schema), 1), right(std::string(schema), 2) {}

  // Until nothing is pending anywhere and both have everything.
  void meet() { settle(server, {&left, &right}); }
  // What both have, and neither has still to tell.
  void begin(const Fields& fields) {
    left.put("days", "d", fields);
    meet();
    left.wall().advance(1000);
    right.wall().advance(1000);
  }
  // The right one writes a second after the left one.
  void both(const Replica::Body& of_left, const Replica::Body& of_right) {
    left.write(of_left);
    then(of_right);
  }
  void then(const Replica::Body& of_right) {
    right.wall().advance(1000);
    right.write(of_right);
  }

  TinyServer server;
  Device left;
  Device right;
};

Replica::Body patch(const Fields& fields) {
  return [fields](Transaction& t) { return t.patch("days", "d", fields); };
}

Replica::Body erase() {
  return [](Transaction& t) -> Result<void> {
    const auto done = t.erase("days", "d");
    return done ? Result<void>() : fail(done.error());
  };
}

// A mood arrives and waits in quarantine. Answers when its time comes.
std::int64_t let_wait(Device& device, const Value& mood) {
  const std::int64_t now = device.wall().now_ms();
  const std::int64_t far_ms = now + 2 * kDriftMaxMs;
  const Op ahead = op_of("days", "d", "mood", stamp_at(far_ms), mood);
  take(device, page_of({&ahead, 1}, now));
  return far_ms;
}

BOOST_AUTO_TEST_SUITE(conflicts)

BOOST_AUTO_TEST_CASE(names_the_field_both_values_both_stamps_both_devices_and_the_rule) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.meet();
  const auto found = conflicts_of(pair.left);
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  const Conflict& conflict = found.front();
  BOOST_TEST(conflict.collection == "days");
  BOOST_TEST(conflict.record == "d");
  BOOST_TEST(conflict.field == "mood");
  BOOST_TEST(conflict.rule == "lww");
  BOOST_TEST((conflict.lost == Value("bad")));
  BOOST_REQUIRE(conflict.kept);
  BOOST_TEST((*conflict.kept == Value("good")));
  BOOST_TEST((conflict.lost_stamp.replica == pair.left.replica().id()));
  BOOST_TEST((conflict.kept_stamp.replica == pair.right.replica().id()));
  BOOST_TEST(conflict.kept_stamp.time.milliseconds() - conflict.lost_stamp.time.milliseconds() ==
             1000);
  BOOST_TEST((conflict.state == ConflictState::kOpen));
  BOOST_TEST(summary_of(pair.left) == summary_of(pair.right));
}

BOOST_AUTO_TEST_CASE(is_recorded_by_the_device_whose_write_was_not_acknowledged) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.server.round(pair.right);
  BOOST_TEST(summary_of(pair.right) == "");
  pair.server.round(pair.left);
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"good\"\n");
  pair.meet();
  BOOST_TEST((conflicts_of(pair.right).front().found_by == pair.left.replica().id()));
}

BOOST_AUTO_TEST_CASE(a_remote_value_that_loses_is_recorded_too) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.server.round(pair.left);
  pair.server.round(pair.right);
  BOOST_TEST(pair.right.read("days", "d") == R"({"mood":"good"})");
  pair.meet();
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"good\"\n");
  BOOST_TEST((conflicts_of(pair.left).front().found_by == pair.right.replica().id()));
}

BOOST_AUTO_TEST_CASE(what_was_written_knowingly_is_no_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  pair.meet();
  pair.then(patch({{"mood", Value("good")}}));
  pair.meet();
  BOOST_TEST(summary_of(pair.left) == "");
  BOOST_TEST(summary_of(pair.right) == "");
}

BOOST_AUTO_TEST_CASE(the_same_value_twice_is_no_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.both(patch({{"mood", Value("good")}}), patch({{"mood", Value("good")}}));
  pair.meet();
  BOOST_TEST(summary_of(pair.left) == "");
}

BOOST_AUTO_TEST_CASE(other_fields_and_what_is_kept_side_by_side_are_no_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}, {"water", Value(100)}});
  pair.both(
      [](Transaction& t) -> Result<void> {
        must(t.patch("days", "d", {{"mood", Value("bad")}, {"note", Value("left")}}));
        must(t.increment("days", "d", "water", 5));
        must(t.add("days", "d", "tags", {Value("a")}));
        must(t.add("days", "d", "courses", {Value("soup")}));
        return t.put_key("days", "d", "sizes", "waist", Value(81));
      },
      [](Transaction& t) -> Result<void> {
        must(t.patch("days", "d", {{"sleep", Value(7)}, {"note", Value("right")}}));
        must(t.increment("days", "d", "water", 7));
        must(t.add("days", "d", "tags", {Value("b")}));
        must(t.add("days", "d", "courses", {Value("cake")}));
        return t.put_key("days", "d", "sizes", "neck", Value(38));
      });
  pair.meet();
  BOOST_TEST(summary_of(pair.left) == "");
  BOOST_TEST(summary_of(pair.right) == "");
}

BOOST_AUTO_TEST_CASE(a_key_of_a_map_and_a_group_conflict_as_a_whole) {
  Couple pair;
  pair.begin({{"systolic", Value(120)}, {"diastolic", Value(80)}});
  pair.both(
      [](Transaction& t) -> Result<void> {
        must(t.put_key("days", "d", "sizes", "waist", Value(81)));
        return t.patch("days", "d", {{"systolic", Value(150)}});
      },
      [](Transaction& t) -> Result<void> {
        must(t.put_key("days", "d", "sizes", "waist", Value(82)));
        return t.patch("days", "d", {{"diastolic", Value(70)}});
      });
  pair.meet();
  BOOST_TEST(summary_of(pair.left) ==
             "days/d pressure group: lost {\"diastolic\":80,\"systolic\":150} to "
             "{\"diastolic\":70,\"systolic\":120}\n"
             "days/d sizes map: lost {\"waist\":81} to {\"waist\":82}\n");
}

BOOST_AUTO_TEST_CASE(an_edit_that_loses_to_a_deletion_is_recorded_on_either_side) {
  for (const bool editor_first : {true, false}) {
    Couple pair;
    pair.begin({{"mood", Value("fair")}, {"water", Value(100)}});
    pair.both(
        [](Transaction& t) -> Result<void> {
          must(t.increment("days", "d", "water", 5));
          return t.patch("days", "d", {{"mood", Value("bad")}});
        },
        erase());
    pair.server.round(editor_first ? pair.left : pair.right);
    pair.server.round(editor_first ? pair.right : pair.left);
    pair.meet();
    BOOST_TEST(pair.left.read("days", "d") == "absent");
    BOOST_TEST(summary_of(pair.left) ==
               "days/d mood deletion: lost \"bad\"\ndays/d water deletion: lost 105\n");
    BOOST_TEST(summary_of(pair.left) == summary_of(pair.right));
    const Device& finder = editor_first ? pair.right : pair.left;
    for (const Conflict& conflict : conflicts_of(pair.left))
      BOOST_TEST((conflict.found_by == const_cast<Device&>(finder).replica().id()));
  }
}

BOOST_AUTO_TEST_CASE(an_edit_that_revives_the_record_loses_nothing) {
  Couple pair(
      R"({"name": "c", "version": 1, "collections": {"days": {"delete": "edit_revives"}}})");
  pair.begin({{"mood", Value("fair")}});
  pair.both(erase(), patch({{"mood", Value("good")}}));
  pair.meet();
  BOOST_TEST(pair.left.read("days", "d") == R"({"mood":"good"})");
  BOOST_TEST(summary_of(pair.left) == "");
}

BOOST_AUTO_TEST_CASE(what_a_lost_reply_had_acknowledged_is_no_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  const auto push = next_push(pair.left);
  const auto lost = pair.server.answer(&push, must(pair.left.replication().cursors()));
  BOOST_TEST(static_cast<char>(lost.push->verdicts.front()) == 'a');
  pair.server.round(pair.right);
  pair.then(patch({{"mood", Value("good")}}));
  pair.meet();
  BOOST_TEST(pair.left.read("days", "d") == R"({"mood":"good"})");
  BOOST_TEST(summary_of(pair.left) == "");
}

BOOST_AUTO_TEST_CASE(an_entry_is_removed_by_the_reply_that_says_that_it_was_taken) {
  Couple pair(
      R"({"name": "c", "version": 1, "conflicts": {"keep": 1}, "collections": {"days": {}}})");
  pair.begin({{"mood", Value("fair")}, {"sleep", Value(7)}});
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.server.round(pair.right);
  pair.server.round(pair.left);
  const auto push = next_push(pair.left);
  pair.server.answer(&push, must(pair.left.replication().cursors()));
  pair.both(patch({{"sleep", Value(6)}}), patch({{"sleep", Value(8)}}));
  pair.server.round(pair.right);
  pair.server.round(pair.left);
  BOOST_TEST(summary_of(pair.left) == "days/d sleep lww: lost 6 to 8\n");
  pair.meet();
  pair.left.check_fold();
  BOOST_TEST(pair.left.state().pending_ops == 0U);
  BOOST_TEST(summary_of(pair.right) == "days/d sleep lww: lost 6 to 8\n");
}

BOOST_AUTO_TEST_CASE(what_a_device_offers_again_to_a_restored_server_is_no_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  pair.meet();
  pair.then(patch({{"mood", Value("good")}}));
  pair.server.set_epoch("00000000000000e2");
  pair.server.forget_everything();
  pair.meet();
  BOOST_TEST(pair.left.read("days", "d") == R"({"mood":"good"})");
  BOOST_TEST(summary_of(pair.left) == "");
}

BOOST_AUTO_TEST_CASE(what_is_set_aside_is_still_in_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  const auto push = next_push(pair.left);
  take(pair.left, verdicts_reply("r", pair.left.wall().now_ms(), Code::kValueTooLarge), &push);
  BOOST_TEST(pair.left.state().set_aside_ops == 1U);
  pair.then(patch({{"mood", Value("good")}}));
  pair.meet();
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"good\"\n");
}

// Pushes of later ops were taken whole, and had left out what was set aside.
BOOST_AUTO_TEST_CASE(regression_what_was_set_aside_is_not_among_what_was_taken) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  const auto refused = next_push(pair.left);
  take(pair.left, verdicts_reply("r", pair.left.wall().now_ms(), Code::kValueTooLarge), &refused);
  BOOST_TEST(must(pair.left.replica().kept_aside().retry()).offered == 1U);
  pair.then(patch({{"mood", Value("good")}}));
  const auto unseen = must(decode_own_batch(next_push(pair.right).ops));
  const auto offered = next_push(pair.left);
  SyncReply reply = verdicts_reply("u", pair.left.wall().now_ms());
  reply.push->taken = offered.items.back().sequence;
  reply.pull = page_of(unseen, reply.time_ms, 100).pull;
  take(pair.left, reply, &offered);
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"good\"\n");
}

BOOST_AUTO_TEST_CASE(what_a_refused_write_had_seen_is_in_no_conflict_with_it) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.then(patch({{"mood", Value("good")}}));
  const auto seen = must(decode_own_batch(next_push(pair.right).ops));
  pair.meet();
  pair.left.wall().advance(5000);
  pair.left.write(patch({{"mood", Value("bad")}}));
  const auto push = next_push(pair.left);
  take(pair.left, verdicts_reply("r", pair.left.wall().now_ms(), Code::kValueTooLarge), &push);
  BOOST_TEST(pair.left.state().set_aside_ops == 1U);
  // A server that was restored sends everything again.
  take(pair.left, page_of(seen, pair.left.wall().now_ms()));
  BOOST_TEST(summary_of(pair.left) == "");
  // What the server is offered once more had seen as much, and so has what is written over it.
  BOOST_TEST(must(pair.left.replica().kept_aside().retry()).offered == 1U);
  take(pair.left, page_of(seen, pair.left.wall().now_ms()));
  pair.left.write(patch({{"mood", Value("worse")}}));
  take(pair.left, page_of(seen, pair.left.wall().now_ms()));
  BOOST_TEST(summary_of(pair.left) == "");
}

BOOST_AUTO_TEST_CASE(a_write_that_waits_in_quarantine_is_in_conflict_when_it_arrives) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("bad")}}));
  const std::int64_t far_ms = let_wait(pair.left, Value("tomorrow"));
  BOOST_TEST(pair.left.state().quarantined_ops == 1U);
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"tomorrow\"\n");
  acknowledge_all(pair.left);
  pair.left.wall().set(far_ms);
  take(pair.left, page_of({}, far_ms));
  BOOST_TEST(pair.left.read("days", "d") == R"({"mood":"tomorrow"})");
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"tomorrow\"\n");
}

// The deletion knew neither of what waits nor of what replaced it.
BOOST_AUTO_TEST_CASE(regression_what_arrives_together_with_what_it_replaced_is_met) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  const std::int64_t far_ms = let_wait(pair.left, Value("first"));
  pair.left.wall().set(far_ms + 2);
  pair.left.write(erase());
  const Op later = op_of("days", "d", "mood", stamp_at(far_ms + 1), Value("second"));
  take(pair.left, page_of({&later, 1}, far_ms + 2, 2));
  const std::string found = summary_of(pair.left);
  BOOST_TEST(found.find("days/d mood deletion: lost \"second\"") != std::string::npos, found);
}

// The device that it was restored from wrote without knowing of what waited.
BOOST_AUTO_TEST_CASE(regression_what_an_ancestor_wrote_since_is_in_conflict_with_what_waits) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  const std::int64_t far_ms = let_wait(pair.left, Value("theirs"));
  pair.left.write(patch({{"mood", Value("mine")}}));
  acknowledge_all(pair.left);
  const auto copy = restored(pair.left, 3, kConflictSchema);
  copy->wall().set(far_ms);
  take(*copy, page_of({}, far_ms));
  BOOST_TEST(copy->read("days", "d") == R"({"mood":"theirs"})");
  BOOST_TEST(summary_of(*copy) == "days/d mood lww: lost \"mine\" to \"theirs\"\n");
}

BOOST_AUTO_TEST_CASE(a_page_that_comes_again_records_nothing_again) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.left.write(patch({{"mood", Value("good")}}));
  const std::int64_t now = pair.left.wall().now_ms();
  const Op other = op_of("days", "d", "mood", stamp_at(now - 500), Value("bad"));
  take(pair.left, page_of({&other, 1}, now, 2));
  const auto slots = slots_of(pair.left.store());
  take(pair.left, page_of({&other, 1}, now, 3));
  BOOST_TEST((slots == slots_of(pair.left.store())));
  BOOST_TEST(summary_of(pair.left) == "days/d mood lww: lost \"bad\" to \"good\"\n");
}

BOOST_AUTO_TEST_CASE(a_push_that_has_not_seen_what_it_replaces_stays_pending_and_goes_on) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.server.round(pair.left);
  const auto first = pair.server.round(pair.right);
  BOOST_TEST(first.acknowledged == 0U);
  BOOST_TEST(pair.right.state().pending_ops > 0U);
  const auto second = pair.server.round(pair.right);
  BOOST_TEST(second.acknowledged > 0U);
  BOOST_TEST(pair.right.state().pending_ops == 0U);
}

BOOST_AUTO_TEST_CASE(a_server_that_withholds_what_is_unseen_is_malformed) {
  Device device{std::string(kConflictSchema)};
  device.patch("days", "d", {{"mood", Value("bad")}});
  const auto push = next_push(device);
  SyncReply reply = page_of({}, kPresentMs);
  reply.push = verdicts_reply("uu", kPresentMs).push;
  const auto taken = device.replication().take_reply(reply, &push, kPresentMs, kPresentMs);
  BOOST_REQUIRE(!taken);
  BOOST_TEST(code_name(taken.error().code) == "response_malformed");
  BOOST_TEST(device.state().pending_ops == 2U);
}

BOOST_AUTO_TEST_CASE(an_app_does_not_write_to_the_journal) {
  Device device;
  const auto done = device.replica().write([](Transaction& t) {
    return t.patch("$conflicts", "x", {{"state", Value("dismissed")}});
  });
  BOOST_REQUIRE(!done);
  BOOST_TEST(code_name(done.error().code) == "key_malformed");
  BOOST_TEST(done.error().message.find("$conflicts") != std::string::npos);
  const auto schema =
      Schema::parse(R"({"name": "c", "version": 1, "collections": {"$conflicts": {}}})");
  BOOST_REQUIRE(!schema);
  BOOST_TEST(schema.error().message.find("$conflicts") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(observers_hear_of_a_conflict) {
  Couple pair;
  pair.begin({{"mood", Value("fair")}});
  std::vector<std::string> changed;
  const auto subscription = pair.left.replica().observe([&](const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      if (change.collection == kConflictsCollection && change.field.empty())
        changed.push_back(change.record);
    }
  });
  pair.both(patch({{"mood", Value("bad")}}), patch({{"mood", Value("good")}}));
  pair.server.round(pair.right);
  pair.server.round(pair.left);
  BOOST_REQUIRE_EQUAL(changed.size(), 1U);
  BOOST_TEST(changed.front() == conflicts_of(pair.left).front().id);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
