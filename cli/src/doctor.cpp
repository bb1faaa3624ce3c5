#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "database.hpp"
#include "findings.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "schema_file.hpp"
#include "syncline/repair.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  bool repair = false;
  std::string schema_file;
};

void print_finding(const Context& context, const Finding& finding) {
  if (context.json) {
    print_line(value_to_json(Value(
        Value::Object{{"finding", Value(finding.name)},
                      {"level", Value(level_name(finding.level))},
                      {"what", Value(finding.what)},
                      {"remedy", finding.remedy.empty() ? Value() : Value(finding.remedy)}})));
    return;
  }
  print_line(std::string(level_name(finding.level)) + ": " + finding.what);
  if (!finding.remedy.empty()) print_line("  " + finding.remedy);
}

void print_repair(const Context& context, const Repair& repair) {
  const std::string kind(repair_kind_name(repair.kind));
  print_line(context.json
                 ? value_to_json(Value(Value::Object{{"repair", Value(kind)},
                                                     {"place", Value(place_of(repair.fault))},
                                                     {"what", Value(repair.what)}}))
                 : kind + ": " + place_of(repair.fault) + ": " + repair.what);
}

// As the faults, of which one damaged entry can be thousands: the first few, and how many others.
// They are shown once they are done, for a repair that is stopped changes nothing.
class RepairPrinter {
 public:
  explicit RepairPrinter(const Context& context) : context_(context) {}

  void take(const Repair& repair) {
    if (groups_.shows(repair.fault)) shown_.push_back(repair);
  }
  void print() const {
    for (const Repair& repair : shown_) print_repair(context_, repair);
    std::uint64_t more = 0;
    for (const auto& [group, count] : groups_.left_out()) more += count;
    if (more == 0) return;
    print_line(context_.json ? value_to_json(Value(Value::Object{
                                   {"more_repairs", Value(static_cast<std::int64_t>(more))}}))
                             : counted(more, "more repair") + " of these kinds");
  }

 private:
  const Context& context_;
  FaultGroups groups_;
  std::vector<Repair> shown_;
};

// What a database holds after a repair.
struct Rest {
  std::uint64_t slots = 0;
  bool has_schema = false;
};

Result<Rest> rest_of(const Store& store) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto slots = (*snapshot)->count(Keyspace::kSlots);
  const auto schema = (*snapshot)->get(Keyspace::kMeta, "schema");
  if (!slots || !schema) return fail(slots ? schema.error() : slots.error());
  return Rest{*slots, schema->has_value()};
}

void print_kept(const Context& context, const LmdbRepair& done, const RepairSummary& summary,
                const Rest& rest) {
  if (context.json) {
    print_line(value_to_json(
        Value(Value::Object{{"kept", Value(done.kept.string())},
                            {"rescued", Value(done.is_rescued)},
                            {"repaired", Value(static_cast<std::int64_t>(summary.repaired))},
                            {"set_aside", Value(static_cast<std::int64_t>(summary.set_aside))},
                            {"left", Value(static_cast<std::int64_t>(summary.left))},
                            {"pulls_again", Value(summary.pulls_again)},
                            {"new_id", Value(summary.has_new_id)},
                            {"slots", Value(static_cast<std::int64_t>(rest.slots))},
                            {"schema", Value(rest.has_schema)}})));
    return;
  }
  print_line("The database as it was is in " + done.kept.string() + ".");
  if (done.is_rescued) {
    print_line("It was made anew of what could be read past the damage: " +
               (rest.slots == 0 ? "nothing" : counted(rest.slots, "slot")) + ".");
  }
  if (!rest.has_schema) {
    print_line("It has no schema: if it had one, give it back with `doctor --schema FILE`.");
  }
  if (summary.has_new_id) {
    print_line("This device has a new replica id, so that its counters take nothing back.");
  }
  if (summary.pulls_again) {
    print_line("Something may be lost here: the next sync asks the server for everything again.");
  }
}

// A folder stays when something is in it that nobody knows.
void print_leftover(const Context& context, const std::filesystem::path& path) {
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(path, ignored);
  if (context.json) {
    print_line(
        value_to_json(Value(Value::Object{{is_there ? "left" : "removed", Value(path.string())}})));
  } else if (is_there) {
    print_line("left " + path.string() + ": something is in it that is not this command's");
  } else {
    print_line("removed " + path.string());
  }
}

std::filesystem::path kept_file(const Context& context, WallClock& wall) {
  return context.data / ("before-repair-" + std::to_string(wall.now_ms()) + ".mdb");
}

