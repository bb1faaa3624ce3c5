#include <cstdio>
#include <cstdlib>

#include "syncline/simulation/simulation.hpp"

// runner SEEDS: runs as many worlds, up to the first that breaks an invariant, and says which: the
// seed, the invariant and what was wrong.

int main(int count, char** arguments) {
  if (count != 2) return 2;
  syncline::simulation::RunOptions run;
  run.seeds = std::strtoull(arguments[1], nullptr, 10);
  run.failures_max = 1;
  const auto report = syncline::simulation::run_seeds({}, run);
  for (const auto& failure : report.failures) {
    std::printf("%llu %s\n%s\n", static_cast<unsigned long long>(failure.seed),
                failure.invariant.c_str(), failure.what.c_str());
  }
  return report.failures.empty() ? 0 : 1;
}
