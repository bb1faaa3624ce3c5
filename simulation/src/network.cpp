#include "network.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "syncline/batch.hpp"

namespace syncline::simulation {
namespace {

using std::chrono::milliseconds;

TransportReply failed(Code code, std::string message, int status = 0,
                      milliseconds retry_after = milliseconds{0}) {
  return tl::unexpected(TransportError{{code, std::move(message)}, status, retry_after});
}

// Faults that answer in the server's place, so that it never sees the request.
bool answers_instead(Fault fault) {
  switch (fault) {
    case Fault::kUnauthorized:
    case Fault::kTooLarge:
    case Fault::kUnprocessable:
    case Fault::kRateLimited:
    case Fault::kServerBusy:
      return true;
    default:
      return false;
  }
}

constexpr Fault kReplyFaults[] = {
    Fault::kReplyLost,    Fault::kTruncatedReply, Fault::kCorruptReply,  Fault::kHtmlReply,
    Fault::kUnauthorized, Fault::kTooLarge,       Fault::kUnprocessable, Fault::kRateLimited,
    Fault::kServerError,  Fault::kServerBusy,
};

// A reply whose parts do not fit together, in one of the ways that a client has to notice.
void contradict(SyncReply& reply, SeededRandom& random) {
  if (reply.push && !reply.push->verdicts.empty() && random.below(2) == 0) {
    switch (random.below(3)) {
      case 0:
        reply.push->verdicts.pop_back();
        return;
      case 1:
        reply.push->verdicts.back() = Verdict::kRefused;  // without a code
        return;
      default:
        reply.push->refused.push_back({reply.push->verdicts.size(), Code::kValueMalformed});
        return;
    }
  }
  if (reply.pull && !reply.pull->ops.empty()) {
    reply.pull->ops.resize(random.below(reply.pull->ops.size()));
    return;
  }
  reply.push.reset();
  reply.pull = SyncReply::Pull{"\x01", {}, 0};
}

void note_sent(Ledger& ledger, const Request& request) {
  const auto* asked = std::get_if<SyncRequest>(&request);
  if (asked == nullptr || !asked->push_ops) return;
  const auto ops = decode_own_batch(*asked->push_ops);
  if (!ops) return;
  for (const Op& op : *ops) ledger.send(op.key.bytes(), {op.stamp, op.value});
}

}  // namespace

// One process's way to the server. A request that is under way when the process ends goes on.
class DeviceTransport final : public Transport {
 public:
  DeviceTransport(Network& network, Link& link, WallClock& clock, Executor& executor,
                  std::function<void(Fault)> end)
      : network_(network), link_(link), clock_(clock), executor_(executor), end_(std::move(end)) {}
  ~DeviceTransport() override {
    *alive_ = false;
    for (auto& [id, exchange] : std::exchange(under_way_, {}))
      exchange.handler(failed(Code::kCancelled, "The request was cancelled."));
  }

  RequestId send(Request request, milliseconds deadline, Handler handler) override {
    const RequestId id{++traffic_.requests};
    if (std::exchange(link_.end_before_send, false)) {
      end_(Fault::kCrashBeforeSend);
      return id;
    }
    auto& exchange = under_way_[id];
    exchange.handler = std::move(handler);
    exchange.sent_ms = clock_.now_ms();
    exchange.deadline = executor_.post_after(deadline, [this, id] {
      settle(id, failed(Code::kDeadlineExceeded, "The server did not answer in time."));
    });
    if (!link_.requests_pass && !link_.replies_pass) {
      executor_.post(
          [this, id] { settle(id, failed(Code::kNetworkUnreachable, "There is no network.")); });
    } else {
      carry(id, std::move(request), deadline);
    }
    if (std::exchange(link_.end_after_send, false)) end_(Fault::kCrashAfterSend);
    return id;
  }

  void cancel(RequestId request) override {
    executor_.post([this, request] {
      settle(request, failed(Code::kCancelled, "The request was cancelled."));
    });
  }

  [[nodiscard]] TransportTraffic traffic() const override { return traffic_; }

