#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base_url.hpp"
#include "http_message.hpp"
#include "syncline/error.hpp"

namespace syncline::https {

struct Traffic {
  std::atomic<std::uint64_t> sent_bytes{0};
  std::atomic<std::uint64_t> received_bytes{0};
};

// Counts what passes the socket, and limits nothing.
class CountingPolicy {
 public:
  explicit CountingPolicy(Traffic& traffic) : traffic_(&traffic) {}

 private:
  friend class boost::beast::rate_policy_access;
  static constexpr std::size_t kUnlimited = static_cast<std::size_t>(-1);

  [[nodiscard]] std::size_t available_read_bytes() const noexcept { return kUnlimited; }
  [[nodiscard]] std::size_t available_write_bytes() const noexcept { return kUnlimited; }
  void transfer_read_bytes(std::size_t size) const noexcept { traffic_->received_bytes += size; }
  void transfer_write_bytes(std::size_t size) const noexcept { traffic_->sent_bytes += size; }
  void on_timer() const noexcept {}

  Traffic* traffic_;
};

// What a connection is made with. It outlives the connection.
struct ConnectionSettings {
  BaseUrl base;
  std::chrono::milliseconds connect_deadline;
  std::chrono::milliseconds idle_deadline;
  boost::asio::ssl::context tls;
};

// Why an exchange gave no reply.
struct ExchangeFault {
  Error error;
  bool reply_begun = false;
};

// One TLS connection to the server, for one exchange after the other.
//
// Thread safety: none; everything happens on the executor's one thread.
class Connection {
 public:
  Connection(const boost::asio::any_io_executor& executor, ConnectionSettings& settings,
             Traffic& traffic);

  using Tcp = boost::asio::ip::tcp;

  // Looks up the server's addresses and opens at them.
  // Errors: network_unreachable, certificate_untrusted, deadline_exceeded.
  [[nodiscard]] boost::asio::awaitable<Result<void>> open();
  // Opens at the first of these addresses that can be reached. Errors: the same.
  [[nodiscard]] boost::asio::awaitable<Result<void>> open_at(
      const std::vector<Tcp::endpoint>& endpoints);

  // Sends the request and reads the whole reply.
  // Errors: network_unreachable, deadline_exceeded, response_malformed, response_too_large.
  [[nodiscard]] boost::asio::awaitable<tl::expected<HttpReply, ExchangeFault>> exchange(
      const std::string& request);

  // Ends what is under way with an error, at once.
  void abort();

  // Whether the last exchange left the connection fit for another one.
  [[nodiscard]] bool reusable(std::chrono::milliseconds unused_max) const;

 private:
  using Socket = boost::beast::basic_stream<Tcp, boost::asio::any_io_executor, CountingPolicy>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;
  using ErrorCode = boost::system::error_code;
  using Clock = std::chrono::steady_clock;
  struct Lookup;

  boost::asio::awaitable<Result<std::vector<Tcp::endpoint>>> resolve();
  boost::asio::awaitable<Result<void>> connect(const std::vector<Tcp::endpoint>& endpoints);
  boost::asio::awaitable<Result<void>> handshake();
  boost::asio::awaitable<tl::expected<void, ExchangeFault>> read(Parser& parser);
  // One read from the socket, unless there are bytes left of the last one.
  boost::asio::awaitable<ErrorCode> fill();

  [[nodiscard]] Error describe(const ErrorCode& error, const std::string& step) const;
  [[nodiscard]] Error describe_reply_fault(const ErrorCode& error, bool reply_begun) const;
  [[nodiscard]] Socket& socket() { return stream_.next_layer(); }

  ConnectionSettings& settings_;
  boost::asio::ssl::stream<Socket> stream_;
  boost::beast::flat_buffer buffer_;
  std::weak_ptr<Lookup> lookup_;
  bool aborted_ = false;
  bool keep_alive_ = false;
  Clock::time_point last_used_;
};

}  // namespace syncline::https
