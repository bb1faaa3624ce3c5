#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncline/environment.hpp"
#include "syncline/simulation/faults.hpp"
#include "syncline/simulation/random.hpp"
#include "syncline/simulation/server.hpp"
#include "syncline/simulation/workload.hpp"
#include "syncline/strategy.hpp"

// Deterministic worlds (docs/simulation.md): devices with the engine that ships, a network that
// does harm, and a server, on virtual time and in one thread. A seed decides everything.

namespace syncline::simulation {

using ServerFactory = std::function<std::unique_ptr<Server>(WallClock&, Random&)>;

struct Options {
  // The schemas that devices are opened with, the newest first; those behind it are used where
  // schema skew strikes. With none the built-in ones, which have every strategy.
  std::vector<std::string> schemas{};
  // The custom strategies that every device is opened with.
  Strategies strategies{};
  WorkloadFactory workload = make_schema_workload;
  ServerFactory server = make_model_server;
  FaultRates rates = FaultRates::standard();
  std::size_t devices_min = 2;
  std::size_t devices_max = 8;
  std::size_t steps = 300;
};

// A seed that broke an invariant.
struct Failure {
  std::uint64_t seed = 0;
  std::string invariant;
  std::string what;
  // The shortest list of steps found that still breaks it, a line each.
  std::vector<std::string> trace;
};

struct SeedResult {
  std::uint64_t steps = 0;
  std::uint64_t hash = 0;  // of everything that all devices hold in the end
  FaultCounts faults;
  std::optional<Failure> failure;
};

// Runs the world of one seed. A failure is shrunk if `shrink` says so, which runs the world some
// hundred times more.
[[nodiscard]] SeedResult run_seed(const Options& options, std::uint64_t seed, bool shrink = true);

struct Report {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  std::uint64_t hash = 0;  // the same for the same seeds, options and build
  FaultCounts faults;
  std::vector<Failure> failures;  // ascending by seed; the first ten
  std::uint64_t failed = 0;
};

struct RunOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;
  unsigned jobs = 1;               // threads, each with worlds of its own
  std::uint64_t failures_max = 0;  // stop after so many failures; 0 for never
  // Called now and then, on one of the threads, with how many seeds are done.
  std::function<void(std::uint64_t done)> progress{};
};

// Runs many seeds.
[[nodiscard]] Report run_seeds(const Options& options, const RunOptions& run);

// The built-in schemas, the newest first.
[[nodiscard]] const std::vector<std::string>& built_in_schemas();
// The same, so that the log keeps next to nothing that was written over. Every other world has
// them.
[[nodiscard]] const std::vector<std::string>& built_in_schemas_with_little_history();

}  // namespace syncline::simulation
