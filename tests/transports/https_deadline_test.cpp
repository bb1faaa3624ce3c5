#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "syncline/limits.hpp"
#include "tests/transports/https_support.hpp"

// How long the transport waits, for each step and for a request as a whole.

namespace syncline::test {
namespace {

// The message of a request to a server that stands still, whose steps have a short time.
std::string standstill_of(TlsServer::Manners manners, Request request) {
  TlsServer::Options server_options;
  server_options.manners = manners;
  const TlsServer server(server_options, always(good_meta_reply()));
  auto options = options_for(server);
  options.connect_deadline = 300ms;
  options.idle_deadline = 300ms;
  const auto transport = make_https_transport(options).value();
  const auto error =
      expect_error(ask(*transport, std::move(request)), Code::kDeadlineExceeded, 0).error;
  BOOST_TEST(server.connection_count() == 1);
  BOOST_TEST(server.request_count() == 0);
  return error.message;
}

// A port of this machine where the queue of those who wait to be accepted is full: whoever
// comes next hears nothing.
class FullPort {
 public:
  FullPort() {
    acceptor_.open(Tcp::v4());
    acceptor_.bind(Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    acceptor_.listen(0);
    // How many fit besides the one that was asked for is up to the system.
    constexpr int kTries = 64;
    for (int tries = 0; tries < kTries && fits_one_more(); ++tries) continue;
  }

  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  using Tcp = boost::asio::ip::tcp;

  bool fits_one_more() {
    waiting_.emplace_back(context_);
    std::optional<boost::system::error_code> ended;
    waiting_.back().async_connect(acceptor_.local_endpoint(),
                                  [&ended](const auto& error) { ended = error; });
    context_.restart();
    context_.run_for(200ms);
    if (ended) return !*ended;
    waiting_.back().close();
    context_.restart();
    context_.run();
    waiting_.pop_back();
    return false;
  }

  boost::asio::io_context context_;
  Tcp::acceptor acceptor_{context_};
  std::vector<Tcp::socket> waiting_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(https_deadline)

BOOST_AUTO_TEST_CASE(a_server_that_answers_no_connection_is_given_up) {
  const FullPort port;
  HttpsOptions options;
  options.base_url = port.url();
  options.ca_file = certificates().authority;
  options.connect_deadline = 300ms;
  options.idle_deadline = kPatience;
  const auto transport = make_https_transport(options).value();
  const auto error = expect_error(ask(*transport, MetaRequest{}), Code::kDeadlineExceeded, 0).error;
  BOOST_TEST(error.message.find("connecting") != std::string::npos, error.message);
}

BOOST_AUTO_TEST_CASE(a_server_that_accepts_and_never_shakes_hands_is_given_up) {
  const auto message = standstill_of(TlsServer::Manners::kNeverHandshakes, MetaRequest{});
  BOOST_TEST(message.find("the TLS handshake") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_reading_a_large_request_is_given_up) {
  SyncRequest request;
  request.access_token = Secret("a.token");
  request.push_ops = std::string(kPushBytesMax, 'x');
  const auto message = standstill_of(TlsServer::Manners::kNeverReads, std::move(request));
  BOOST_TEST(message.find("sending the request") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(a_slow_server_is_waited_for_until_the_deadline) {
  const TlsServer patient([](Peer& peer, const HttpIn&) {
    for (const char byte : good_meta_reply()) {
      if (!peer.write({&byte, 1})) return Then::kClose;
      std::this_thread::sleep_for(1ms);
    }
    return Then::kKeepConnection;
  });
  (void)expect<MetaReply>(ask(*connect(patient), MetaRequest{}));

  // Each byte comes well within the time that a step has, but there is no end to them.
  const TlsServer endless([](Peer& peer, const HttpIn&) {
    bool open = peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n");
    while (open) {
      open = peer.write(" ");
      std::this_thread::sleep_for(1ms);
    }
    return Then::kClose;
  });
  (void)expect_error(ask(*connect(endless), MetaRequest{}, 200ms), Code::kDeadlineExceeded, 0);
}

BOOST_AUTO_TEST_CASE(a_connection_that_stands_still_is_given_up) {
  const TlsServer server([](Peer& peer, const HttpIn&) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    peer.stay_silent();
    return Then::kClose;
  });
  auto options = options_for(server);
  options.idle_deadline = 100ms;
  (void)expect_error(ask(*make_https_transport(options).value(), MetaRequest{}),
                     Code::kDeadlineExceeded, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
