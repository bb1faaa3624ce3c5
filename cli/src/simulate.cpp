#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"
#include "database.hpp"
#include "output.hpp"
#include "syncline/simulation/simulation.hpp"

// Worlds of devices under every fault, on the engine that this command itself is built with.

namespace syncline::cli {
namespace {

using simulation::Fault;

struct Arguments {
  std::uint64_t seeds = 1'000;
  std::uint64_t first_seed = 1;
  std::size_t steps = 300;
  std::size_t devices_max = 8;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::string> schema_files;
  std::vector<std::string> rates;
};

std::optional<Fault> fault_named(std::string_view name) {
  for (std::size_t i = 0; i < simulation::kFaultCount; ++i) {
    if (simulation::fault_name(static_cast<Fault>(i)) == name) return static_cast<Fault>(i);
  }
  return std::nullopt;
}

// FAULT=RATE, or `all=RATE` for each of those that are survived.
void set_rate(const std::string& text, simulation::FaultRates& rates) {
  constexpr unsigned kRateMax = 10'000;
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const char* const end = text.data() + text.size();
  unsigned rate = 0;
  const auto parsed = equals == std::string::npos
                          ? std::from_chars_result{end, std::errc::invalid_argument}
                          : std::from_chars(text.data() + equals + 1, end, rate);
  if (parsed.ec != std::errc{} || parsed.ptr != end || rate > kRateMax) {
    throw UsageError{"\"" + text + "\" is not FAULT=RATE with a rate from 0 to 10000"};
  }
  if (name == "all") {
    for (std::size_t i = 0; i < simulation::kFaultCount; ++i) {
      const auto fault = static_cast<Fault>(i);
      if (simulation::is_survived(fault)) rates.set(fault, rate);
    }
    return;
  }
  const auto fault = fault_named(name);
  if (!fault) throw UsageError{"there is no fault named \"" + name + "\""};
  rates.set(*fault, rate);
}

Result<simulation::Options> options_of(const Arguments& arguments) {
  simulation::Options options;
  options.steps = arguments.steps;
  options.devices_max = arguments.devices_max;
  options.devices_min = std::min(options.devices_min, options.devices_max);
  for (const std::string& rate : arguments.rates) set_rate(rate, options.rates);
  for (const std::string& file : arguments.schema_files) {
    auto text = read_file(file);
    if (!text) return fail(text.error());
    if (const auto parsed = Schema::parse(*text); !parsed)
      return fail(parsed.error().code, file + ": " + parsed.error().message);
    options.schemas.push_back(std::move(*text));
  }
  return options;
}

std::string hex(std::uint64_t number) { return to_hex(static_cast<ReplicaId>(number)); }

// The line that runs one seed again.
std::string replay(const Arguments& arguments, std::uint64_t seed) {
  std::string line = "syncline simulate --seeds 1 --first-seed " + std::to_string(seed) +
                     " --steps " + std::to_string(arguments.steps) + " --devices " +
                     std::to_string(arguments.devices_max);
  for (const std::string& file : arguments.schema_files) line += " --schema " + file;
  for (const std::string& rate : arguments.rates) line += " --rate " + rate;
  return line;
}

void show_failure(const Context& context, const Arguments& arguments,
                  const simulation::Failure& failure) {
  if (context.json) {
    Value::Array trace;
    for (const std::string& line : failure.trace) trace.emplace_back(line);
    print_line(
        value_to_json(Value(Value::Object{{"seed", Value(static_cast<std::int64_t>(failure.seed))},
                                          {"invariant", Value(failure.invariant)},
                                          {"what", Value(failure.what)},
                                          {"replay", Value(replay(arguments, failure.seed))},
                                          {"trace", Value(std::move(trace))}})));
    return;
  }
  print_line("seed " + std::to_string(failure.seed) + " broke " + failure.invariant + ": " +
             failure.what);
  print_line("  again: " + replay(arguments, failure.seed));
  for (const std::string& line : failure.trace) print_line("  " + line);
}

void show_report(const Context& context, const simulation::Report& report) {
  if (context.json) {
    Value::Object faults;
    for (std::size_t i = 0; i < simulation::kFaultCount; ++i) {
      const auto fault = static_cast<Fault>(i);
      if (!simulation::is_survived(fault) && report.faults.of(fault) == 0) continue;
      faults.emplace(simulation::fault_name(fault),
                     Value(static_cast<std::int64_t>(report.faults.of(fault))));
    }
    print_line(value_to_json(
        Value(Value::Object{{"seeds", Value(static_cast<std::int64_t>(report.seeds))},
                            {"steps", Value(static_cast<std::int64_t>(report.steps))},
                            {"failed", Value(static_cast<std::int64_t>(report.failed))},
                            {"hash", Value(hex(report.hash))},
                            {"faults", Value(std::move(faults))}})));
    return;
  }
  print_line("fault                         fired");
  for (std::size_t i = 0; i < simulation::kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    std::string line(simulation::fault_name(fault));
    line.resize(22, ' ');
    const std::string count = std::to_string(report.faults.of(fault));
    line.append(13 - std::min<std::size_t>(13, count.size()), ' ').append(count);
    if (!simulation::is_survived(fault)) line += "  (not yet survived: only by --rate)";
    print_line(line);
  }
  print_line(counted(report.seeds, "seed") + ", " + counted(report.steps, "step") + ", " +
             std::to_string(report.failed) + " failed, hash " + hex(report.hash));
}

Result<void> simulate(const Context& context, const Arguments& arguments) {
  const auto options = options_of(arguments);
  if (!options) return fail(options.error());
  simulation::Report report;
  {
    ProgressBar bar("simulating");
    const auto began = std::chrono::steady_clock::now();
    simulation::RunOptions run;
    run.first_seed = arguments.first_seed;
    run.seeds = arguments.seeds;
    run.jobs = arguments.jobs;
    run.progress = [&](std::uint64_t done) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
      const double left =
          passed.count() / static_cast<double>(done) * static_cast<double>(run.seeds - done);
      bar.show(done, run.seeds, std::to_string(static_cast<std::int64_t>(left)) + " s left");
    };
    report = run_seeds(*options, run);
  }
  for (const simulation::Failure& failure : report.failures)
    show_failure(context, arguments, failure);
  show_report(context, report);
  if (report.failed == 0) return {};
  return fail(Code::kInternal, std::to_string(report.failed) + " of " +
                                   counted(report.seeds, "seed") + " broke an invariant");
}

}  // namespace

void add_simulate_command(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Run worlds of devices under every fault, and check what must hold");
  add_count(*command, "--seeds", arguments->seeds, "how many worlds");
  add_number(*command, "--first-seed", arguments->first_seed, "the seed of the first");
  add_count(*command, "--steps", arguments->steps, "of each world");
  command->add_option("--devices", arguments->devices_max, "at most so many in a world")
      ->check(CLI::Range(1, 64));
  command->add_option("--jobs", arguments->jobs, "worlds at a time")->check(CLI::Range(1, 256));
  command->add_option("--schema", arguments->schema_files,
                      "a schema of your own; again for an older version of it");
  command->add_option("--rate", arguments->rates,
                      "FAULT=RATE, or all=RATE, in parts of 10,000; again for others");
  command->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return simulate(context, *arguments); };
  });
}

}  // namespace syncline::cli
