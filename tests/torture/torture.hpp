#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "device.hpp"
#include "syncline/simulation/random.hpp"
#include "syncline/simulation/workload.hpp"

namespace syncline::torture {

struct Options {
  HttpsOptions server;
  std::filesystem::path folder;  // for the devices' databases
  std::uint64_t seed = 1;
  std::size_t devices = 3;
  std::size_t steps = 500;
  std::chrono::milliseconds pace{40};  // between two steps, on average
};

// What a run did, for the report.
struct Counts {
  std::uint64_t acts = 0;
  std::uint64_t syncs = 0;
  std::map<std::string, std::uint64_t> sync_ends;  // by code; "ok" for those that succeeded
  std::uint64_t restarts = 0;
  std::uint64_t clock_jumps = 0;
  std::uint64_t logins = 0;
  std::uint64_t requests = 0;
  std::uint64_t ops = 0;  // in the logs of all devices
  std::uint64_t slots = 0;
  std::uint64_t rounds = 0;  // until all were at rest
};

// The workload of a world on real threads, time, disks, HTTPS and backend. The seed fixes what is
// drawn, not what it meets.
//
// Thread safety: none.
class Torture {
 public:
  // Tells whoever makes the network's harm that it begins or ends here, and waits until it does.
  using Turn = std::function<void(const std::string&)>;

  // The server and the options must outlive it.
  Torture(const Options& options, RealServer& server, Turn turn);

  // Answers what was broken, or nothing. Once.
  [[nodiscard]] simulation::Finding run();

  [[nodiscard]] Counts counts() const;
  [[nodiscard]] const Witness& witness() const { return witness_; }

 private:
  struct Sync {
    Device* device;
    std::future<Result<SyncSummary>> answer;
  };

  void start_all();
  void start(Device& device);
  void step();
  // If its login has ended.
  void log_in_again(Device& device);
  void act(Device& device);
  void sync_once(Device& device);
  void restart(Device& device);
  void set_clock(Device& device);
  void take_answers();
  void take_answer(Device& device, const Result<SyncSummary>& result);

  void mend();
  void come_to_rest();
  [[nodiscard]] bool is_answered(Device& device, std::future<Result<SyncSummary>>& answer);
  void let_a_new_device_in();
  void check_settled();
  [[nodiscard]] bool is_broken() const { return witness_.finding().has_value(); }
  void broken(std::string invariant, std::string what);

  const Options& options_;
  RealServer& server_;
  Turn turn_;
  simulation::SeededRandom random_;
  std::unique_ptr<Random> identities_;
  Witness witness_;
  std::unique_ptr<simulation::Workload> workload_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::map<const Device*, bool> wants_login_;
  std::vector<Sync> syncs_;  // that were not answered yet
  Counts counts_;
};

}  // namespace syncline::torture
