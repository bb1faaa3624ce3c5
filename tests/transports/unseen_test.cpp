#include "tests/transports/transport_support.hpp"

// Which pushes the server in memory takes for having seen what they replace, and which of them it
// has taken (spec/protocol.md, Push).

namespace syncline::test {

constexpr std::uint64_t kAda = 7;
constexpr std::uint64_t kBob = 8;

Op write(std::uint64_t replica, std::string_view record, std::string_view field,
         std::int64_t time_ms = kNoonMs, std::string value = "\x03") {
  return Op{SlotKey::make("notes", record, field, "").value(),
            Stamp{HybridTime(time_ms), ReplicaId{replica}}, std::move(value)};
}

Op deletion(std::uint64_t replica, std::string_view record, std::int64_t time_ms = kNoonMs) {
  return Op{SlotKey::make("notes", record, "", kDeadElement).value(),
            Stamp{HybridTime(time_ms), ReplicaId{replica}}, "\x03"};
}

struct TwoReplicas {
  SettableClock clock;
  SeededRandom random;
  LoopbackServer server{clock, random};
  Secret token = expect<TokensReply>(server.handle(register_request())).access_token;

  SyncReply push(std::uint64_t replica, const std::vector<Op>& ops,
                 std::optional<PullCursors> cursors = {}, std::uint64_t through = 0) {
    auto request = push_request(token, ops);
    request.replica = replica;
    request.push_through = through;
    if (cursors) request.pull = SyncRequest::Pull{*std::move(cursors), {}};
    return expect<SyncReply>(server.handle(request));
  }
  std::string verdicts(std::uint64_t replica, const std::vector<Op>& ops,
                       std::optional<PullCursors> cursors = {}) {
    return letters(push(replica, ops, std::move(cursors)).push.value().verdicts);
  }
  std::uint64_t taken(std::uint64_t replica) { return push(replica, {}).push.value().taken; }
};

BOOST_FIXTURE_TEST_SUITE(unseen, TwoReplicas)

BOOST_AUTO_TEST_CASE(a_push_that_has_not_seen_what_it_replaces_is_not_applied) {
  (void)push(kBob, {write(kBob, "a", "text")});
  const auto before = server.slots(kEmail);
  const auto reply =
      push(kAda, {write(kAda, "a", "text", kNoonMs + 1), write(kAda, "b", "text")}, {{{"*", ""}}});
  BOOST_TEST(letters(reply.push->verdicts) == "uu");
  BOOST_TEST(reply.push->refused.empty());
  BOOST_TEST(ops_of(reply).size() == 1U);
  BOOST_TEST(reply.head == reply.epoch + ".1");
  BOOST_TEST((server.slots(kEmail) == before));
}

BOOST_AUTO_TEST_CASE(an_op_that_would_lose_has_to_have_seen_the_greater_one_too) {
  (void)push(kBob, {write(kBob, "a", "text")});
  BOOST_TEST(verdicts(kAda, {write(kAda, "a", "text", kNoonMs - 1)}, {{{"*", ""}}}) == "u");
}

BOOST_AUTO_TEST_CASE(what_the_cursor_stands_after_has_been_seen) {
  const auto head = push(kBob, {write(kBob, "a", "text")}).head;
  BOOST_TEST(verdicts(kAda, {write(kAda, "a", "text", kNoonMs + 1)}, {{{"*", head}}}) == "a");
}

BOOST_AUTO_TEST_CASE(the_cursor_that_counts_is_that_of_the_collection) {
  const auto head = push(kBob, {write(kBob, "a", "text")}).head;
  const std::vector ops = {write(kAda, "a", "text", kNoonMs + 1)};
  BOOST_TEST(verdicts(kAda, ops, {{{"*", head}, {"notes", ""}}}) == "u");
  BOOST_TEST(verdicts(kAda, ops, {{{"*", ""}, {"notes", head}}}) == "a");
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_pull_a_collection_is_not_held_to_it) {
  (void)push(kBob, {write(kBob, "a", "text")});
  const auto ops = [](std::int64_t later_ms) {
    return std::vector{write(kAda, "a", "text", kNoonMs + later_ms)};
  };
  BOOST_TEST(verdicts(kAda, ops(1)) == "a");
  BOOST_TEST(verdicts(kBob, {write(kBob, "a", "text", kNoonMs + 2)}) == "a");
  BOOST_TEST(verdicts(kAda, ops(3), {{{"*", ""}, {"notes", std::nullopt}}}) == "a");
  (void)push(kBob, {write(kBob, "a", "text", kNoonMs + 4)});
  BOOST_TEST(verdicts(kAda, ops(5), {{{"health", ""}}}) == "a");
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_epoch_or_beyond_the_head_has_seen_nothing) {
  const auto head = push(kBob, {write(kBob, "a", "text")}).head;
  const std::vector ops = {write(kAda, "a", "text", kNoonMs + 1)};
  BOOST_TEST(verdicts(kAda, ops, {{{"*", head + "0"}}}) == "u");
  server.renew_epochs();
  BOOST_TEST(verdicts(kAda, ops, {{{"*", head}}}) == "u");
}

BOOST_AUTO_TEST_CASE(the_replica_s_own_row_is_no_obstacle) {
  (void)push(kAda, {write(kAda, "a", "text"), deletion(kAda, "b"), write(kAda, "b", "text")});
  BOOST_TEST(verdicts(kAda,
                      {write(kAda, "a", "text", kNoonMs + 1), write(kAda, "b", "text", kNoonMs + 1),
                       deletion(kAda, "b", kNoonMs + 2)},
                      {{{"*", ""}}}) == "aaa");
}

BOOST_AUTO_TEST_CASE(the_very_same_register_is_no_obstacle) {
  const std::vector ops = {write(kBob, "a", "text"), deletion(kBob, "b")};
  (void)push(kBob, ops);
  BOOST_TEST(verdicts(kAda, ops, {{{"*", ""}}}) == "ss");
  BOOST_TEST(verdicts(kAda, {write(kBob, "a", "text", kNoonMs, "\x02")}, {{{"*", ""}}}) == "u");
}

BOOST_AUTO_TEST_CASE(another_field_of_the_record_is_no_obstacle_to_a_field) {
  (void)push(kBob, {write(kBob, "a", "text"), write(kBob, "c", "text"), deletion(kBob, "c")});
  BOOST_TEST(verdicts(kAda, {write(kAda, "a", "title"), deletion(kAda, "b")}, {{{"*", ""}}}) ==
             "aa");
}

BOOST_AUTO_TEST_CASE(a_field_meets_the_deletion_of_its_record) {
  (void)push(kBob, {deletion(kBob, "a")});
  BOOST_TEST(verdicts(kAda, {write(kAda, "a", "text")}, {{{"*", ""}}}) == "u");
}

BOOST_AUTO_TEST_CASE(a_deletion_meets_every_field_of_its_record) {
  (void)push(kAda, {write(kAda, "a", "first")});
  (void)push(kBob, {write(kBob, "a", "last")});
  const auto ops = std::vector{deletion(kAda, "a", kNoonMs + 1)};
  BOOST_TEST(verdicts(kAda, ops, {{{"*", ""}}}) == "u");
  // Held already, the deletion hides what was written since no less.
  (void)push(kAda, ops);
  BOOST_TEST(verdicts(kAda, ops, {{{"*", ""}}}) == "u");
}

BOOST_AUTO_TEST_CASE(a_deletion_meets_no_field_of_the_records_beside_its_own) {
  (void)push(kBob, {write(kBob, "a", "text"), write(kBob, "bb", "text"), write(kBob, "c", "text")});
  BOOST_TEST(verdicts(kAda, {deletion(kAda, "b")}, {{{"*", ""}}}) == "a");
}

BOOST_AUTO_TEST_CASE(what_is_refused_meets_nothing_and_is_told_beside_what_is_unseen) {
  (void)push(kBob, {write(kBob, "a", "text")});
  auto request =
      push_request(token, {write(kAda, "b", "text"), write(kAda, "a", "text", kNoonMs + 301'000)});
  request.pull = SyncRequest::Pull{{{"*", ""}}, {}};
  BOOST_TEST(letters(expect<SyncReply>(server.handle(request)).push->verdicts) == "ar");

  request = push_request(token, {write(kAda, "a", "text"), write(kAda, "c", "text"),
                                 write(kAda, "d", "text", kNoonMs + 301'000)});
  request.pull = SyncRequest::Pull{{{"*", ""}}, {}};
  request.push_fence = 1;
  const auto reply = expect<SyncReply>(server.handle(request));
  BOOST_TEST(letters(reply.push->verdicts) == "uur");
  BOOST_REQUIRE(reply.push->refused.size() == 1U);
  BOOST_TEST(reply.push->refused[0].index == 2U);
  BOOST_TEST(expect_error(server.handle(request), Code::kPushOutdated, 409).fence == 2U);
}

BOOST_AUTO_TEST_CASE(a_reply_says_through_what_the_replica_s_pushes_had_been_taken) {
  BOOST_TEST(push(kAda, {write(kAda, "a", "text")}, {}, 3).push->taken == 0U);
  BOOST_TEST(push(kAda, {write(kAda, "a", "text")}, {}, 5).push->taken == 3U);
  BOOST_TEST(push(kAda, {write(kAda, "b", "text")}, {}, 4).push->taken == 5U);
  BOOST_TEST(taken(kAda) == 5U);
  BOOST_TEST(taken(kBob) == 0U);
}

BOOST_AUTO_TEST_CASE(a_push_that_is_unseen_or_refused_in_part_was_not_taken) {
  (void)push(kBob, {write(kBob, "a", "text")});
  (void)push(kAda, {write(kAda, "a", "text")}, {{{"*", ""}}}, 3);
  BOOST_TEST(taken(kAda) == 0U);
  (void)push(kAda, {write(kAda, "b", "text"), write(kAda, "c", "text", kNoonMs, "\x77")}, {}, 4);
  BOOST_TEST(taken(kAda) == 0U);
  (void)push(kAda, {write(kAda, "b", "text"), write(kAda, "c", "text")}, {}, 5);
  BOOST_TEST(taken(kAda) == 5U);
}

BOOST_AUTO_TEST_CASE(a_backup_brings_back_what_had_been_taken_then) {
  (void)push(kAda, {write(kAda, "a", "text")}, {}, 3);
  const auto backup = server.backup();
  (void)push(kAda, {write(kAda, "b", "text")}, {}, 5);
  server.restore(*backup);
  BOOST_TEST(taken(kAda) == 3U);
  server.renew_epochs();
  BOOST_TEST(taken(kAda) == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