Result<void> repair(const Context& context, WallClock& wall) {
  const Interruption interruption;
  const std::unique_ptr<Random> random = system_random();
  RepairSummary summary;
  Rest rest;
  RepairPrinter printer(context);
  Result<LmdbRepair> done;
  {
    ProgressBar copying("keeping a copy");
    done = repair_lmdb_store(
        store_options(context, Access::kWrite), kept_file(context, wall),
        [&](Store& store, bool entries_may_be_lost) -> Result<void> {
          ProgressBar bar("repairing");
          const auto repaired = repair_store(
              store, *random, {.entries_may_be_lost = entries_may_be_lost},
              [&printer](const Repair& one) { printer.take(one); }, shown_on(bar));
          if (!repaired) return fail(repaired.error());
          summary = *repaired;
          auto left = rest_of(store);
          if (!left) return fail(left.error());
          rest = *left;
          return {};
        },
        shown_on(copying));
  }
  if (!done) return fail(done.error());
  printer.print();
  print_kept(context, *done, summary, rest);
  return {};
}

// Gives a database that has none a schema.
Result<void> bring_back_schema(const Context& context, const std::string& file,
                               std::string schema_json) {
  {
    const auto database = open_database(context, Access::kWrite);
    if (!database) return fail(database.error());
    if (const auto& stored = database->replica->schema().id()) {
      if (!context.json) {
        print_line("the database has its schema, " + stored->name + " " +
                   std::to_string(stored->version) + "; " + file + " was not needed");
      }
      return {};
    }
  }
  const auto database = open_database(context, Access::kWrite, std::move(schema_json));
  if (!database) return fail(database.error());
  if (!context.json) print_line("the schema is that of " + file + " now");
  return {};
}

Result<void> repair_all(const Context& context, const Arguments& arguments, bool has_faults,
                        const std::optional<std::string>& schema_json, WallClock& wall) {
  if (const auto leftovers = lmdb_leftovers(context.data); !leftovers.empty()) {
    auto removed = remove_lmdb_leftovers(store_options(context, Access::kWrite));
    if (!removed) return removed;
    for (const auto& path : leftovers) print_leftover(context, path);
  }
  if (has_faults) {
    if (auto repaired = repair(context, wall); !repaired) return repaired;
  }
  if (!schema_json) return {};
  return bring_back_schema(context, arguments.schema_file, *schema_json);
}

// The schema that is to be brought back, if one is: looked at before anything is done.
Result<std::optional<std::string>> read_schema(const std::string& file) {
  if (file.empty()) return std::nullopt;
  auto json = read_schema_file(file);
  if (!json) return fail(json.error());
  return std::move(*json);
}

// Looks, and says what there is to say. Answers the number of faults.
Result<std::uint64_t> examine(const Context& context, WallClock& wall) {
  const auto checkup = check_up(context);
  if (!checkup) {
    print_finding(context, explain(checkup.error()));
    return fail(checkup.error());
  }
  const auto findings = find(context, *checkup, wall);
  if (!findings) return fail(findings.error());
  for (const Finding& finding : *findings) print_finding(context, finding);
  if (checkup->is_stopped) return fail(Code::kCancelled, "the examination was stopped");
  if (checkup->faults() == 0 && !context.json) print_line("no fault was found");
  return checkup->faults();
}

Result<void> doctor(const Context& context, const Arguments& arguments) {
  const SteadyOutput output;
  const auto schema_json = read_schema(arguments.schema_file);
  if (!schema_json) return fail(schema_json.error());
  const std::unique_ptr<WallClock> wall = system_wall_clock();
  const auto faults = examine(context, *wall);
  // What cannot be opened may be repaired all the same.
  const bool is_corrupt = !faults && faults.error().code == Code::kStoreCorrupt;
  if (!faults && !(is_corrupt && arguments.repair)) return fail(faults.error());
  std::uint64_t left = faults.value_or(1);
  if (arguments.repair) {
    if (auto done = repair_all(context, arguments, left > 0, *schema_json, *wall); !done)
      return done;
    if (left > 0) {
      const auto again = check_up(context);
      if (!again) return fail(again.error());
      left = again->faults();
      print_faults(context, *again);
    }
  }
  if (left == 0) return {};
  return fail(Code::kStoreCorrupt, "the database has " + counted(left, "fault"));
}

}  // namespace

void add_doctor_command(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* examining = app.add_subcommand(
      "doctor", "Say in plain words what is wrong with the database, and repair it");
  examining->add_flag("--repair", arguments->repair,
                      "repair what can be repaired; the file is copied before");
  examining->add_option("--schema", arguments->schema_file,
                        "with --repair: the app's schema, where the stored one is lost");
  examining->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] {
      if (!arguments->schema_file.empty() && !arguments->repair)
        throw UsageError{"--schema is for --repair"};
      return doctor(context, *arguments);
    };
  });
}

}  // namespace syncline::cli
