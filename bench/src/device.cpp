#include "device.hpp"

#include <future>
#include <mutex>
#include <utility>

#include "syncline/https_transport.hpp"

namespace syncline::bench {
namespace {

constexpr std::chrono::milliseconds kDeadline{60'000};

// Notes what each exchange of a transport took.
class MeteredTransport final : public Transport {
 public:
  explicit MeteredTransport(std::unique_ptr<Transport> transport)
      : transport_(std::move(transport)) {}

  RequestId send(Request request, std::chrono::milliseconds deadline, Handler handler) override {
    return transport_->send(std::move(request), deadline,
                            [this, handler = std::move(handler)](TransportReply reply) {
                              note();
                              handler(std::move(reply));
                            });
  }
  void cancel(RequestId request) override { transport_->cancel(request); }
  [[nodiscard]] TransportTraffic traffic() const override { return transport_->traffic(); }

  [[nodiscard]] std::vector<Exchange> exchanges() const {
    const std::lock_guard lock(mutex_);
    return exchanges_;
  }

 private:
  void note() {
    const TransportTraffic now = transport_->traffic();
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(
        {now.sent_bytes - noted_.sent_bytes, now.received_bytes - noted_.received_bytes});
    noted_ = now;
  }

  mutable std::mutex mutex_;
  TransportTraffic noted_;
  std::vector<Exchange> exchanges_;
  std::unique_ptr<Transport> transport_;  // last, because its end waits for the handlers
};

std::unique_ptr<MeteredTransport> connect(const Settings& settings) {
  HttpsOptions options;
  options.base_url = settings.server;
  if (!settings.ca.empty()) options.ca_file = settings.ca;
  return std::make_unique<MeteredTransport>(must(make_https_transport(options)));
}

TokensReply enter(const Settings& settings, Request request) {
  const auto transport = connect(settings);
  std::promise<TransportReply> answer;
  transport->send(std::move(request), kDeadline,
                  [&](TransportReply reply) { answer.set_value(std::move(reply)); });
  auto reply = answer.get_future().get();
  if (!reply) throw std::runtime_error("no account: " + reply.error().error.message);
  return std::get<TokensReply>(std::move(*reply));
}

}  // namespace

class Device::Tokens final : public TokenStore {
 public:
  explicit Tokens(syncline::Tokens tokens) : tokens_(std::move(tokens)) {}

  Result<std::optional<syncline::Tokens>> load() override { return tokens_; }
  Result<void> save(const syncline::Tokens& tokens) override {
    tokens_ = tokens;
    return {};
  }

 private:
  std::optional<syncline::Tokens> tokens_;
};

double Synced::bytes() const {
  std::uint64_t bytes = 0;
  for (const Exchange& exchange : exchanges) bytes += exchange.sent_bytes + exchange.received_bytes;
  return static_cast<double>(bytes);
}

Device::Device(const Settings& settings, const std::filesystem::path& directory,
               const std::string& email, Entry entry)
    : settings_(settings), database_(open_database(directory)) {
  const Secret password("a password of the benchmark");
  const TokensReply reply =
      enter(settings, entry == Entry::kRegister ? Request(RegisterRequest{email, password})
                                                : Request(LoginRequest{email, password}));
  tokens_ = std::make_shared<Tokens>(
      syncline::Tokens{reply.account, reply.access_token, reply.refresh_token});
  must(database_.replica->replication().bind_account(reply.account));
}

Synced Device::sync() {
  const auto transport = connect(settings_);
  const auto executor = make_thread_executor();
  Synchronizer synchronizer(
      {*database_.replica, *transport, *executor, *database_.wall, *database_.random, *tokens_});
  must(synchronizer.enable());
  Synced synced;
  synced.seconds = seconds_of([&] {
    std::promise<Result<SyncSummary>> answer;
    synchronizer.sync_once(
        [&](Result<SyncSummary> result) { answer.set_value(std::move(result)); });
    synced.summary = must(answer.get_future().get());
  });
  synced.exchanges = transport->exchanges();
  return synced;
}

}  // namespace syncline::bench
