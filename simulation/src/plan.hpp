#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncline/simulation/simulation.hpp"

namespace syncline::simulation {

enum class StepKind : std::uint8_t {
  kAct,      // the app does something
  kSync,     // the person asks for a sync
  kWatch,    // the app watches from now on
  kRest,     // the app stops watching
  kWait,     // time passes
  kRestart,  // the app is closed and opened
  kLogIn,    // the person logs in again
  kFault,    // something goes wrong, or is mended
  kLateAct,  // the app does something when all faults are over and all devices are at rest
};

// One step of a world. It carries its own randomness, so that it does the same whatever other steps
// are left out.
struct PlanStep {
  StepKind kind = StepKind::kAct;
  Fault fault = Fault::kCrash;  // of kFault
  std::size_t device = 0;
  std::uint64_t seed = 0;
};

// What is to happen in a world, decided beforehand.
struct Plan {
  std::uint64_t seed = 0;
  std::size_t devices = 0;
  FaultRates rates;  // of the network
  // The devices come to rest by watching, as they are; else each is asked to sync.
  bool rests_watching = false;
  std::vector<PlanStep> steps;
};

[[nodiscard]] Plan make_plan(const Options& options, std::uint64_t seed);

// The step for people to read, without what it turned out to do.
[[nodiscard]] std::string describe(const PlanStep& step);

}  // namespace syncline::simulation
