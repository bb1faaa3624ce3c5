#include "syncline/https_transport.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "connection.hpp"
#include "reply_decoder.hpp"
#include "request_encoder.hpp"
#include "tls.hpp"

namespace syncline::https {
namespace {

namespace asio = boost::asio;

// Far beyond any use, and far from where the clock's arithmetic ends.
constexpr std::chrono::milliseconds kDeadlineMin{0};
constexpr std::chrono::milliseconds kDeadlineMax = std::chrono::hours(24);

struct Exchange {
  Exchange(asio::io_context& context, RequestId id_in, Request request_in,
           Transport::Handler handler_in)
      : id(id_in),
        request(std::move(request_in)),
        handler(std::move(handler_in)),
        deadline(context) {}

  RequestId id;
  Request request;
  Transport::Handler handler;
  asio::steady_timer deadline;
  std::optional<Error> ended;  // by cancel or the deadline, while it was under way
};

// Overwrites text with a password or token in it when it is no longer needed.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::string& text) : text_(text) {}
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;
  ~WipeAtEnd() { wipe_memory(text_.data(), text_.size()); }

 private:
  std::string& text_;
};

TransportReply failed(Error error) {
  return tl::unexpected(TransportError{.error = std::move(error)});
}

class HttpsTransport final : public Transport {
 public:
  HttpsTransport(ConnectionSettings settings, const HttpsOptions& options)
      : settings_(std::move(settings)),
        keep_alive_max_(options.keep_alive_max),
        user_agent_(options.user_agent),
        wake_(context_) {
    asio::co_spawn(context_, work(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }

  // Posting may run out of memory, and then there is nothing left to do but end.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  ~HttpsTransport() override {
    assert(std::this_thread::get_id() != thread_.get_id());
    asio::post(context_, [this] { stop(); });
    thread_.join();
  }

  RequestId send(Request request, std::chrono::milliseconds deadline, Handler handler) override {
    const std::lock_guard lock(mutex_);
    const RequestId id{++last_id_};
    auto exchange =
        std::make_unique<Exchange>(context_, id, std::move(request), std::move(handler));
    exchange->deadline.expires_after(std::clamp(deadline, kDeadlineMin, kDeadlineMax));
    exchange->deadline.async_wait([this, id](const boost::system::error_code& error) {
      if (!error) end(id, deadline_error());
    });
    queue_.push_back(std::move(exchange));
    ++requests_;
    asio::post(context_, [this] { wake_.cancel(); });
    return id;
  }

  void cancel(RequestId request) override {
    asio::post(context_, [this, request] { end(request, cancelled_error()); });
  }

  [[nodiscard]] TransportTraffic traffic() const override {
    return {traffic_.sent_bytes, traffic_.received_bytes, requests_};
  }

 private:
  // Everything below runs on the one thread.

  asio::awaitable<void> work() {
    for (;;) {
      active_ = take_next();
      if (!active_ && stopping_) break;
      if (!active_) {
        wake_.expires_at(asio::steady_timer::time_point::max());
        co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      TransportReply reply = failed({Code::kInternal, ""});
      try {
        reply = co_await run(*active_);
      } catch (const std::exception& thrown) {
        // Memory that ran out, for one. The connection is in an unknown state.
        connection_.reset();
        reply =
            failed({Code::kInternal, std::string("The request failed: ") + thrown.what() + "."});
      }
      if (active_->ended) reply = failed(*std::move(active_->ended));
      deliver(std::move(active_), std::move(reply));
    }
    connection_.reset();
    // Only a name lookup that nobody waits for can still be under way.
    context_.stop();
  }

  std::unique_ptr<Exchange> take_next() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return nullptr;
    auto next = std::move(queue_.front());
    queue_.pop_front();
    return next;
  }

  static void deliver(std::unique_ptr<Exchange> exchange, TransportReply reply) noexcept {
    exchange->deadline.cancel();
    exchange->handler(std::move(reply));
  }

  asio::awaitable<TransportReply> run(Exchange& exchange) {
    if (stopping_) co_return failed(cancelled_error());
    auto request = encode_request(exchange.request);
    if (!request) co_return failed(request.error());
    const WipeAtEnd wipe_body(request->body);
    auto wire = to_wire(*request, settings_.base, user_agent_);
    const WipeAtEnd wipe_wire(wire);
    auto reply = co_await transfer(exchange, wire, repeatable(request->kind));
    if (!reply) co_return failed(reply.error());
    const WipeAtEnd wipe_reply(reply->body);
    co_return decode_reply({request->kind, settings_.base.authority, request->etag}, *reply);
  }

  // Over the kept connection, if the request can be repeated in case that it turns out to be
  // closed, or else over a new one.
  asio::awaitable<Result<HttpReply>> transfer(Exchange& exchange, const std::string& wire,
                                              bool can_repeat) {
    if (can_repeat && connection_ && connection_->reusable(keep_alive_max_)) {
      auto reply = co_await connection_->exchange(wire);
      if (reply) co_return *std::move(reply);
      const auto& fault = reply.error();
      const bool was_closed = !fault.reply_begun && fault.error.code == Code::kNetworkUnreachable;
      if (!was_closed || exchange.ended) co_return fail(fault.error);
    }
    connection_ = std::make_unique<Connection>(context_.get_executor(), settings_, traffic_);
    const auto opened = co_await connection_->open();
    if (!opened) co_return fail(opened.error());
    auto reply = co_await connection_->exchange(wire);
    if (!reply) co_return fail(reply.error().error);
    co_return *std::move(reply);
  }

  void end(RequestId id, Error error) {
    if (active_ && active_->id == id) {
      if (active_->ended) return;
      active_->ended = std::move(error);
      if (connection_) connection_->abort();
      return;
    }
    std::unique_ptr<Exchange> waiting;
    {
      const std::lock_guard lock(mutex_);
      const auto found =
          std::ranges::find_if(queue_, [id](const auto& exchange) { return exchange->id == id; });
      if (found == queue_.end()) return;
      waiting = std::move(*found);
      queue_.erase(found);
    }
    deliver(std::move(waiting), failed(std::move(error)));
  }

  // What waits is cancelled by `work` as it comes to it.
  void stop() {
    stopping_ = true;
    if (active_) end(active_->id, cancelled_error());
    wake_.cancel();
  }

  [[nodiscard]] Error deadline_error() const {
    return {Code::kDeadlineExceeded,
            "The server " + settings_.base.authority + " did not answer before the deadline."};
  }
  static Error cancelled_error() { return {Code::kCancelled, "The request was cancelled."}; }

  asio::io_context context_{1};
  ConnectionSettings settings_;
  std::chrono::milliseconds keep_alive_max_;
  std::string user_agent_;
  Traffic traffic_;
  std::atomic<std::uint64_t> requests_{0};

  std::mutex mutex_;  // guards queue_ and last_id_
  std::deque<std::unique_ptr<Exchange>> queue_;
  std::uint64_t last_id_ = 0;

  asio::steady_timer wake_;
  std::unique_ptr<Exchange> active_;
  std::unique_ptr<Connection> connection_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace
}  // namespace syncline::https

namespace syncline {

Result<std::unique_ptr<Transport>> make_https_transport(const HttpsOptions& options) {
  try {
    auto base = https::parse_base_url(options.base_url);
    if (!base) return fail(base.error());
    const auto visible = [](char c) { return c >= ' ' && c < '\x7f'; };
    if (!std::ranges::all_of(options.user_agent, visible)) {
      return fail(Code::kInvalidArgument, "The user agent has a character that no header has.");
    }
    auto tls = https::make_tls_context(options.ca_file);
    if (!tls) return fail(tls.error());
    https::ConnectionSettings settings{*std::move(base), options.connect_deadline,
                                       options.idle_deadline, *std::move(tls)};
    return std::make_unique<https::HttpsTransport>(std::move(settings), options);
  } catch (const std::exception& thrown) {
    return fail(Code::kInternal,
                std::string("The transport cannot be made: ") + thrown.what() + ".");
  }
}

}  // namespace syncline
