#include "shrink.hpp"

#include <algorithm>
#include <utility>

#include "world.hpp"

namespace syncline::simulation {
namespace {

constexpr unsigned kRunsMax = 600;

// Runs ever smaller plans, as long as they break the same invariant.
class Shrinker {
 public:
  Shrinker(const Options& options, Plan plan, std::string invariant)
      : options_(options), plan_(std::move(plan)), invariant_(std::move(invariant)) {}

  const Plan& shrink() {
    leave_out_faults();
    for (std::size_t part = plan_.steps.size() / 2; part > 0 && runs_ < kRunsMax; part /= 2) {
      leave_out_parts(part);
      if (part == 1) break;
    }
    leave_out_parts(1);
    leave_out_faults();
    leave_out_devices();
    return plan_;
  }

 private:
  bool still_fails(const Plan& plan) {
    ++runs_;
    World world(options_, plan);
    const Finding finding = world.run();
    return finding && finding->invariant == invariant_;
  }

  void leave_out_parts(std::size_t part) {
    for (std::size_t at = 0; at < plan_.steps.size() && runs_ < kRunsMax;) {
      Plan smaller = plan_;
      const auto begin = smaller.steps.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(part, smaller.steps.size() - at);
      smaller.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      if (still_fails(smaller)) {
        plan_ = std::move(smaller);
      } else {
        at += part;
      }
    }
  }

  void leave_out_faults() {
    for (std::size_t i = 0; i < kFaultCount && runs_ < kRunsMax; ++i) {
      const auto fault = static_cast<Fault>(i);
      if (plan_.rates.of(fault) == 0) continue;
      Plan smaller = plan_;
      smaller.rates.set(fault, 0);
      if (still_fails(smaller)) plan_ = std::move(smaller);
    }
  }

  // Those behind the last one that a step names, as many as it takes.
  void leave_out_devices() {
    std::size_t named = 1;
    for (const PlanStep& step : plan_.steps) named = std::max(named, step.device + 1);
    for (std::size_t devices = named; devices < plan_.devices && runs_ < kRunsMax; ++devices) {
      Plan smaller = plan_;
      smaller.devices = devices;
      if (!still_fails(smaller)) continue;
      plan_ = std::move(smaller);
      return;
    }
  }

  const Options& options_;
  Plan plan_;
  std::string invariant_;
  unsigned runs_ = 0;
};

}  // namespace

void shrink_failure(const Options& options, Plan plan, Failure& failure) {
  Shrinker shrinker(options, std::move(plan), failure.invariant);
  const Plan& smallest = shrinker.shrink();
  World world(options, smallest);
  world.keep_trace();
  if (const Finding finding = world.run()) failure.what = finding->what;
  failure.trace = world.trace();
}

}  // namespace syncline::simulation
