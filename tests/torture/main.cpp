#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "syncline/value.hpp"
#include "torture.hpp"

// The workload of the simulation on the driver, HTTPS and backend that ship (docs/simulation.md,
// Over the real backend). It says on stdout when the network may begin and has to end its harm, and
// goes on when a line comes back on stdin.

namespace syncline::torture {
namespace {

void print_line(const Value& object) {
  std::printf("%s\n", value_to_json(object).c_str());
  std::fflush(stdout);
}

void wait_for_a_line() {
  for (int c = std::getchar(); c != '\n' && c != EOF;) c = std::getchar();
}

Value shown(const Options& options, const Counts& counts) {
  const auto number = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  Value::Object ends;
  for (const auto& [code, count] : counts.sync_ends) ends.emplace(code, number(count));
  return Value(Value::Object{{"event", Value("done")},
                             {"seed", number(options.seed)},
                             {"acts", number(counts.acts)},
                             {"syncs", number(counts.syncs)},
                             {"sync_ends", Value(std::move(ends))},
                             {"restarts", number(counts.restarts)},
                             {"clock_jumps", number(counts.clock_jumps)},
                             {"logins", number(counts.logins)},
                             {"requests", number(counts.requests)},
                             {"ops", number(counts.ops)},
                             {"slots", number(counts.slots)},
                             {"rounds", number(counts.rounds)}});
}

int torture(const Options& options) {
  const auto server = RealServer::enter(options.server);
  if (!server) {
    std::fprintf(stderr, "syncline_torture: %s\n", server.error().message.c_str());
    return 2;
  }
  Torture torture(options, **server, [](const std::string& event) {
    print_line(Value(Value::Object{{"event", Value(event)}}));
    wait_for_a_line();
  });
  const auto finding = torture.run();
  if (!finding) {
    print_line(shown(options, torture.counts()));
    return 0;
  }
  for (const std::string& line : torture.witness().trace())
    std::fprintf(stderr, "  %s\n", line.c_str());
  std::fprintf(stderr, "seed %llu broke %s: %s\n", static_cast<unsigned long long>(options.seed),
               finding->invariant.c_str(), finding->what.c_str());
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app("Devices with a random workload against a real server; what they do is checked.");
  Options options;
  std::string ca_file;
  std::int64_t pace_ms = options.pace.count();
  app.add_option("--server", options.server.base_url, "https://…")->required();
  app.add_option("--ca", ca_file, "a PEM file of the authorities to trust");
  app.add_option("--data", options.folder, "a folder for the databases, which must be new")
      ->required();
  app.add_option("--seed", options.seed);
  app.add_option("--devices", options.devices)->check(CLI::Range(1, 64));
  app.add_option("--steps", options.steps);
  app.add_option("--pace", pace_ms, "milliseconds between two steps")->check(CLI::Range(0, 60'000));
  CLI11_PARSE(app, argc, argv);
  if (!ca_file.empty()) options.server.ca_file = ca_file;
  options.pace = std::chrono::milliseconds{pace_ms};
  return torture(options);
}

}  // namespace
}  // namespace syncline::torture

int main(int argc, char** argv) {
  try {
    return syncline::torture::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "syncline_torture: %s\n", error.what());
    return 2;
  }
}
