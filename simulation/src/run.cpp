#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "shrink.hpp"
#include "world.hpp"

namespace syncline::simulation {

SeedResult run_seed(const Options& options, std::uint64_t seed, bool shrink) {
  const Plan plan = make_plan(options, seed);
  World world(options, plan);
  const Finding finding = world.run();
  SeedResult result;
  result.steps = plan.steps.size();
  result.hash = world.hash();
  result.faults = world.faults();
  if (!finding) return result;
  result.failure = Failure{seed, finding->invariant, finding->what, {}};
  if (shrink) shrink_failure(options, plan, *result.failure);
  return result;
}

namespace {

constexpr std::size_t kFailuresKept = 10;

// What the threads of a run share.
class Run {
 public:
  Run(const Options& options, const RunOptions& run) : options_(options), run_(run) {}

  void work() {
    while (!stop_) {
      const std::uint64_t index = next_++;
      if (index >= run_.seeds) return;
      take(index, run_seed(options_, run_.first_seed + index));
    }
  }

  Report report() {
    std::sort(report_.failures.begin(), report_.failures.end(),
              [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
    return std::move(report_);
  }

 private:
  void take(std::uint64_t index, SeedResult result) {
    const std::lock_guard lock(mutex_);
    ++report_.seeds;
    report_.steps += result.steps;
    report_.faults.add(result.faults);
    // In whatever order the threads come to it, the sum is the same.
    report_.hash += mix(result.hash, index);
    if (result.failure) {
      ++report_.failed;
      if (report_.failures.size() < kFailuresKept)
        report_.failures.push_back(std::move(*result.failure));
      if (run_.failures_max != 0 && report_.failed >= run_.failures_max) stop_ = true;
    }
    if (run_.progress) run_.progress(report_.seeds);
  }

  const Options& options_;
  const RunOptions& run_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  Report report_;
};

}  // namespace

Report run_seeds(const Options& options, const RunOptions& run) {
  Run shared(options, run);
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < run.jobs; ++i) threads.emplace_back([&shared] { shared.work(); });
  shared.work();
  for (std::thread& thread : threads) thread.join();
  return shared.report();
}

}  // namespace syncline::simulation
