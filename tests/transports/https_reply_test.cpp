#include "digest.hpp"
#include "syncline/limits.hpp"
#include "tests/transports/https_support.hpp"
#include "tests/transports/protocol_face.hpp"

// What the transport makes of replies that are not as they should be, over a real socket.

namespace syncline::test {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kHtml = "text/html";

std::string chunk(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string size;
  for (std::size_t rest = bytes.size(); rest != 0; rest /= 16)
    size.insert(size.begin(), kHex[rest % 16]);
  return size.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(https_reply)

BOOST_AUTO_TEST_CASE(a_page_with_status_200_is_not_a_reply) {
  const auto error = expect_error(outcome_of(http_reply("200 OK", kHtml, "<html>welcome</html>")),
                                  Code::kUnexpectedContentType, 200);
  BOOST_TEST(error.error.message.find("text/html") != std::string::npos);
  BOOST_TEST(error.error.message.find("localhost:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reply_without_a_content_type_is_not_a_reply) {
  (void)expect_error(outcome_of(http_reply("200 OK", "", kGoodMeta)), Code::kUnexpectedContentType,
                     200);
}

BOOST_AUTO_TEST_CASE(a_body_that_breaks_off_is_malformed) {
  auto reply = good_meta_reply();
  reply.pop_back();
  (void)expect_error(outcome_of(reply, Then::kClose), Code::kResponseMalformed, 0);
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
      chunk(kGoodMeta);
  (void)expect_error(outcome_of(chunked, Then::kClose), Code::kResponseMalformed, 0);
}

BOOST_AUTO_TEST_CASE(a_body_in_chunks_is_read) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
      chunk(kGoodMeta.substr(0, 10)) + chunk(kGoodMeta.substr(10)) + "0\r\n\r\n";
  (void)expect<MetaReply>(outcome_of(chunked));
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_with_the_connection_counts_only_after_a_goodbye) {
  const auto reply =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + std::string(kGoodMeta);
  (void)expect_error(outcome_of(reply, Then::kClose), Code::kResponseMalformed, 0);
  const TlsServer server([&](Peer& peer, const HttpIn&) {
    peer.write(reply);
    peer.say_goodbye();
    return Then::kClose;
  });
  (void)expect<MetaReply>(ask(*connect(server), MetaRequest{}));
}

BOOST_AUTO_TEST_CASE(a_connection_that_closes_without_a_reply_is_unreachable) {
  const TlsServer server([](Peer&, const HttpIn&) { return Then::kClose; });
  (void)expect_error(ask(*connect(server), MetaRequest{}), Code::kNetworkUnreachable, 0);
  BOOST_TEST(server.request_count() == 1);
}

// Damage to the headers may take the digest away, and what a reply has to be then still holds;
// under the digest nothing passes that the server did not say.
BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_is_an_error_or_leaves_the_message_as_it_was) {
  const auto body = std::string(kGoodMeta);
  const auto good = http_reply("200 OK", kJson, body,
                               "Unencoded-Digest: " + https::digest_header(body).value() + "\r\n");
  const auto headers_size = good.size() - body.size();
  std::atomic<std::size_t> at{0};
  const TlsServer server([&](Peer& peer, const HttpIn&) {
    auto reply = good;
    reply[at] = static_cast<char>(reply[at] ^ (1 << at % 8));
    peer.write(reply);
    return Then::kClose;
  });
  const auto transport = connect(server);
  std::size_t decoded = 0;
  for (; at < good.size(); ++at) {
    const auto outcome = ask(*transport, MetaRequest{});
    if (!outcome) {
      BOOST_TEST(!outcome.error().error.message.empty());
      continue;
    }
    BOOST_TEST(at < headers_size, "the body passed with a flipped bit, byte " << at);
    const auto& meta = std::get<MetaReply>(*outcome);
    BOOST_TEST((meta.protocol_min == 1 && meta.protocol_max == 1));
    BOOST_TEST(meta.time_ms == 1'700'000'000'000);
    ++decoded;
  }
  BOOST_TEST(decoded < headers_size);
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_not_read) {
  const std::string headers = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  const auto announced =
      headers + "Content-Length: " + std::to_string(kReplyBytesMax + 1) + "\r\n\r\n{";
  (void)expect_error(outcome_of(announced), Code::kResponseTooLarge, 0);
  const TlsServer endless([&](Peer& peer, const HttpIn&) {
    const auto part = chunk(std::string(64 * 1024, ' '));
    bool open = peer.write(headers + "Transfer-Encoding: chunked\r\n\r\n");
    while (open) open = peer.write(part);
    return Then::kClose;
  });
  (void)expect_error(ask(*connect(endless), MetaRequest{}), Code::kResponseTooLarge, 0);
}

BOOST_AUTO_TEST_CASE(headers_over_the_limit_are_not_read) {
  const TlsServer server([](Peer& peer, const HttpIn&) {
    bool open = peer.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; open && i < 1'000'000; ++i)
      open = peer.write("X-More: " + std::string(80, 'x') + "\r\n");
    return Then::kClose;
  });
  (void)expect_error(ask(*connect(server), MetaRequest{}), Code::kResponseTooLarge, 0);
  const TlsServer one_line([](Peer& peer, const HttpIn&) {
    bool open = peer.write("HTTP/1.1 200 OK\r\nX: ");
    while (open) open = peer.write(std::string(4096, 'x'));
    return Then::kClose;
  });
  (void)expect_error(ask(*connect(one_line), MetaRequest{}), Code::kResponseTooLarge, 0);
}

BOOST_AUTO_TEST_CASE(a_compressed_reply_is_read) {
  (void)expect<MetaReply>(
      outcome_of(http_reply("200 OK", kJson, gzip(kGoodMeta), "Content-Encoding: gzip\r\n")));
}

BOOST_AUTO_TEST_CASE(a_compressed_reply_that_swells_over_the_limit_is_refused) {
  const auto bomb = gzip(std::string(kReplyInflatedMax + 1, ' '));
  BOOST_TEST(bomb.size() < 100'000U);
  (void)expect_error(outcome_of(http_reply("200 OK", kJson, bomb, "Content-Encoding: gzip\r\n")),
                     Code::kResponseTooLarge, 200);
}

BOOST_AUTO_TEST_CASE(a_redirect_is_refused_and_its_target_never_asked) {
  const TlsServer target(always(good_meta_reply()));
  const TlsServer server(
      always(http_reply("302 Found", kHtml, "", "Location: " + target.url() + "/v1/sync\r\n")));
  const auto transport = connect(server);
  (void)expect_error(ask(*transport, pull_request(Secret("a.token"), {{"*", ""}})),
                     Code::kRedirectRefused, 302);
  BOOST_TEST(server.request_count() == 1);
  BOOST_TEST(target.connection_count() == 0);
}

BOOST_AUTO_TEST_CASE(something_that_is_not_http_is_malformed) {
  for (const std::string reply :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/9.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad header\r\n\r\n", "\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"}) {
    (void)expect_error(outcome_of(reply, Then::kClose), Code::kResponseMalformed, 0);
  }
}

BOOST_AUTO_TEST_CASE(an_interim_reply_is_passed_over_but_not_for_ever) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n";
  (void)expect<MetaReply>(outcome_of(interim + interim + good_meta_reply()));
  std::string many;
  for (int i = 0; i < 100; ++i) many += interim;
  (void)expect_error(outcome_of(many), Code::kResponseMalformed, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
