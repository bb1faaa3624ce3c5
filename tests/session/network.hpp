#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "syncline/loopback_server.hpp"
#include "syncline/loopback_transport.hpp"
#include "syncline/synchronizer.hpp"
#include "tests/engine/support/device.hpp"
#include "tests/session/intercepting_transport.hpp"
#include "tests/session/virtual_executor.hpp"

// Devices and a server in one process, on virtual time.

namespace syncline::test {

using namespace std::chrono_literals;

inline constexpr std::string_view kEmail = "ada@example.org";
inline constexpr std::string_view kPassword = "correct horse battery";

// A store of tokens in memory.
class MemoryTokens final : public TokenStore {
 public:
  Result<std::optional<Tokens>> load() override { return tokens; }
  Result<void> save(const Tokens& saved) override {
    tokens = saved;
    ++saves;
    return {};
  }

  std::optional<Tokens> tokens;
  int saves = 0;
};

// Draws that are spread as real ones are, and the same in every run.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// The server and the time that all devices share.
struct Network {
  ManualWall wall;
  CountingRandom random{1'000};
  LoopbackServer server{wall, random};
  VirtualExecutor executor{wall};

  Network() {
    account = std::get<TokensReply>(
        *server.handle(RegisterRequest{std::string(kEmail), Secret(kPassword)}));
  }

  Tokens log_in() {
    const auto reply =
        std::get<TokensReply>(*server.handle(LoginRequest{std::string(kEmail), Secret(kPassword)}));
    return {reply.account, reply.access_token, reply.refresh_token};
  }

  TokensReply account;
};

// A device with a synchronizer.
class SyncedDevice {
 public:
  SyncedDevice(Network& network, std::uint64_t id, SynchronizerOptions options = {},
               std::optional<std::string> schema = {})
      : network_(network), device_(std::move(schema), id) {
    tokens.tokens = network.log_in();
    options.refresh_grace = 0ms;  // virtual time stands still while a destructor waits
    transport_.emplace(make_loopback_transport(network.server, network.executor, {.latency = 10ms}),
                       network.executor);
    sync_.emplace(Synchronizer::Parts{device_.replica(), *transport_, network.executor,
                                      device_.wall(), random_, tokens},
                  options);
    must(sync_->enable());
  }

  // Syncs until it rests; the summary, or the error.
  Result<SyncSummary> once() {
    std::optional<Result<SyncSummary>> answer;
    sync_->sync_once([&answer](Result<SyncSummary> result) { answer = std::move(result); });
    network_.executor.run_for(10min);
    BOOST_REQUIRE_MESSAGE(answer.has_value(), "sync_once did not answer");
    return *answer;
  }

  void put(std::string_view record, std::string_view field, Value value) {
    device_.patch("notes", record, {{std::string(field), std::move(value)}});
  }
  std::string read(std::string_view record) { return device_.read("notes", record); }
  Status status() { return must(sync_->status()); }
  Phase phase() { return status().phase; }

  Device& device() { return device_; }
  Synchronizer& sync() { return *sync_; }
  void drop_sync() { sync_.reset(); }
  void intercept(InterceptingTransport::Interceptor interceptor) {
    transport_->interceptor = std::move(interceptor);
  }

  MemoryTokens tokens;

 private:
  Network& network_;
  Device device_;
  SeededRandom random_{7};
  std::optional<InterceptingTransport> transport_;
  std::optional<Synchronizer> sync_;
};

}  // namespace syncline::test
