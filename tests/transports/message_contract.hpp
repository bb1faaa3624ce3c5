#pragma once

#include "tests/transports/transport_support.hpp"

// Of the contract of every transport, that messages arrive as they were sent. It is included by
// transport_contract.hpp.

namespace syncline::test {

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(meta_tells_the_time_and_the_protocol, Fixture, TransportsUnderTest) {
  Fixture fixture;
  const auto meta = expect<MetaReply>(ask(*fixture.transport, MetaRequest{}));
  BOOST_TEST(meta.time_ms == kNoonMs);
  BOOST_TEST(meta.protocol_min == 1);
  BOOST_TEST(meta.protocol_max == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(register_and_login_give_tokens, Fixture, TransportsUnderTest) {
  Fixture fixture;
  const auto registered = expect<TokensReply>(ask(*fixture.transport, register_request()));
  BOOST_TEST(!registered.account.empty());
  BOOST_TEST(!registered.access_token.empty());
  BOOST_TEST(!registered.refresh_token.empty());
  BOOST_TEST(registered.expires_in_s == 900);
  BOOST_TEST(registered.time_ms == kNoonMs);
  const auto logged_in = expect<TokensReply>(
      ask(*fixture.transport, LoginRequest{"ADA@example.org", Secret(kPassword)}));
  BOOST_TEST(logged_in.account == registered.account);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(refresh_gives_new_tokens_and_logout_ends_them, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto first = expect<TokensReply>(ask(*fixture.transport, register_request()));
  const auto second =
      expect<TokensReply>(ask(*fixture.transport, RefreshRequest{first.refresh_token}));
  BOOST_TEST((second.refresh_token.reveal() != first.refresh_token.reveal()));
  (void)expect<EmptyReply>(ask(*fixture.transport, LogoutRequest{second.refresh_token}));
  (void)expect<EmptyReply>(ask(*fixture.transport, LogoutRequest{second.refresh_token}));
  (void)expect_error(ask(*fixture.transport, RefreshRequest{second.refresh_token}),
                     Code::kRefreshInvalid, 401);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_account_is_gone, Fixture, TransportsUnderTest) {
  Fixture fixture;
  const auto tokens = expect<TokensReply>(ask(*fixture.transport, register_request()));
  (void)expect_error(
      ask(*fixture.transport, DeleteAccountRequest{tokens.access_token, Secret("another one")}),
      Code::kCredentialsInvalid, 401);
  (void)expect<EmptyReply>(
      ask(*fixture.transport, DeleteAccountRequest{tokens.access_token, Secret(kPassword)}));
  (void)expect_error(ask(*fixture.transport, pull_request(tokens.access_token, {{"*", ""}})),
                     Code::kTokenInvalid, 401);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_refusal_arrives_with_its_code_and_status, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  auto& transport = *fixture.transport;
  (void)expect_error(ask(transport, LoginRequest{std::string(kEmail), Secret(kPassword)}),
                     Code::kCredentialsInvalid, 401);
  (void)expect_error(ask(transport, RegisterRequest{std::string(kEmail), Secret("short")}),
                     Code::kValidationFailed, 422);
  const auto tokens = expect<TokensReply>(ask(transport, register_request()));
  (void)expect_error(ask(transport, register_request()), Code::kEmailTaken, 409);
  (void)expect_error(ask(transport, pull_request(Secret(), {{"*", ""}})), Code::kTokenMissing, 401);
  (void)expect_error(ask(transport, pull_request(Secret("no.such.token"), {{"*", ""}})),
                     Code::kTokenInvalid, 401);
  (void)expect_error(ask(transport, pull_request(tokens.access_token, {{"*", "nonsense"}})),
                     Code::kCursorMalformed, 422);
  fixture.clock.advance(16min);
  (void)expect_error(ask(transport, pull_request(tokens.access_token, {{"*", ""}})),
                     Code::kTokenExpired, 401);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_refusal_may_say_when_to_come_again, Fixture, TransportsUnderTest) {
  Fixture fixture;
  fixture.server.fail_next({{Code::kBusy, "The database is busy."}, 503, 7s});
  const auto busy = expect_error(ask(*fixture.transport, MetaRequest{}), Code::kBusy, 503);
  BOOST_TEST((busy.retry_after == 7s));
  BOOST_TEST(busy.error.message.find("busy") != std::string::npos);

  for (int i = 0; i < 10; ++i) {
    (void)ask(*fixture.transport, LoginRequest{std::string(kEmail), Secret("wrong password")});
  }
  const auto limited =
      expect_error(ask(*fixture.transport, LoginRequest{std::string(kEmail), Secret(kPassword)}),
                   Code::kRateLimited, 429);
  BOOST_TEST((limited.retry_after == 15min));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_pushed_is_judged_op_by_op, Fixture, TransportsUnderTest) {
  Fixture fixture;
  const auto tokens = expect<TokensReply>(ask(*fixture.transport, register_request()));
  const std::vector ops = {op("notes", "a", kNoonMs), op("notes", "a", kNoonMs - 1),
                           op("notes", "b", kNoonMs + 301'000), op("notes", "c", kNoonMs, "\x77")};
  const auto reply =
      expect<SyncReply>(ask(*fixture.transport, push_request(tokens.access_token, ops)));
  BOOST_TEST(reply.time_ms == kNoonMs);
  BOOST_TEST(reply.epoch.size() == 16U);
  BOOST_TEST(reply.head == reply.epoch + ".1");
  BOOST_TEST(!reply.pull.has_value());
  const auto& push = reply.push.value();
  BOOST_TEST(letters(push.verdicts) == "asrr");
  BOOST_REQUIRE(push.refused.size() == 2U);
  BOOST_TEST(push.refused[0].index == 2U);
  BOOST_TEST(push.refused[0].code == Code::kStampInFuture);
  BOOST_TEST(push.refused[1].index == 3U);
  BOOST_TEST(push.refused[1].code == Code::kValueMalformed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_push_from_before_a_refusal_is_outdated, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  auto push = push_request(token, {op("notes", "a", kNoonMs + 301'000)});
  push.push_fence = 4;
  const auto refused = expect<SyncReply>(ask(*fixture.transport, push));
  BOOST_TEST(letters(refused.push.value().verdicts) == "r");
  const auto outdated = expect_error(ask(*fixture.transport, push), Code::kPushOutdated, 409);
  BOOST_TEST(outdated.fence == 5U);
  push.push_fence = outdated.fence;
  (void)expect<SyncReply>(ask(*fixture.transport, push));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_push_that_has_not_seen_what_it_replaces_is_told, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  (void)expect<SyncReply>(
      ask(*fixture.transport, push_request(token, {op("notes", "a", kNoonMs)})));
  auto request = push_request(token, {op("notes", "a", kNoonMs + 1), op("notes", "b", kNoonMs),
                                      op("notes", "c", kNoonMs, "\x77")});
  request.replica = 8;
  request.pull = SyncRequest::Pull{{{"*", ""}}, {}};
  const auto reply = expect<SyncReply>(ask(*fixture.transport, request));
  BOOST_TEST(letters(reply.push.value().verdicts) == "uur");
  BOOST_TEST(ops_of(reply).size() == 1U);
  request.pull->cursors["*"] = reply.head;
  const auto again = expect<SyncReply>(ask(*fixture.transport, request));
  BOOST_TEST(letters(again.push.value().verdicts) == "aar");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reply_says_what_had_been_taken_before, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  auto push = push_request(token, {op("notes", "a", kNoonMs)});
  const auto taken = [&](std::uint64_t through) {
    push.push_through = through;
    return expect<SyncReply>(ask(*fixture.transport, push)).push.value().taken;
  };
  BOOST_TEST(taken(5) == 0U);
  BOOST_TEST(taken(0) == 5U);
  BOOST_TEST(taken(9'007'199'254'740'991) == 5U);
  BOOST_TEST(taken(7) == 9'007'199'254'740'991U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_pushed_is_pulled_by_collection, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  // With a value of its own in each, long enough for a compressed reply.
  const std::vector ops = {op("health", "day", kNoonMs, "\x06\x04text"), op("notes", "a", kNoonMs),
                           op("secret", "x", kNoonMs),
                           op("notes", "long", kNoonMs, "\x06\xd0\x0f" + std::string(2000, 'x'))};
  (void)expect<SyncReply>(ask(*fixture.transport, push_request(token, ops)));
  const auto reply = expect<SyncReply>(
      ask(*fixture.transport,
          pull_request(token, {{"*", ""}, {"notes", ""}, {"secret", std::nullopt}})));
  BOOST_TEST(!reply.push.has_value());
  const auto arrived = ops_of(reply);
  BOOST_REQUIRE(arrived.size() == 3U);
  BOOST_TEST((arrived[0] == ops[0]));
  BOOST_TEST((arrived[1] == ops[1]));
  BOOST_TEST((arrived[2] == ops[3]));
  const std::map<std::string, std::string> cursors = {{"*", reply.head}, {"notes", reply.head}};
  BOOST_TEST((reply.pull->cursors == cursors));
  BOOST_TEST(reply.pull->remaining == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_are_told_once_for_an_etag, Fixture, TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  (void)ask(*fixture.transport, push_request(token, {op("notes", "a", kNoonMs)}));
  const auto changes = expect<ChangesReply>(ask(*fixture.transport, ChangesRequest{token, "", ""}));
  BOOST_TEST(changes.changed);
  BOOST_TEST(changes.pending == 1U);
  BOOST_TEST(changes.head == fixture.server.head(kEmail));
  BOOST_TEST(changes.time_ms == kNoonMs);
  const auto again = expect<ChangesReply>(
      ask(*fixture.transport, ChangesRequest{token, changes.head, changes.etag}));
  BOOST_TEST(!again.changed);
  BOOST_TEST(again.etag == changes.etag);
  (void)ask(*fixture.transport, push_request(token, {op("notes", "b", kNoonMs)}));
  const auto later = expect<ChangesReply>(
      ask(*fixture.transport, ChangesRequest{token, changes.head, changes.etag}));
  BOOST_TEST(later.changed);
  BOOST_TEST(later.pending == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_batch_that_is_too_large_or_broken_is_refused_whole, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  const auto token = expect<TokensReply>(ask(*fixture.transport, register_request())).access_token;
  auto request = push_request(token, {op("notes", "a", kNoonMs)});
  request.push_ops->pop_back();
  (void)expect_error(ask(*fixture.transport, request), Code::kBatchMalformed, 422);
  request.push_ops = std::string(100'000, 'x');
  const auto reply = ask(*fixture.transport, request);
  BOOST_REQUIRE(!reply);
  BOOST_TEST(reply.error().error.code == Code::kBodyTooLarge);
  BOOST_TEST(fixture.server.slots(kEmail).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
