#include <array>
#include <cstdio>
#include <exception>
#include <string_view>

#include <CLI/CLI.hpp>

#include "groups.hpp"
#include "report.hpp"
#include "settings.hpp"

namespace {

using syncline::bench::Report;
using syncline::bench::Settings;

struct Group {
  std::string_view name;
  void (*measure)(const Settings&, Report&);
};

constexpr std::array<Group, 8> kGroups{{{"writes", syncline::bench::measure_writes},
                                        {"merge", syncline::bench::measure_merge},
                                        {"import", syncline::bench::measure_import},
                                        {"reads", syncline::bench::measure_reads},
                                        {"threads", syncline::bench::measure_threads},
                                        {"queries", syncline::bench::measure_queries},
                                        {"history", syncline::bench::measure_history},
                                        {"sync", syncline::bench::measure_sync}}};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  settings.directory = std::filesystem::temp_directory_path();
  CLI::App app("Measures the engine against what it is made of (docs/benchmarks.md)");
  app.add_flag("--quick", settings.quick, "a smoke run of seconds, whose figures mean little");
  app.add_flag("--json", settings.json, "one JSON document and not a table");
  app.add_option("--server", settings.server, "the base URL of a backend; it gets new accounts");
  app.add_option("--ca", settings.ca, "the PEM file of the authorities to trust");
  app.add_option("--data", settings.data, "hourly_steps.csv; rows of its shape unless given")
      ->check(CLI::ExistingFile);
  app.add_option("--directory", settings.directory, "where databases are made and removed again")
      ->check(CLI::ExistingDirectory);
  app.add_option("--rounds", settings.rounds, "how often to repeat each measurement");
  app.add_option("--only", settings.only,
                 "one group: writes, merge, import, reads, threads, queries, history or sync");
  CLI11_PARSE(app, argc, argv);
  try {
    Report report(settings);
    for (const Group& group : kGroups) {
      if (settings.only.empty() || group.name == settings.only) group.measure(settings, report);
    }
    report.finish();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "syncline_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
