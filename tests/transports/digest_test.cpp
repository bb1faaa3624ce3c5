#include "digest.hpp"

#include "reply_decoder.hpp"
#include "tests/transports/protocol_face.hpp"
#include "tests/transports/transport_support.hpp"

// Damage that TLS does not see.

namespace syncline::test {
namespace {

using https::HttpReply;
using https::RequestKind;

constexpr std::string_view kSync =
    R"({"time": 1700000000000, "epoch": "0123456789abcdef", "head": "0123456789abcdef.12",
        "push": {"verdicts": "asr", "refused": [{"index": 2, "code": "key_too_long"}]},
        "pull": {"ops": "AQA=", "cursors": {"*": "0123456789abcdef.12"}, "remaining": 3}})";

HttpReply reply(int status, std::string_view type, std::string_view body) {
  HttpReply made;
  made.status = status;
  made.content_type = type;
  made.body = body;
  return made;
}

HttpReply with_digest(HttpReply reply) {
  reply.digest = https::digest_header(reply.body).value();
  return reply;
}

TransportReply decode(const HttpReply& reply) {
  return https::decode_reply({RequestKind::kSync, "sync.example.org", {}}, reply);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(a_digest_is_as_the_rfc_has_it) {
  BOOST_TEST(https::digest_header("{\"hello\": \"world\"}\n").value() ==
             "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
}

// Before there was a digest, a verdict or an op that was damaged but well-formed was taken for what
// the server had said.
BOOST_AUTO_TEST_CASE(regression_every_flipped_bit_of_a_plain_reply_with_a_digest_is_an_error) {
  const auto good = with_digest(reply(200, "application/json", kSync));
  (void)expect<SyncReply>(decode(good));
  for (std::size_t i = 0; i < kSync.size() * 8; ++i) {
    auto damaged = good;
    damaged.body[i / 8] = static_cast<char>(damaged.body[i / 8] ^ (1 << i % 8));
    (void)expect_error(decode(damaged), Code::kResponseMalformed, 200);
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_of_a_compressed_reply_is_an_error_or_of_no_account) {
  auto good = with_digest(reply(200, "application/json", kSync));
  good.body = gzip(kSync);
  good.content_encoding = "gzip";
  const auto whole = expect<SyncReply>(decode(good));
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < good.body.size() * 8; ++i) {
    auto damaged = good;
    damaged.body[i / 8] = static_cast<char>(damaged.body[i / 8] ^ (1 << i % 8));
    const auto outcome = decode(damaged);
    if (!outcome) {
      BOOST_TEST((outcome.error().error.code == Code::kResponseMalformed));
      continue;
    }
    // The header of gzip has bits that mean nothing: the time, the system, how hard it was tried.
    const auto sync = std::get<SyncReply>(*outcome);
    BOOST_TEST((sync.head == whole.head && sync.push->verdicts == whole.push->verdicts &&
                sync.pull->ops == whole.pull->ops));
    ++decoded;
  }
  BOOST_TEST(decoded < 8U * 10U);
}

BOOST_AUTO_TEST_CASE(a_digest_that_cannot_be_read_is_malformed) {
  const auto right = https::digest_header(kSync).value();
  const auto base64 = right.substr(right.find(':'));
  for (const std::string& digest :
       {std::string("sha-256"), std::string("sha-256="), "sha-256=" + base64.substr(1),
        std::string("sha-256=::"), std::string("sha-256=:AAAA:"), std::string("sha-256=:A:"),
        "SHA-256=" + base64, "=" + base64, right + ",", "," + right,
        right + ",,md5=:AAAA:", right + ", sha-256=:AAAA:", right + " md5=:AAAA:", right + ";a=1",
        std::string("md5=AAAA")}) {
    auto odd = reply(200, "application/json", kSync);
    odd.digest = digest;
    const auto outcome = decode(odd);
    BOOST_TEST(!outcome.has_value(), "accepted " << digest);
    if (!outcome) BOOST_TEST((outcome.error().error.code == Code::kResponseMalformed));
  }
}

BOOST_AUTO_TEST_CASE(a_digest_may_be_absent_and_other_algorithms_are_passed_over) {
  const auto right = https::digest_header(kSync).value();
  for (const std::string& digest : {std::string(), right, "sha-512=:AAAA:, " + right,
                                    right + "\t,md5=:AAAA:", std::string("unixsum=:AAAA:")}) {
    auto sent = reply(200, "application/json", kSync);
    sent.digest = digest;
    (void)expect<SyncReply>(decode(sent));
  }
}

// An error is not what its body says when that is damaged: only its status counts.
BOOST_AUTO_TEST_CASE(a_damaged_problem_says_nothing_but_its_status) {
  auto problem =
      with_digest(reply(401, "application/problem+json", R"({"code": "token_expired"})"));
  (void)expect_error(decode(problem), Code::kTokenExpired, 401);
  problem.body.back() = ' ';
  (void)expect_error(decode(problem), Code::kResponseMalformed, 401);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
