#include "syncline/limits.hpp"
#include "tests/transports/reply_support.hpp"

namespace syncline::test {
namespace {

using https::RequestKind;

}  // namespace

BOOST_AUTO_TEST_SUITE(reply_decoder)

BOOST_AUTO_TEST_CASE(each_request_has_one_status) {
  constexpr std::string_view kTokens =
      R"({"account": "1", "access_token": "a", "refresh_token": "c", "expires_in": 9, "time": 5})";
  (void)expect<TokensReply>(
      decode(RequestKind::kRegister, reply(201, "application/json", kTokens)));
  (void)expect_error(decode(RequestKind::kRegister, reply(200, "application/json", kTokens)),
                     Code::kUnexpectedStatus, 200);
  (void)expect_error(decode(RequestKind::kLogin, reply(201, "application/json", kTokens)),
                     Code::kUnexpectedStatus, 201);
  (void)expect<EmptyReply>(decode(RequestKind::kLogout, reply(204, "", "")));
  (void)expect_error(decode(RequestKind::kLogout, reply(200, "application/json", "{}")),
                     Code::kUnexpectedStatus, 200);
  (void)expect_error(decode(RequestKind::kSync, reply(304, "", "")), Code::kUnexpectedStatus, 304);
  (void)expect_error(decode(RequestKind::kChanges, reply(304, "", "")), Code::kUnexpectedStatus,
                     304);
  const auto same =
      expect<ChangesReply>(decode(RequestKind::kChanges, reply(304, "", ""), "\"e\""));
  BOOST_TEST(!same.changed);
  BOOST_TEST(same.etag == "\"e\"");
}

BOOST_AUTO_TEST_CASE(the_content_type_is_compared_as_http_wants_it) {
  constexpr std::string_view kChanges = R"({"time": 5, "head": "e.1", "pending": 0})";
  for (const std::string_view type :
       {"application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json ; charset=UTF-8", "application/json; charset=\"utf-8\""}) {
    (void)expect<ChangesReply>(decode(RequestKind::kChanges, reply(200, type, kChanges)));
  }
  for (const std::string_view type :
       {"", "text/json", "application/jsonp", "application/json; charset=latin1",
        "application/problem+json", "application/json, text/html"}) {
    (void)expect_error(decode(RequestKind::kChanges, reply(200, type, kChanges)),
                       Code::kUnexpectedContentType, 200);
  }
}

BOOST_AUTO_TEST_CASE(a_content_encoding_that_was_not_asked_for_is_refused) {
  auto odd = reply(200, "application/json", kSync);
  for (const std::string_view encoding : {"br", "deflate", "gzip, gzip"}) {
    odd.content_encoding = encoding;
    (void)expect_error(decode(RequestKind::kSync, odd), Code::kResponseMalformed, 200);
  }
  odd.content_encoding = "Identity";
  (void)expect<SyncReply>(decode(RequestKind::kSync, odd));
}

BOOST_AUTO_TEST_CASE(a_problem_document_becomes_an_error_with_its_code) {
  const auto problem = [](int status, std::string_view json) {
    return decode(RequestKind::kSync, reply(status, "application/problem+json", json));
  };
  const auto error = expect_error(
      problem(401, R"({"code": "token_expired", "detail": "The token\u001b[1m has expired."})"),
      Code::kTokenExpired, 401);
  BOOST_TEST(error.error.message ==
             "The server sync.example.org answered with status 401: The token [1m has expired.");
  // Codes that no server has to give, and codes from the future.
  (void)expect_error(problem(422, R"({"code": "store_corrupt"})"), Code::kUnexpectedStatus, 422);
  const auto fence_of = [&](std::string_view fence) {
    const auto text = R"({"code": "push_outdated", "fence": )" + std::string(fence) + "}";
    return expect_error(problem(409, text), Code::kPushOutdated, 409).fence;
  };
  BOOST_TEST(fence_of("9007199254740991") == kFenceMax);
  for (const auto* const none : {"-1", "0", "\"3\"", "1.5", "null", "18446744073709551615"})
    BOOST_TEST(fence_of(none) == 0U);
  (void)expect_error(problem(422, R"({"code": "moon_too_low"})"), Code::kUnexpectedStatus, 422);
  (void)expect_error(problem(503, R"({"code": "moon_too_low"})"), Code::kBusy, 503);
  (void)expect_error(problem(422, R"({"code": 5})"), Code::kUnexpectedStatus, 422);
  (void)expect_error(problem(500, "<html>"), Code::kUnexpectedStatus, 500);
  const auto long_winded =
      problem(400, R"({"code": "json_malformed", "detail": ")" + std::string(5000, 'x') + "\"}");
  BOOST_TEST(long_winded.error().error.message.size() < 600U);
}

BOOST_AUTO_TEST_CASE(regression_a_member_of_any_name_is_told_as_a_terminal_can_bear_it) {
  const std::string json =
      R"({"time": 5, "epoch": "00000000000000e1", "head": "00000000000000e1.3",)"
      R"("pull": {"ops": "AQA=", "remaining": 0, "cursors": {"a\u001b[2J)" +
      std::string("\x7f") + std::string(2'000, 'x') + R"(": 1}}})";
  const auto error = expect_error(decode(RequestKind::kSync, reply(200, "application/json", json)),
                                  Code::kResponseMalformed, 200);
  BOOST_TEST(error.error.message.size() < 600U);
  for (const char c : error.error.message) BOOST_TEST((c < '\0' || (c >= ' ' && c != '\x7f')));
}

BOOST_AUTO_TEST_CASE(an_error_page_is_known_by_its_status) {
  const auto page = [](int status) {
    return decode(RequestKind::kSync, reply(status, "text/html", "<html>"));
  };
  (void)expect_error(page(413), Code::kBodyTooLarge, 413);
  (void)expect_error(page(429), Code::kRateLimited, 429);
  (void)expect_error(page(503), Code::kBusy, 503);
  for (const int status : {400, 401, 403, 404, 500, 502, 504, 599}) {
    (void)expect_error(page(status), Code::kUnexpectedStatus, status);
  }
  for (const int status : {300, 301, 302, 303, 307, 308}) {
    (void)expect_error(page(status), Code::kRedirectRefused, status);
  }
}

BOOST_AUTO_TEST_CASE(retry_after_is_read_in_seconds_and_bounded) {
  auto busy = reply(503, "text/html", "");
  const std::pair<std::string_view, std::chrono::milliseconds> cases[] = {
      {"", 0s},          {"0", 0s},
      {"120", 120s},     {" 5 ", 5s},
      {"99999999", 24h}, {"99999999999999999999999", 24h},
      {"-1", 0s},        {"1.5", 0s},
      {"5s", 0s},        {"Fri, 31 Dec 1999 23:59:59 GMT", 0s}};
  for (const auto& [header, wait] : cases) {
    busy.retry_after = header;
    BOOST_TEST((decode(RequestKind::kSync, busy).error().retry_after == wait), header);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
