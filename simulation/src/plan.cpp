#include "plan.hpp"

#include <array>
#include <map>
#include <optional>
#include <string_view>

namespace syncline::simulation {
namespace {

// How likely each kind of step is among those without a fault.
struct Weight {
  StepKind kind;
  unsigned weight;
};
constexpr std::array<Weight, 7> kWeights{{{StepKind::kAct, 56},
                                          {StepKind::kSync, 24},
                                          {StepKind::kWatch, 3},
                                          {StepKind::kRest, 2},
                                          {StepKind::kWait, 10},
                                          {StepKind::kRestart, 3},
                                          {StepKind::kLogIn, 2}}};

bool is_of_the_network(Fault fault) { return fault < Fault::kRequestPartition; }

StepKind draw_kind(SeededRandom& random) {
  unsigned total = 0;
  for (const Weight& weight : kWeights) total += weight.weight;
  std::uint64_t at = random.below(total);
  for (const Weight& weight : kWeights) {
    if (at < weight.weight) return weight.kind;
    at -= weight.weight;
  }
  return StepKind::kAct;
}

// Each fault has a stream of its own, so that one fault more, or another rate of one, leaves what
// the others do as it is.
std::uint64_t seed_of(Fault fault, std::uint64_t seed) {
  for (const char byte : fault_name(fault)) seed = mix(seed, static_cast<unsigned char>(byte));
  return seed;
}

// The faults of steps that a plan may have, each with its stream.
class StepFaults {
 public:
  StepFaults(const FaultRates& rates, std::uint64_t seed) : rates_(rates) {
    for (std::size_t f = 0; f < kFaultCount; ++f) {
      const auto fault = static_cast<Fault>(f);
      if (!is_of_the_network(fault)) streams_.try_emplace(fault, seed_of(fault, seed));
    }
  }

  // Whether the next step is one; of several the first is.
  std::optional<Fault> draw() {
    std::optional<Fault> drawn;
    for (auto& [fault, stream] : streams_) {
      const bool fires = stream.chance(rates_.of(fault));
      if (fires && !drawn) drawn = fault;
    }
    return drawn;
  }

 private:
  FaultRates rates_;
  std::map<Fault, SeededRandom> streams_;
};

}  // namespace

Plan make_plan(const Options& options, std::uint64_t seed) {
  SeededRandom random(mix(seed, 1));
  Plan plan;
  plan.seed = seed;
  plan.devices =
      static_cast<std::size_t>(random.between(static_cast<std::int64_t>(options.devices_min),
                                              static_cast<std::int64_t>(options.devices_max)));
  plan.rates = options.rates;
  StepFaults faults(options.rates, seed);
  for (std::size_t i = 0; i < options.steps; ++i) {
    PlanStep step;
    step.device = random.below(plan.devices);
    step.kind = draw_kind(random);
    if (const auto fault = faults.draw()) {
      step.kind = StepKind::kFault;
      step.fault = *fault;
    }
    step.seed = random.next();
    plan.steps.push_back(step);
  }
  plan.rests_watching = random.below(2) == 0;
  // What is written now has to be sent and found by those who watch.
  if (plan.rests_watching)
    plan.steps.push_back(
        {.kind = StepKind::kLateAct, .device = random.below(plan.devices), .seed = random.next()});
  return plan;
}

std::string describe(const PlanStep& step) {
  static constexpr std::array<std::string_view, 9> kNames{
      "act", "sync", "watch", "rest", "wait", "restart", "log in", "", "late act"};
  std::string text = "device " + std::to_string(step.device) + ": ";
  if (step.kind == StepKind::kFault) return text.append(fault_name(step.fault));
  return text.append(kNames.at(static_cast<std::size_t>(step.kind)));
}

}  // namespace syncline::simulation
