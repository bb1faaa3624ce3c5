#include "syncline/loopback_transport.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace syncline {
namespace {

using Milliseconds = std::chrono::milliseconds;

// What JSON, headers and the like add to the contents of a message.
constexpr std::size_t kEnvelopeBytes = 300;

std::size_t base64_bytes(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

std::size_t rough_size(const Request& request) {
  const auto* sync = std::get_if<SyncRequest>(&request);
  if (sync == nullptr || !sync->push_ops) return kEnvelopeBytes;
  return kEnvelopeBytes + base64_bytes(sync->push_ops->size());
}

std::size_t rough_size(const TransportReply& reply) {
  const auto* sync = reply ? std::get_if<SyncReply>(&*reply) : nullptr;
  if (sync == nullptr) return kEnvelopeBytes;
  return kEnvelopeBytes + (sync->push ? sync->push->verdicts.size() : 0) +
         (sync->pull ? base64_bytes(sync->pull->ops.size()) : 0);
}

TransportReply failed(Code code, std::string message) {
  return tl::unexpected(TransportError{{code, std::move(message)}, 0, Milliseconds{0}});
}

// What the transport shares with the tasks that it posts, which may run after it is gone.
class Exchanges : public std::enable_shared_from_this<Exchanges> {
 public:
  Exchanges(LoopbackServer& server, Executor& executor, Milliseconds latency)
      : server_(server), executor_(executor), latency_(latency) {}

  RequestId begin(Request request, Milliseconds deadline, Transport::Handler handler) {
    const std::lock_guard lock(mutex_);
    const RequestId id{++traffic_.requests};
    traffic_.sent_bytes += rough_size(request);
    auto& exchange = under_way_[id];
    exchange.handler = std::move(handler);
    exchange.deadline = after(deadline, [id](Exchanges& self) {
      self.settle(
          id, failed(Code::kDeadlineExceeded, "The server did not answer before the deadline."));
    });
    after(latency_,
          [id, request = std::move(request)](Exchanges& self) { self.arrive(id, request); });
    return id;
  }

  // Ends the exchange with this outcome, unless it has one; its handler is called by a task of its
  // own.
  void settle(RequestId id, TransportReply outcome, Milliseconds delay = Milliseconds{0}) {
    const std::lock_guard lock(mutex_);
    const auto found = under_way_.find(id);
    if (found == under_way_.end() || found->second.outcome) return;
    found->second.outcome = std::move(outcome);
    after(delay, [id](Exchanges& self) { self.deliver(id); });
  }

  // Delivers what is left, from here, and waits for a handler that runs elsewhere.
  void close() {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (under_way_.empty()) break;
      const auto id = under_way_.begin()->first;
      auto& outcome = under_way_.begin()->second.outcome;
      if (!outcome) outcome = failed(Code::kCancelled, "The request was cancelled.");
      lock.unlock();
      deliver(id);
    }
    std::unique_lock lock(mutex_);
    // A handler may destroy its transport; that one is not waited for.
    idle_.wait(lock, [this] {
      return std::ranges::all_of(running_on_,
                                 [](auto thread) { return thread == std::this_thread::get_id(); });
    });
  }

  [[nodiscard]] TransportTraffic traffic() const {
    const std::lock_guard lock(mutex_);
    return traffic_;
  }

 private:
  struct Exchange {
    Transport::Handler handler;
    TimerId deadline{};
    std::optional<TransportReply> outcome;
  };

  template <typename Task>
  TimerId after(Milliseconds delay, Task task) {
    auto guarded = [weak = weak_from_this(), task = std::move(task)] {
      if (const auto self = weak.lock()) task(*self);
    };
    if (delay > Milliseconds{0}) return executor_.post_after(delay, std::move(guarded));
    executor_.post(std::move(guarded));
    return TimerId{};
  }

  void arrive(RequestId id, const Request& request) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = under_way_.find(id);
      if (found == under_way_.end() || found->second.outcome) return;
    }
    if (server_.silent()) return;
    auto reply = server_.handle(request);
    if (latency_ == Milliseconds{0}) {
      settle(id, std::move(reply));
      return;
    }
    // On its way back the reply can still be overtaken by the deadline or a cancellation.
    const std::lock_guard lock(mutex_);
    after(latency_, [id, reply = std::move(reply)](Exchanges& self) { self.settle(id, reply); });
  }

  void deliver(RequestId id) {
    std::unique_lock lock(mutex_);
    auto exchange = under_way_.extract(id);
    if (exchange.empty()) return;
    if (exchange.mapped().deadline != TimerId{}) executor_.cancel(exchange.mapped().deadline);
    auto outcome = *std::move(exchange.mapped().outcome);
    if (outcome || outcome.error().status != 0) traffic_.received_bytes += rough_size(outcome);
    const auto running = running_on_.insert(std::this_thread::get_id());
    lock.unlock();
    exchange.mapped().handler(std::move(outcome));
    lock.lock();
    running_on_.erase(running);
    idle_.notify_all();
  }

  LoopbackServer& server_;
  Executor& executor_;
  const Milliseconds latency_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable idle_;
  std::map<RequestId, Exchange> under_way_;
  TransportTraffic traffic_;
  std::multiset<std::thread::id> running_on_;  // the threads that run a handler
};

class LoopbackTransport final : public Transport {
 public:
  LoopbackTransport(LoopbackServer& server, Executor& executor, Milliseconds latency)
      : exchanges_(std::make_shared<Exchanges>(server, executor, latency)) {}
  ~LoopbackTransport() override { exchanges_->close(); }

  RequestId send(Request request, Milliseconds deadline, Handler handler) override {
    return exchanges_->begin(std::move(request), deadline, std::move(handler));
  }
  void cancel(RequestId request) override {
    exchanges_->settle(request, failed(Code::kCancelled, "The request was cancelled."));
  }
  [[nodiscard]] TransportTraffic traffic() const override { return exchanges_->traffic(); }

 private:
  std::shared_ptr<Exchanges> exchanges_;
};

}  // namespace

std::unique_ptr<Transport> make_loopback_transport(LoopbackServer& server, Executor& executor,
                                                   const LoopbackOptions& options) {
  return std::make_unique<LoopbackTransport>(server, executor, options.latency);
}

}  // namespace syncline
