#include "connection.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

#include "syncline/limits.hpp"
#include "tls.hpp"

namespace syncline::https {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 16 * 1024;
// A server may announce a reply by a few of its 1xx kind, not by endlessly many.
constexpr int kInterimRepliesMax = 4;

bool is_size_fault(const boost::system::error_code& error) {
  return error == http::error::body_limit || error == http::error::header_limit ||
         error == http::error::buffer_overflow;
}

// A list may be in one field or in several.
std::string all_of(const http::response<http::string_body>& message, std::string_view name) {
  std::string all;
  const auto [first, last] = message.equal_range({name.data(), name.size()});
  for (auto field = first; field != last; ++field) {
    if (!all.empty()) all += ", ";
    all += std::string_view(field->value());
  }
  return all;
}

HttpReply take_reply(http::response<http::string_body> message) {
  HttpReply reply;
  reply.status = static_cast<int>(message.result_int());
  reply.content_type = message[http::field::content_type];
  reply.content_encoding = message[http::field::content_encoding];
  reply.digest = all_of(message, "Unencoded-Digest");
  reply.etag = message[http::field::etag];
  reply.retry_after = message[http::field::retry_after];
  reply.body = std::move(message.body());
  return reply;
}

}  // namespace

// A name lookup that somebody waits for. It cannot be interrupted, so the waiting is: the lookup
// ends by itself some time later, into a state that it shares with whoever waits.
struct Connection::Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

  Tcp::resolver resolver;
  asio::steady_timer done;
  bool ended = false;
  ErrorCode error;
  std::vector<Tcp::endpoint> endpoints;
};

Connection::Connection(const asio::any_io_executor& executor, ConnectionSettings& settings,
                       Traffic& traffic)
    : settings_(settings),
      stream_(Socket(CountingPolicy(traffic), executor), settings.tls),
      buffer_(kReplyHeaderBytesMax + kReadBytes) {}

asio::awaitable<Result<void>> Connection::open() {
  const auto endpoints = co_await resolve();
  if (!endpoints) co_return fail(endpoints.error());
  co_return co_await open_at(*endpoints);
}

asio::awaitable<Result<void>> Connection::open_at(const std::vector<Tcp::endpoint>& endpoints) {
  auto connected = co_await connect(endpoints);
  if (!connected) co_return connected;
  co_return co_await handshake();
}

asio::awaitable<Result<std::vector<Connection::Tcp::endpoint>>> Connection::resolve() {
  const auto& base = settings_.base;
  if (base.is_address) {
    ErrorCode error;
    const auto address = asio::ip::make_address(base.host, error);
    if (error) co_return fail(describe(error, "understanding the address"));
    co_return std::vector<Tcp::endpoint>{Tcp::endpoint(address, base.port)};
  }

  const auto lookup = std::make_shared<Lookup>(stream_.get_executor());
  lookup_ = lookup;
  lookup->done.expires_after(settings_.connect_deadline);
  lookup->resolver.async_resolve(
      base.host, std::to_string(base.port), Tcp::resolver::numeric_service,
      [lookup](const ErrorCode& error, const Tcp::resolver::results_type& results) {
        lookup->ended = true;
        lookup->error = error;
        for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
        lookup->done.cancel();
      });
  co_await lookup->done.async_wait(kAwait);
  if (aborted_) co_return fail(describe(asio::error::operation_aborted, "looking up the name"));
  if (!lookup->ended) co_return fail(describe(beast::error::timeout, "looking up the name"));
  if (lookup->error) co_return fail(describe(lookup->error, "looking up the name"));
  co_return std::move(lookup->endpoints);
}

asio::awaitable<Result<void>> Connection::connect(const std::vector<Tcp::endpoint>& endpoints) {
  ErrorCode error = asio::error::host_not_found;
  for (const auto& endpoint : endpoints) {
    // What is left of an attempt that failed is a socket of that address's family, open and
    // useless.
    socket().close();
    if (aborted_) break;
    socket().expires_after(settings_.connect_deadline);
    const auto result = co_await socket().async_connect(endpoint, kAwait);
    error = std::get<0>(result);
    if (error) continue;
    // A request is written whole, so there is nothing to gain from waiting for more to send.
    socket().socket().set_option(Tcp::no_delay(true), error);
    co_return Result<void>{};
  }
  co_return fail(describe(error, "connecting"));
}

asio::awaitable<Result<void>> Connection::handshake() {
  if (aborted_ || !expect_host(stream_.native_handle(), settings_.base)) {
    co_return fail(describe(asio::error::operation_aborted, "the TLS handshake"));
  }
  socket().expires_after(settings_.connect_deadline);
  const auto result = co_await stream_.async_handshake(asio::ssl::stream_base::client, kAwait);
  const ErrorCode error = std::get<0>(result);
  if (!error) co_return Result<void>{};
  if (const auto fault = certificate_fault(stream_.native_handle())) {
    co_return fail(Code::kCertificateUntrusted, "The certificate of the server " +
                                                    settings_.base.authority +
                                                    " is not trusted: " + *fault + ".");
  }
  co_return fail(describe(error, "the TLS handshake"));
}

