#include "reply_decoder.hpp"

#include "base64.hpp"
#include "base_url.hpp"
#include "gzip.hpp"
#include "request_encoder.hpp"
#include "syncline/limits.hpp"
#include "tests/transports/protocol_face.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {
namespace {

using https::HttpReply;
using https::RequestKind;

constexpr std::string_view kSync =
    R"({"time": 1700000000000, "epoch": "0123456789abcdef", "head": "0123456789abcdef.12",
        "push": {"verdicts": "arsr", "refused": [{"index": 1, "code": "stamp_in_future"},
                                                 {"index": 3, "code": "key_too_long"}]},
        "pull": {"ops": "AQA=", "cursors": {"*": "0123456789abcdef.12"}, "remaining": 3}})";

HttpReply reply(int status, std::string_view type, std::string_view body) {
  HttpReply made;
  made.status = status;
  made.content_type = type;
  made.body = body;
  return made;
}

TransportReply decode(RequestKind kind, const HttpReply& reply, std::string etag = {}) {
  return https::decode_reply({kind, "sync.example.org", std::move(etag)}, reply);
}

TransportReply decode_json(RequestKind kind, std::string_view json) {
  return decode(kind, reply(200, "application/json", json));
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  const auto at = result.find(what);
  BOOST_REQUIRE(at != std::string::npos);
  return result.replace(at, what.size(), with);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reply_decoder)

BOOST_AUTO_TEST_CASE(base64_is_as_the_rfc_has_it) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(https::encode_base64(bytes) == text);
    BOOST_TEST(https::decode_base64(text).value() == bytes);
  }
}

BOOST_AUTO_TEST_CASE(base64_that_is_not_the_one_encoding_is_refused) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v====", "=",
        "====", "Z===", "Zg==Zg==", "Zm-_", "Zm9\xff"}) {
    BOOST_TEST(!https::decode_base64(text).has_value(), "accepted: " << text);
  }
}

BOOST_AUTO_TEST_CASE(gzip_that_is_cut_short_or_followed_by_more_is_malformed) {
  const auto whole = gzip("something that is compressed");
  BOOST_TEST(https::gunzip(whole, 100).value() == "something that is compressed");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = https::gunzip(std::string_view(whole).substr(0, size), 100);
    BOOST_TEST((!cut && cut.error().code == Code::kResponseMalformed));
  }
  BOOST_TEST((https::gunzip(whole + whole, 100).error().code == Code::kResponseMalformed));
  BOOST_TEST((https::gunzip(whole, 27).error().code == Code::kResponseTooLarge));
  BOOST_TEST(https::gunzip(whole, 28).has_value());
}

BOOST_AUTO_TEST_CASE(a_base_url_is_taken_apart) {
  const auto plain = https::parse_base_url("https://sync.example.org").value();
  BOOST_TEST(plain.host == "sync.example.org");
  BOOST_TEST(plain.port == 443);
  BOOST_TEST(plain.path.empty());
  BOOST_TEST(plain.authority == "sync.example.org");
  const auto address = https::parse_base_url("HTTPS://[::1]:8443/a/b/").value();
  BOOST_TEST(address.host == "::1");
  BOOST_TEST(address.is_address);
  BOOST_TEST(address.port == 8443);
  BOOST_TEST(address.path == "/a/b");
  BOOST_TEST(address.authority == "[::1]:8443");
}

BOOST_AUTO_TEST_CASE(a_sync_request_is_written_as_the_protocol_has_it) {
  SyncRequest sync;
  sync.access_token = Secret("token");
  sync.replica = 0x0123456789abcdef;
  sync.schema = SchemaId{"health", 2, "digest"};
  sync.push_ops = std::string("\x01\x00", 2);
  sync.push_fence = 3;
  sync.pull = SyncRequest::Pull{{{"*", "cursor"}, {"private", std::nullopt}}, 10};
  const auto request = https::encode_request(sync).value();
  BOOST_TEST(request.method == "POST");
  BOOST_TEST(request.target == "/v1/sync");
  BOOST_TEST(request.bearer.reveal() == "token");
  BOOST_TEST(
      request.body ==
      R"({"protocol":1,"replica":"0123456789abcdef",)"
      R"("schema":{"name":"health","version":2,"digest":"digest"},"push":{"fence":3,"ops":"AQA="},)"
      R"("pull":{"cursors":{"*":"cursor","private":null},"limit":10}})");
}

BOOST_AUTO_TEST_CASE(a_cursor_is_escaped_in_a_query) {
  const auto request = https::encode_request(ChangesRequest{Secret("t"), "a.1&b=\xff", ""}).value();
  BOOST_TEST(request.target == "/v1/changes?cursor=a.1%26b%3D%FF");
}

BOOST_AUTO_TEST_CASE(a_sync_reply_is_decoded) {
  const auto sync = expect<SyncReply>(decode_json(RequestKind::kSync, kSync));
  BOOST_TEST(sync.head == "0123456789abcdef.12");
  BOOST_TEST(letters(sync.push->verdicts) == "arsr");
  BOOST_TEST(sync.push->refused[1].index == 3U);
  BOOST_TEST(sync.push->refused[1].code == Code::kKeyTooLong);
  BOOST_TEST((sync.pull->ops == std::string("\x01\x00", 2)));
  BOOST_TEST(sync.pull->remaining == 3U);
}

