#include "syncline/loopback_server.hpp"

#include "tests/transports/transport_support.hpp"

namespace syncline::test {

struct Server {
  SettableClock clock;
  SeededRandom random;
  LoopbackServer server{clock, random};
  TokensReply tokens = expect<TokensReply>(server.handle(register_request()));

  SyncReply push(const std::vector<Op>& ops) {
    return expect<SyncReply>(server.handle(push_request(tokens.access_token, ops)));
  }
  SyncReply pull(PullCursors cursors, std::optional<std::size_t> limit = {}) {
    return expect<SyncReply>(
        server.handle(pull_request(tokens.access_token, std::move(cursors), limit)));
  }
};

BOOST_FIXTURE_TEST_SUITE(loopback_server, Server)

BOOST_AUTO_TEST_CASE(a_replayed_push_is_superseded_and_moves_nothing) {
  const std::vector ops = {op("notes", "a", kNoonMs), op("notes", "b", kNoonMs)};
  BOOST_TEST(letters(push(ops).push->verdicts) == "aa");
  const auto again = push(ops);
  BOOST_TEST(letters(again.push->verdicts) == "ss");
  BOOST_TEST(again.head == again.epoch + ".1");
}

BOOST_AUTO_TEST_CASE(what_it_is_told_to_refuse_concerns_that_op_alone_and_as_long_as_it_is_told) {
  const std::vector ops = {op("notes", "a", kNoonMs), op("notes", "b", kNoonMs)};
  server.refuse_ops([](const Op& one) {
    return one.key.record() == "a" ? std::optional(Code::kValueTooLarge) : std::nullopt;
  });
  const auto reply = push(ops);
  BOOST_TEST(letters(reply.push->verdicts) == "ra");
  BOOST_REQUIRE(reply.push->refused.size() == 1U);
  BOOST_TEST((reply.push->refused.front().code == Code::kValueTooLarge));
  server.refuse_ops({});
  BOOST_TEST(letters(push(ops).push->verdicts) == "as");
}

BOOST_AUTO_TEST_CASE(a_page_never_splits_a_push) {
  (void)push({op("notes", "a", kNoonMs), op("notes", "b", kNoonMs)});
  (void)push({op("notes", "c", kNoonMs), op("notes", "d", kNoonMs)});
  (void)push({op("notes", "e", kNoonMs)});
  auto page = pull({{"*", ""}}, 3);
  BOOST_TEST(ops_of(page).size() == 2U);
  BOOST_TEST(page.pull->remaining == 3U);
  BOOST_TEST(page.pull->cursors.at("*") == page.epoch + ".1");
  page = pull({{"*", page.pull->cursors.at("*")}}, 1);
  BOOST_TEST(ops_of(page).size() == 2U);
  BOOST_TEST(page.pull->remaining == 1U);
  page = pull({{"*", page.pull->cursors.at("*")}}, 3);
  BOOST_TEST(ops_of(page).size() == 1U);
  BOOST_TEST(page.pull->remaining == 0U);
  BOOST_TEST(page.pull->cursors.at("*") == page.head);
}

BOOST_AUTO_TEST_CASE(a_page_does_not_take_back_a_cursor_that_is_further) {
  (void)push({op("notes", "a", kNoonMs)});
  (void)push({op("notes", "b", kNoonMs)});
  const auto head = push({op("health", "c", kNoonMs)}).head;
  const auto page = pull({{"*", ""}, {"health", head}}, 1);
  BOOST_TEST(ops_of(page).size() == 1U);
  BOOST_TEST(page.pull->remaining == 1U);
  BOOST_TEST(page.pull->cursors.at("*") == page.epoch + ".1");
  BOOST_TEST(page.pull->cursors.at("health") == head);
}

BOOST_AUTO_TEST_CASE(what_a_request_pushes_is_not_sent_back_to_it) {
  (void)push({op("notes", "a", kNoonMs)});
  auto request = push_request(tokens.access_token, {op("notes", "b", kNoonMs)});
  request.pull = SyncRequest::Pull{{{"*", ""}}, {}};
  const auto reply = expect<SyncReply>(server.handle(request));
  BOOST_REQUIRE(ops_of(reply).size() == 1U);
  BOOST_TEST(ops_of(reply)[0].key.record() == "a");
  BOOST_TEST(reply.pull->cursors.at("*") == reply.epoch + ".2");
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_epoch_counts_as_zero) {
  const auto head = push({op("notes", "a", kNoonMs)}).head;
  BOOST_TEST(ops_of(pull({{"*", head}})).empty());
  server.renew_epochs();
  const auto page = pull({{"*", head}});
  BOOST_TEST(ops_of(page).size() == 1U);
  BOOST_TEST(page.head != head);
}

BOOST_AUTO_TEST_CASE(a_backup_brings_back_what_was_then_under_a_new_epoch) {
  const auto before = push({op("notes", "a", kNoonMs)});
  const auto backup = server.backup();
  (void)push({op("notes", "b", kNoonMs)});
  server.restore(*backup);
  const auto after = pull({{"*", ""}});
  BOOST_TEST(ops_of(after).size() == 1U);
  BOOST_TEST(after.epoch != before.epoch);
}

BOOST_AUTO_TEST_CASE(regression_a_replaced_token_is_accepted_until_its_successor_is_used) {
  (void)expect<TokensReply>(server.handle(RefreshRequest{tokens.refresh_token}));
  clock.advance(61s);
  (void)expect<TokensReply>(server.handle(RefreshRequest{tokens.refresh_token}));
  const auto second = expect<TokensReply>(server.handle(RefreshRequest{tokens.refresh_token}));
  const auto third = expect<TokensReply>(server.handle(RefreshRequest{second.refresh_token}));
  (void)expect_error(server.handle(RefreshRequest{tokens.refresh_token}), Code::kRefreshInvalid,
                     401);
  (void)expect_error(server.handle(RefreshRequest{third.refresh_token}), Code::kRefreshInvalid,
                     401);
}

BOOST_AUTO_TEST_CASE(regression_a_successor_given_anew_is_spent_and_its_use_revokes_the_family) {
  const auto stolen = expect<TokensReply>(server.handle(RefreshRequest{tokens.refresh_token}));
  const auto second = expect<TokensReply>(server.handle(RefreshRequest{tokens.refresh_token}));
  (void)expect_error(server.handle(RefreshRequest{stolen.refresh_token}), Code::kRefreshInvalid,
                     401);
  (void)expect_error(server.handle(RefreshRequest{second.refresh_token}), Code::kRefreshInvalid,
                     401);
}

BOOST_AUTO_TEST_CASE(regression_a_deletion_is_acknowledged_again_while_its_token_is_valid) {
  const DeleteAccountRequest deletion{tokens.access_token, Secret(kPassword)};
  (void)expect<EmptyReply>(server.handle(deletion));
  (void)expect<EmptyReply>(server.handle(deletion));
  (void)expect_error(server.handle(pull_request(tokens.access_token, {{"*", ""}})),
                     Code::kTokenInvalid, 401);
  clock.advance(15min);
  (void)expect_error(server.handle(deletion), Code::kTokenExpired, 401);
}

BOOST_AUTO_TEST_CASE(a_lost_reply_was_carried_out) {
  server.lose_next_reply();
  const auto lost = server.handle(push_request(tokens.access_token, {op("notes", "a", kNoonMs)}));
  (void)expect_error(lost, Code::kNetworkUnreachable, 0);
  BOOST_TEST(server.slots(kEmail).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_forgetful_server_knows_no_token) {
  server.forget_everything();
  (void)expect_error(server.handle(pull_request(tokens.access_token, {{"*", ""}})),
                     Code::kTokenInvalid, 401);
  BOOST_TEST(server.head(kEmail).empty());
}

BOOST_AUTO_TEST_CASE(access_tokens_can_be_made_to_expire) {
  server.expire_access_tokens();
  (void)expect_error(server.handle(pull_request(tokens.access_token, {{"*", ""}})),
                     Code::kTokenExpired, 401);
  BOOST_TEST(server.request_count() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