asio::awaitable<tl::expected<HttpReply, ExchangeFault>> Connection::exchange(
    const std::string& request) {
  keep_alive_ = false;
  if (aborted_) {
    co_return tl::unexpected(
        ExchangeFault{describe(asio::error::operation_aborted, "sending the request")});
  }
  // TLS takes as much at a time as its records hold, each of which gets its own time.
  for (std::size_t sent = 0; sent < request.size();) {
    socket().expires_after(settings_.idle_deadline);
    const auto rest = asio::buffer(request) + sent;
    const auto written = co_await stream_.async_write_some(rest, kAwait);
    if (std::get<0>(written)) {
      co_return tl::unexpected(
          ExchangeFault{describe(std::get<0>(written), "sending the request")});
    }
    sent += std::get<1>(written);
  }

  for (int interim = 0; interim <= kInterimRepliesMax; ++interim) {
    Parser parser;
    parser.header_limit(kReplyHeaderBytesMax);
    parser.body_limit(kReplyBytesMax);
    parser.eager(true);
    auto whole = co_await read(parser);
    if (!whole) co_return tl::unexpected(std::move(whole.error()));
    const auto status = parser.get().result_int();
    if (status >= 100 && status < 200 && status != 101) continue;
    // Bytes that nobody asked for would be taken for the next reply.
    keep_alive_ = parser.keep_alive() && buffer_.size() == 0;
    last_used_ = Clock::now();
    co_return take_reply(parser.release());
  }
  co_return tl::unexpected(ExchangeFault{
      {Code::kResponseMalformed,
       "The server " + settings_.base.authority + " announced a reply again and again."},
      true});
}

asio::awaitable<tl::expected<void, ExchangeFault>> Connection::read(Parser& parser) {
  bool need_more = buffer_.size() == 0;
  while (!parser.is_done()) {
    ErrorCode error;
    if (need_more) error = co_await fill();
    if (error == asio::error::eof && parser.got_some()) {
      // The end of a reply that announced no length, or of one that is cut short.
      parser.put_eof(error);
    } else if (!error) {
      buffer_.consume(parser.put(buffer_.data(), error));
      need_more = error == http::error::need_more || buffer_.size() == 0;
      if (error == http::error::need_more) error = {};
    }
    if (error) {
      const bool begun = parser.got_some();
      co_return tl::unexpected(ExchangeFault{describe_reply_fault(error, begun), begun});
    }
  }
  co_return tl::expected<void, ExchangeFault>{};
}

asio::awaitable<boost::system::error_code> Connection::fill() {
  if (aborted_) co_return asio::error::operation_aborted;
  const std::size_t room = buffer_.max_size() - buffer_.size();
  if (room == 0) co_return http::make_error_code(http::error::buffer_overflow);
  socket().expires_after(settings_.idle_deadline);
  const auto space = buffer_.prepare(std::min(room, kReadBytes));
  const auto result = co_await stream_.async_read_some(space, kAwait);
  if (!std::get<0>(result)) buffer_.commit(std::get<1>(result));
  co_return std::get<0>(result);
}

void Connection::abort() {
  aborted_ = true;
  if (const auto lookup = lookup_.lock()) lookup->done.cancel();
  socket().close();
}

bool Connection::reusable(std::chrono::milliseconds unused_max) const {
  return keep_alive_ && !aborted_ && Clock::now() - last_used_ <= unused_max;
}

Error Connection::describe(const ErrorCode& error, const std::string& step) const {
  const auto& server = settings_.base.authority;
  if (error == beast::error::timeout) {
    return {Code::kDeadlineExceeded,
            "The server " + server + " did not answer in time; the step was " + step + "."};
  }
  return {Code::kNetworkUnreachable, "The server " + server + " cannot be reached: " + step +
                                         " failed (" + error.message() + ")."};
}

Error Connection::describe_reply_fault(const ErrorCode& error, bool reply_begun) const {
  const auto& server = settings_.base.authority;
  if (is_size_fault(error)) {
    return {Code::kResponseTooLarge,
            "The reply of the server " + server + " is larger than allowed."};
  }
  if (error == beast::error::timeout || !reply_begun) return describe(error, "awaiting the reply");
  return {Code::kResponseMalformed, "The reply of the server " + server +
                                        " is cut short or is not HTTP (" + error.message() + ")."};
}

}  // namespace syncline::https