BOOST_AUTO_TEST_CASE(a_sync_reply_of_the_wrong_shape_is_malformed) {
  const std::pair<std::string_view, std::string_view> faults[] = {
      {R"("time": 1700000000000)", R"("time": "now")"},
      {R"("time": 1700000000000)", R"("time": 1.7e12)"},
      {R"("time": 1700000000000)", R"("time": -1)"},
      {R"("time": 1700000000000)", R"("time": 281474976710656)"},
      {R"("time": 1700000000000,)", ""},
      {R"("epoch": "0123456789abcdef")", R"("epoch": "0123456789abcde")"},
      {R"("epoch": "0123456789abcdef")", R"("epoch": "0123456789abcdeg")"},
      {R"("head": "0123456789abcdef.12")", R"("head": "a b")"},
      {R"("head": "0123456789abcdef.12")", R"("head": "")"},
      {"arsr", "arsx"},
      {"arsr", "aasr"},
      {"arsr", "arss"},
      {"arsr", "rrsr"},
      {R"("index": 1)", R"("index": 0)"},
      {R"("index": 1)", R"("index": -1)"},
      {R"("index": 1)", R"("index": 3)"},
      {R"("index": 3)", R"("index": 4)"},
      {R"("code": "key_too_long")", R"("code": 1)"},
      {R"({"index": 1, "code": "stamp_in_future"},)", ""},
      {"AQA=", "AQA"},
      {"AQA=", "AQB="},
      {R"("remaining": 3)", R"("remaining": -3)"},
      {R"("remaining": 3)", R"("remaining": 3.5)"},
      {R"({"*": "0123456789abcdef.12"})", R"({"*": null})"},
      {R"({"*": "0123456789abcdef.12"})", R"(["*"])"},
      {R"({"*": "0123456789abcdef.12"})", R"({"": "0123456789abcdef.12"})"},
      {R"("push": {)", R"("push": 1, "was": {)"},
      {R"("pull": {)", R"("pull": null, "was": {)"},
      {R"("pull": {)", R"("deep": [[[[[[[[[[]]]]]]]]]], "pull": {)"},
      {"}}", "}"},
      {"}}", "}}}"},
      {R"("time")", "\"ti\xffme\""},
  };
  for (const auto& [what, with] : faults) {
    const auto outcome = decode_json(RequestKind::kSync, replaced(kSync, what, with));
    BOOST_TEST(!outcome.has_value(), "accepted " << with << " instead of " << what);
    if (!outcome) BOOST_TEST(outcome.error().error.code == Code::kResponseMalformed);
  }
}

BOOST_AUTO_TEST_CASE(members_and_refusal_codes_that_are_not_known_are_passed_over) {
  auto json = replaced(kSync, R"("time")", R"("from": {"a": [1, 2.5, null]}, "time")");
  json = replaced(json, "key_too_long", "moon_too_low");
  const auto sync = expect<SyncReply>(decode_json(RequestKind::kSync, json));
  BOOST_TEST(sync.push->refused[1].code == Code::kValidationFailed);
}

BOOST_AUTO_TEST_CASE(a_meta_reply_has_to_be_of_this_service) {
  constexpr std::string_view kMeta =
      R"({"service": "syncline", "protocol": {"min": 1, "max": 2}, "time": 5})";
  const auto meta = expect<MetaReply>(decode_json(RequestKind::kMeta, kMeta));
  BOOST_TEST(meta.protocol_max == 2);
  for (const auto& [what, with] :
       {std::pair{"syncline", "another"}, std::pair{"\"min\": 1", "\"min\": 3"},
        std::pair{"\"max\": 2", "\"max\": 0"}, std::pair{"\"time\": 5", "\"time\": []"}}) {
    (void)expect_error(decode_json(RequestKind::kMeta, replaced(kMeta, what, with)),
                       Code::kResponseMalformed, 200);
  }
  (void)expect_error(decode_json(RequestKind::kMeta, "[]"), Code::kResponseMalformed, 200);
  (void)expect_error(decode_json(RequestKind::kMeta, ""), Code::kResponseMalformed, 200);
}

BOOST_AUTO_TEST_CASE(tokens_that_could_not_be_sent_again_are_malformed) {
  constexpr std::string_view kTokens =
      R"({"account": "1", "access_token": "a.b", "refresh_token": "c", "expires_in": 900, "time": 5})";
  (void)expect<TokensReply>(decode_json(RequestKind::kLogin, kTokens));
  for (const auto& [what, with] :
       {std::pair{"a.b", "a\\r\\nb"}, std::pair{"a.b", ""}, std::pair{"\"c\"", "\"c d\""},
        std::pair{"900", "0"}, std::pair{"900", "99999999999"}, std::pair{"\"1\"", "1"}}) {
    (void)expect_error(decode_json(RequestKind::kLogin, replaced(kTokens, what, with)),
                       Code::kResponseMalformed, 200);
  }
}

// Under the address sanitizer this failed where the reply ended between a member's name and its
// value.
BOOST_AUTO_TEST_CASE(regression_tokens_cut_anywhere_are_malformed) {
  constexpr std::string_view kTokens =
      R"({"account": "1", "access_token": "a.b", "refresh_token": "c", "expires_in": 900, "time": 5})";
  for (std::size_t size = 0; size < kTokens.size(); ++size) {
    (void)expect_error(decode_json(RequestKind::kLogin, kTokens.substr(0, size)),
                       Code::kResponseMalformed, 200);
  }
}

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
