#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "real_server.hpp"
#include "syncline/environment.hpp"
#include "syncline/simulation/workload.hpp"
#include "syncline/synchronizer.hpp"
#include "witness.hpp"

namespace syncline::torture {

// A clock that is wrong by as much as it is told.
//
// Thread safety: all members may be called from any thread.
class WrongClock final : public WallClock {
 public:
  std::int64_t now_ms() override { return right_->now_ms() + ahead_ms_; }
  void set_ahead(std::chrono::milliseconds ahead) { ahead_ms_ = ahead.count(); }

 private:
  std::unique_ptr<WallClock> right_ = system_wall_clock();
  std::atomic<std::int64_t> ahead_ms_ = 0;
};

// A key store in memory.
//
// Thread safety: all members may be called from any thread.
class KeyStore final : public TokenStore {
 public:
  Result<std::optional<Tokens>> load() override {
    const std::lock_guard lock(mutex_);
    return tokens_;
  }
  Result<void> save(const Tokens& tokens) override {
    const std::lock_guard lock(mutex_);
    tokens_ = tokens;
    return {};
  }

 private:
  std::mutex mutex_;
  std::optional<Tokens> tokens_;
};

// One device: a database on the disk, and an app that runs on it with threads, timers and HTTPS as
// they ship.
//
// Thread safety: none.
class Device {
 public:
  struct Parts {
    Witness& witness;
    RealServer& server;
    Random& random;
  };

  Device(Parts parts, std::string name, std::filesystem::path folder);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  // Opens what is in the folder. Errors: those of the store.
  [[nodiscard]] Result<void> start();
  // Closes it, whatever is under way.
  void stop();
  // Errors: not_logged_in where the network did not let it.
  [[nodiscard]] Result<void> log_in();

  // Lets the app act. What arrives at the same time waits for it, or does not.
  [[nodiscard]] simulation::Act act(simulation::Workload& workload,
                                    simulation::SeededRandom& random, bool undisturbed);
  // Ready when it has ended, with what became of it.
  [[nodiscard]] std::future<Result<SyncSummary>> sync_once();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const simulation::DeviceAccount& account() const { return account_; }
  [[nodiscard]] std::uint64_t requests() const;
  WrongClock& clock() { return clock_; }
  // Of the process that runs.
  [[nodiscard]] Replica& replica();
  [[nodiscard]] Synchronizer& sync();

 private:
  struct Process;

  Parts parts_;
  std::string name_;
  std::filesystem::path folder_;
  WrongClock clock_;
  KeyStore keys_;
  simulation::DeviceAccount account_;
  std::mutex turn_;  // held by each task of the executor, and by the app while it is undisturbed
  std::uint64_t requests_before_ = 0;  // of the processes that have ended
  std::unique_ptr<Process> process_;
};

}  // namespace syncline::torture