 private:
  struct Exchange {
    Handler handler;
    TimerId deadline{};
    std::int64_t sent_ms = 0;
  };

  void carry(RequestId id, Request request, milliseconds deadline) {
    const Network::Fate fate = network_.draw(link_, deadline);
    const std::uint64_t number = ++link_.sent;
    if (fate.reply && answers_instead(*fate.reply)) {
      after(fate.there + fate.back, [this, id, fault = *fate.reply] {
        settle(id, network_.damaged(fault, failed(Code::kInternal, "")));
      });
      return;
    }
    if (!fate.arrives) return;
    note_sent(network_.ledger_, request);
    auto shared = std::make_shared<const Request>(std::move(request));
    if (fate.copy) {
      static_cast<void>(network_.time_.after(*fate.copy, [network = &network_, shared] {
        network->way_->send(*shared, milliseconds{1'000},
                            [network, shared](const TransportReply& reply) {
                              network->note_verdicts(*shared, reply);
                            });
      }));
    }
    static_cast<void>(network_.time_.after(fate.there, [this, network = &network_, link = &link_,
                                                        alive = alive_, shared, fate, id, number] {
      if (number < link->arrived) network->counts_.add(Fault::kReordering);
      link->arrived = std::max(link->arrived, number);
      network->way_->send(*shared, milliseconds{1'000},
                          [this, network, link, alive, shared, fate, id](TransportReply reply) {
                            network->note_verdicts(*shared, reply);
                            if (!*alive || !link->replies_pass) return;
                            if (fate.reply == Fault::kReplyLost) return;
                            after(fate.back, [this, fate, id, reply = std::move(reply)] {
                              settle(id, fate.reply ? network_.damaged(*fate.reply, reply) : reply);
                            });
                          });
    }));
  }

  void after(milliseconds delay, std::function<void()> task) {
    static_cast<void>(executor_.post_after(delay, [alive = alive_, task = std::move(task)] {
      if (*alive) task();
    }));
  }

  void settle(RequestId id, TransportReply reply) {
    auto exchange = under_way_.extract(id);
    if (exchange.empty()) return;
    executor_.cancel(exchange.mapped().deadline);
    note_more(reply);
    note_time(reply, exchange.mapped().sent_ms);
    exchange.mapped().handler(std::move(reply));
  }

  void note_more(const TransportReply& reply) {
    if (!reply) return;
    if (const auto* sync = std::get_if<SyncReply>(&*reply); sync != nullptr && sync->pull)
      link_.more = sync->pull->remaining > 0;
    if (const auto* look = std::get_if<ChangesReply>(&*reply)) link_.more = look->changed;
  }

  void note_time(const TransportReply& reply, std::int64_t sent_ms) {
    const auto* sync = reply ? std::get_if<SyncReply>(&*reply) : nullptr;
    if (sync != nullptr) link_.heard.push_back({sync->time_ms, sent_ms, clock_.now_ms()});
  }

  Network& network_;
  Link& link_;
  WallClock& clock_;
  Executor& executor_;
  std::function<void(Fault)> end_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::map<RequestId, Exchange> under_way_;
  TransportTraffic traffic_;
};

Network::Network(VirtualTime& time, Server& server, Ledger& ledger, const FaultRates& rates,
                 FaultCounts& counts, std::uint64_t seed)
    : time_(time),
      server_(server),
      ledger_(ledger),
      rates_(rates),
      counts_(counts),
      random_(seed),
      executor_(time),
      way_(server.connect(executor_)) {}

std::unique_ptr<Transport> Network::attach(Link& link, WallClock& clock, Executor& executor,
                                           std::function<void(Fault)> end) {
  return std::make_unique<DeviceTransport>(*this, link, clock, executor, std::move(end));
}

bool Network::fires(Fault fault) {
  if (!on_ || !random_.chance(rates_.of(fault))) return false;
  counts_.add(fault);
  return true;
}

Network::Fate Network::draw(const Link& link, milliseconds deadline) {
  Fate fate;
  fate.there = milliseconds{random_.between(1, 200)};
  fate.back = milliseconds{random_.between(1, 200)};
  fate.arrives = link.requests_pass && !fires(Fault::kRequestLost);
  if (!fate.arrives) return fate;
  if (fires(Fault::kDuplication)) {
    // Some copies come behind a slow proxy, when much has happened since.
    fate.copy = milliseconds{random_.between(1, random_.below(2) == 0 ? 400 : 180'000)};
  }
  if (fires(Fault::kDelay)) {
    // Some are given up before they arrive, some after.
    const auto late = milliseconds{random_.between(1, deadline.count())};
    (random_.below(2) == 0 ? fate.there : fate.back) += deadline - late / 2;
  }
  for (const Fault fault : kReplyFaults) {
    if (!fires(fault)) continue;
    fate.reply = fault;
    break;
  }
  return fate;
}

TransportReply Network::damaged(Fault fault, TransportReply reply) {
  switch (fault) {
    case Fault::kTruncatedReply:
      return failed(Code::kNetworkUnreachable, "The connection broke in the reply.");
    case Fault::kHtmlReply:
      return failed(Code::kUnexpectedContentType, "The server answered with text/html.", 200);
    case Fault::kUnauthorized:
      return failed(Code::kTokenExpired, "The token has expired.", 401);
    case Fault::kTooLarge:
      return failed(Code::kBodyTooLarge, "The body is too large.", 413);
    case Fault::kUnprocessable:
      return failed(Code::kValidationFailed, "The request is not valid.", 422);
    case Fault::kRateLimited:
      return failed(Code::kRateLimited, "Too many requests.", 429,
                    milliseconds{random_.between(1, 60) * 1'000});
    case Fault::kServerError:
      return failed(Code::kInternal, "Something went wrong.", 500);
    case Fault::kServerBusy:
      return failed(Code::kBusy, "The server is busy.", 503,
                    milliseconds{random_.between(1, 30) * 1'000});
    case Fault::kCorruptReply:
      if (reply) {
        if (auto* sync = std::get_if<SyncReply>(&*reply)) {
          contradict(*sync, random_);
          return reply;
        }
      }
      return failed(Code::kResponseMalformed, "The reply makes no sense.", 200);
    default:
      return reply;
  }
}

void Network::note_verdicts(const Request& request, const TransportReply& reply) {
  auto broken = simulation::note_verdicts(ledger_, server_, request, reply);
  if (!broken.empty()) broken_verdict_ = std::move(broken);
}

namespace {

bool is_for_good(const SyncReply::Push& push, std::size_t index) {
  return std::any_of(push.refused.begin(), push.refused.end(), [index](const auto& refusal) {
    return refusal.index == index && refusal.code != Code::kStampInFuture;
  });
}

}  // namespace

// A verdict says that the server holds the op or a greater one, durably.
std::string note_verdicts(Ledger& ledger, const Server& server, const Request& request,
                          const TransportReply& reply) {
  const auto* asked = std::get_if<SyncRequest>(&request);
  const auto* answered = reply ? std::get_if<SyncReply>(&*reply) : nullptr;
  if (asked == nullptr || answered == nullptr || !asked->push_ops || !answered->push) return {};
  const auto ops = decode_own_batch(*asked->push_ops);
  if (!ops || ops->size() != answered->push->verdicts.size()) return {};
  std::string broken;
  for (std::size_t i = 0; i < ops->size(); ++i) {
    const Verdict verdict = answered->push->verdicts[i];
    const Op& op = (*ops)[i];
    if (!answered->push->refused.empty()) ledger.doubt(op.key.bytes(), op.stamp);
    const Register sent{op.stamp, op.value};
    if (verdict == Verdict::kRefused && is_for_good(*answered->push, i))
      ledger.refuse(op.key.bytes(), sent, answered->epoch);
    if (verdict == Verdict::kRefused || verdict == Verdict::kUnseen) continue;
    ledger.acknowledge(op.key.bytes(), sent, answered->epoch);
    const auto held = server.find(op.key);
    if (held && sent > Register{held->stamp, held->value})
      broken = "the server acknowledged an op that it does not hold";
  }
  return broken;
}

}  // namespace syncline::simulation
