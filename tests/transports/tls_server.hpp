#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "tests/transports/certificates.hpp"

namespace syncline::test {

using HttpIn = boost::beast::http::request<boost::beast::http::string_body>;

// One connection, as the script of a test sees it. What it writes is written as it is.
class Peer {
 public:
  using Stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
  Peer(Stream& stream, const std::function<void()>& wait_for_end, int number)
      : stream_(stream), wait_for_end_(wait_for_end), number_(number) {}

  bool write(std::string_view bytes);
  // Says goodbye as TLS wants it. Without, the connection just breaks.
  void say_goodbye();
  // Until the server goes, or for ever.
  void stay_silent() { wait_for_end_(); }
  // The connections of a server are numbered from 1.
  [[nodiscard]] int number() const { return number_; }

 private:
  Stream& stream_;
  const std::function<void()>& wait_for_end_;
  int number_;
};

enum class Then { kKeepConnection, kClose };

// A TLS server on a port of 127.0.0.1 that answers each request by a script.
class TlsServer {
 public:
  // Called on the thread of its connection.
  using Script = std::function<Then(Peer&, const HttpIn&)>;
  enum class Manners { kAnswers, kNeverHandshakes, kNeverReads };
  struct Options {
    CertificateFiles certificate = certificates().good;
    int protocol_max = 0;  // as in OpenSSL; 0 for the newest
    Manners manners = Manners::kAnswers;
  };

  explicit TlsServer(Script script) : TlsServer(Options{}, std::move(script)) {}
  TlsServer(const Options& options, Script script);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer();

  [[nodiscard]] std::string url(std::string_view host = "localhost") const;
  [[nodiscard]] int connection_count() const { return connections_; }
  [[nodiscard]] int request_count() const { return requests_; }

 private:
  using Tcp = boost::asio::ip::tcp;

  void accept();
  void serve(Tcp::socket socket, int number);
  void converse(Peer::Stream& stream, int number);

  Script script_;
  Manners manners_;
  boost::asio::ssl::context tls_;
  boost::asio::io_context context_;
  Tcp::acceptor acceptor_;
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};

  std::mutex mutex_;  // guards what follows
  std::condition_variable ending_;
  bool ended_ = false;
  std::set<int> open_sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_thread_;
};

// A whole reply with Content-Length.
[[nodiscard]] std::string http_reply(std::string_view status, std::string_view content_type,
                                     std::string_view body, std::string_view more_headers = {});

// A reply to meta that is as it should be.
[[nodiscard]] std::string good_meta_reply();
inline constexpr std::string_view kGoodMeta =
    R"({"service": "syncline", "protocol": {"min": 1, "max": 1}, "time": 1700000000000, "new": [{}]})";

}  // namespace syncline::test
