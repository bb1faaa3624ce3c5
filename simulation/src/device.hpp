#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device_clock.hpp"
#include "held_view.hpp"
#include "ledger.hpp"
#include "network.hpp"
#include "process_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/synchronizer.hpp"
#include "virtual_time.hpp"
#include "watched_query.hpp"

namespace syncline::simulation {

// A key store of the platform: it outlives the process.
class DeviceTokens final : public TokenStore {
 public:
  Result<std::optional<Tokens>> load() override { return tokens_; }
  Result<void> save(const Tokens& tokens) override {
    if (running_) tokens_ = tokens;
    return {};
  }
  void set(Tokens tokens) { tokens_ = std::move(tokens); }
  void set_running(bool running) { running_ = running; }

 private:
  std::optional<Tokens> tokens_;
  bool running_ = false;
};

// One device: what outlives its processes, and the process that runs, if any.
//
// Thread safety: none.
class Device {
 public:
  struct Parts {
    VirtualTime& time;
    Network& network;
    FaultCounts& counts;
  };

  Device(Parts parts, std::size_t number, std::uint64_t seed);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  // Starts a process with this schema and these strategies. Errors: those of Replica::open.
  [[nodiscard]] Result<void> start(const std::string& schema_json, const Strategies& strategies);
  // Migrates the store of a device without a process, in one that does nothing else. Errors: those
  // of migrate_schema.
  [[nodiscard]] Result<std::vector<MigratedField>> migrate(std::optional<std::string_view> json,
                                                           const Strategies& strategies);
  // Ends the process as an app that is closed does.
  void stop();
  // Ends the process at once: it does nothing more. What it leaves behind is removed by `reap`.
  void crash(Fault fault);
  // Removes a process that has crashed; whether there was one.
  bool reap();

  [[nodiscard]] bool is_running() const { return process_ != nullptr && running_; }
  [[nodiscard]] bool has_crashed() const { return crashed_; }
  // Whether a process is there: one that runs, or what a crash has left.
  [[nodiscard]] bool has_process() const { return process_ != nullptr; }
  [[nodiscard]] std::size_t number() const { return number_; }

  // Of the process that is there.
  [[nodiscard]] Replica& replica();
  [[nodiscard]] Synchronizer& sync();
  // What its status observer and its transitions were told since the last call.
  [[nodiscard]] std::vector<Status> take_statuses();
  [[nodiscard]] std::vector<SessionStep> take_steps();
  // Goes on building what indexes the schema asks for, a few slots at a time, until all are built;
  // then the app watches some.
  void build_indexes();
  // The live queries of the process.
  [[nodiscard]] const std::vector<std::unique_ptr<WatchedQuery>>& watched() const;
  // A view that the process has taken and not given back.
  [[nodiscard]] std::optional<HeldView>& held_view();
  // An observer of the app answers the next changes with writes of its own.
  void echo_changes(unsigned count) { echoes_ = count; }

  DeviceClock& clock() { return clock_; }
  ProcessStore& store() { return store_; }
  DeviceTokens& tokens() { return tokens_; }
  Link& link() { return link_; }
  DeviceAccount& account() { return account_; }

 private:
  struct Process;

  void set_running(bool running);
  void write_echo(const std::vector<Change>& changes);

  Parts parts_;
  std::size_t number_;
  DeviceClock clock_;
  SeededRandom random_;
  SynchronizerOptions options_;
  ProcessStore store_;
  DeviceTokens tokens_;
  Link link_;
  DeviceAccount account_;
  std::unique_ptr<Process> process_;
  bool running_ = false;
  bool crashed_ = false;
  unsigned echoes_ = 0;
  std::vector<Status> statuses_;
  std::vector<SessionStep> steps_;
};

}  // namespace syncline::simulation
