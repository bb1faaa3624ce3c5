#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "connection.hpp"
#include "tests/transports/https_support.hpp"
#include "tls.hpp"

// When a connection is kept, and what is repeated when it turns out to be closed.

namespace syncline::test {
namespace {

constexpr std::string_view kTokens =
    R"({"account": "1", "access_token": "a.b.c", "refresh_token": "def", "expires_in": 900, "time": 1})";

using Addresses = std::vector<https::Connection::Tcp::endpoint>;

Result<void> open_at(const TlsServer& server, const Addresses& addresses) {
  https::ConnectionSettings settings{https::parse_base_url(server.url()).value(), kPatience,
                                     kPatience,
                                     https::make_tls_context(certificates().authority).value()};
  https::Traffic traffic;
  boost::asio::io_context context;
  https::Connection connection(context.get_executor(), settings, traffic);
  auto opened =
      boost::asio::co_spawn(context, connection.open_at(addresses), boost::asio::use_future);
  context.run();
  return opened.get();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(https_connection)

BOOST_AUTO_TEST_CASE(regression_an_address_that_refuses_does_not_spoil_the_next_one) {
  const TlsServer server(always(good_meta_reply()));
  const auto port = https::parse_base_url(server.url()).value().port;
  const auto here = boost::asio::ip::make_address("127.0.0.1");
  // Nothing listens there. A name such as localhost often has the first two, in this order.
  for (const std::string_view refusing : {"::1", "127.0.0.2"}) {
    const Addresses addresses{{boost::asio::ip::make_address(refusing), port}, {here, port}};
    const auto opened = open_at(server, addresses);
    BOOST_TEST(opened.has_value(), refusing << ": " << (opened ? "" : opened.error().message));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept) {
  const TlsServer server(always(good_meta_reply()));
  const auto transport = connect(server);
  for (int i = 0; i < 5; ++i) (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  BOOST_TEST(server.connection_count() == 1);
  BOOST_TEST(server.request_count() == 5);
}

BOOST_AUTO_TEST_CASE(a_connection_is_not_kept_when_the_server_says_so) {
  const TlsServer server(
      always(http_reply("200 OK", "application/json", kGoodMeta, "Connection: close\r\n")));
  const auto transport = connect(server);
  for (int i = 0; i < 3; ++i) (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  BOOST_TEST(server.connection_count() == 3);
}

BOOST_AUTO_TEST_CASE(a_connection_is_not_kept_after_bytes_that_nobody_asked_for) {
  const TlsServer server(always(good_meta_reply() + good_meta_reply()));
  const auto transport = connect(server);
  for (int i = 0; i < 3; ++i) (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  BOOST_TEST(server.connection_count() == 3);
}

BOOST_AUTO_TEST_CASE(a_connection_is_not_used_again_after_too_long) {
  const TlsServer server(always(good_meta_reply()));
  auto options = options_for(server);
  options.keep_alive_max = -1ms;
  const auto transport = make_https_transport(options).value();
  for (int i = 0; i < 3; ++i) (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  BOOST_TEST(server.connection_count() == 3);
}

BOOST_AUTO_TEST_CASE(a_request_on_a_kept_connection_that_was_closed_is_repeated) {
  // Announces that the connection is kept, and closes it.
  const TlsServer server(always(good_meta_reply(), Then::kClose));
  const auto transport = connect(server);
  for (int i = 0; i < 3; ++i) (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  BOOST_TEST(server.connection_count() == 3);
}

BOOST_AUTO_TEST_CASE(a_request_that_gets_no_reply_is_repeated_once_only) {
  std::atomic<bool> answering = true;
  const TlsServer server([&](Peer& peer, const HttpIn&) {
    if (!answering) return Then::kClose;
    peer.write(good_meta_reply());
    return Then::kKeepConnection;
  });
  const auto transport = connect(server);
  (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  answering = false;
  (void)expect_error(ask(*transport, MetaRequest{}), Code::kNetworkUnreachable, 0);
  BOOST_TEST(server.request_count() == 3);
  BOOST_TEST(server.connection_count() == 2);
}

BOOST_AUTO_TEST_CASE(a_request_whose_reply_broke_off_is_not_repeated) {
  std::atomic<int> answered = 0;
  const TlsServer server([&](Peer& peer, const HttpIn&) {
    if (answered++ == 0) return peer.write(good_meta_reply()), Then::kKeepConnection;
    peer.write("HTTP/1.1 200 OK\r\n");
    return Then::kClose;
  });
  const auto transport = connect(server);
  (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  (void)expect_error(ask(*transport, MetaRequest{}), Code::kResponseMalformed, 0);
  BOOST_TEST(server.request_count() == 2);
}

BOOST_AUTO_TEST_CASE(a_request_that_must_not_be_repeated_has_a_new_connection) {
  const TlsServer server([](Peer& peer, const HttpIn& request) {
    const bool registering = std::string_view(request.target()).ends_with("/register");
    const auto status = registering ? "201 Created" : "200 OK";
    peer.write(http_reply(status, "application/json", kTokens));
    return Then::kKeepConnection;
  });
  const auto transport = connect(server);
  (void)expect<TokensReply>(ask(*transport, register_request()));
  (void)expect<TokensReply>(ask(*transport, LoginRequest{std::string(kEmail), Secret(kPassword)}));
  (void)expect<TokensReply>(ask(*transport, RefreshRequest{Secret("def")}));
  BOOST_TEST(server.connection_count() == 3);
}

BOOST_AUTO_TEST_CASE(a_request_that_must_not_be_repeated_is_not) {
  const TlsServer server([](Peer&, const HttpIn&) { return Then::kClose; });
  const auto transport = connect(server);
  (void)expect_error(ask(*transport, register_request()), Code::kNetworkUnreachable, 0);
  (void)expect_error(ask(*transport, RefreshRequest{Secret("def")}), Code::kNetworkUnreachable, 0);
  BOOST_TEST(server.request_count() == 2);
}

BOOST_AUTO_TEST_CASE(a_base_path_goes_before_the_paths_of_the_protocol) {
  std::promise<std::string> target;
  const TlsServer server([&](Peer& peer, const HttpIn& request) {
    target.set_value(std::string(std::string_view(request.target())));
    peer.write(good_meta_reply());
    return Then::kKeepConnection;
  });
  auto options = options_for(server);
  options.base_url += "/apps/sync/";
  (void)expect<MetaReply>(ask(*make_https_transport(options).value(), MetaRequest{}));
  BOOST_TEST(target.get_future().get() == "/apps/sync/v1/meta");
}

BOOST_AUTO_TEST_CASE(a_request_has_the_headers_that_the_protocol_wants) {
  std::promise<HttpIn> seen;
  const TlsServer server([&](Peer& peer, const HttpIn& request) {
    seen.set_value(request);
    peer.write(http_reply("500 Oops", "text/plain", ""));
    return Then::kKeepConnection;
  });
  auto options = options_for(server);
  options.user_agent = "health/2.1";
  (void)ask(*make_https_transport(options).value(), pull_request(Secret("a.token"), {{"*", ""}}));
  const auto request = seen.get_future().get();
  const auto header = [&](std::string_view name) {
    return std::string(std::string_view(request[{name.data(), name.size()}]));
  };
  BOOST_TEST("https://" + header("Host") == server.url());
  BOOST_TEST(header("User-Agent") == "health/2.1");
  BOOST_TEST(header("Authorization") == "Bearer a.token");
  BOOST_TEST(header("Accept-Encoding") == "gzip");
  BOOST_TEST(header("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_token_with_a_line_break_is_never_sent) {
  const TlsServer server(always(good_meta_reply()));
  const auto transport = connect(server);
  (void)expect_error(ask(*transport, pull_request(Secret("a\r\nX-Header: b"), {{"*", ""}})),
                     Code::kInvalidArgument, 0);
  (void)expect_error(ask(*transport, ChangesRequest{Secret("a"), "", "\"e\"\r\nX: y"}),
                     Code::kInvalidArgument, 0);
  BOOST_TEST(server.connection_count() == 0);
}

BOOST_AUTO_TEST_CASE(traffic_is_more_than_what_the_messages_hold) {
  const TlsServer server(always(good_meta_reply()));
  const auto transport = connect(server);
  (void)ask(*transport, MetaRequest{});
  const auto first = transport->traffic();
  BOOST_TEST(first.received_bytes > good_meta_reply().size() + 500);
  (void)ask(*transport, MetaRequest{});
  const auto second = transport->traffic();
  // Without a handshake: the reply and the few bytes that encryption adds.
  BOOST_TEST(second.received_bytes - first.received_bytes >= good_meta_reply().size());
  BOOST_TEST(second.received_bytes - first.received_bytes < good_meta_reply().size() + 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
