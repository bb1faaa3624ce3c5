#include <array>
#include <ctime>
#include <memory>
#include <utility>

#include "command.hpp"
#include "database.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "syncline/history.hpp"
#include "syncline/lmdb_maintenance.hpp"
#include "syncline/replication.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  std::string file;
};

Value number(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }

// Shows how far a copy is, and stops it when the person does.
CopyProgress shown_on(ProgressBar& bar) {
  return [&bar](std::uint64_t done, std::uint64_t total) {
    bar.show(done, total);
    return !Interruption::requested();
  };
}

// In a folder a backup is named by the time.
std::filesystem::path backup_file(const std::filesystem::path& given) {
  std::error_code error;
  if (given.has_filename() && !std::filesystem::is_directory(given, error)) return given;
  const std::unique_ptr<WallClock> wall = system_wall_clock();
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  const auto seconds = static_cast<std::time_t>(wall->now_ms() / kMillisecondsPerSecond);
  std::tm parts{};
  std::array<char, 64> name{};
  gmtime_r(&seconds, &parts);
  static_cast<void>(
      std::strftime(name.data(), name.size(), "syncline-%Y%m%d-%H%M%S.backup", &parts));
  return given / name.data();
}

Result<void> backup(const Context& context, const Arguments& arguments) {
  const Interruption interruption;
  LmdbOptions options = store_options(context, Access::kRead);
  options.check_pages = true;
  const auto store = open_lmdb_store(options);
  if (!store) return fail(store.error());
  const std::filesystem::path file = backup_file(arguments.file);
  Result<std::uint64_t> bytes;
  {
    ProgressBar bar("backing up");
    bytes = (*store)->back_up(file, shown_on(bar));
  }
  if (!bytes) return fail(bytes.error());
  print_line(context.json ? value_to_json(Value(Value::Object{{"file", Value(file.string())},
                                                              {"bytes", number(*bytes)}}))
                          : file.string() + ", " + std::to_string(*bytes) + " bytes");
  return {};
}

Result<void> restore(const Context& context, const Arguments& arguments) {
  const Interruption interruption;
  const std::unique_ptr<Random> random = system_random();
  Result<Renewal> renewal;
  {
    ProgressBar bar("restoring");
    renewal = restore_lmdb_store(arguments.file, store_options(context, Access::kCreate), *random,
                                 shown_on(bar));
  }
  if (!renewal) return fail(renewal.error());
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const auto state = database->replica->replication().state();
  if (!state) return fail(state.error());
  if (context.json) {
    print_line(value_to_json(Value(Value::Object{{"replica", Value(to_hex(renewal->now))},
                                                 {"restored_from", Value(to_hex(renewal->before))},
                                                 {"changes", number(state->log_ops)},
                                                 {"pending_ops", number(state->pending_ops)}})));
  } else {
    print_line("restored " + std::to_string(state->log_ops) + " changes, of which " +
               std::to_string(state->pending_ops) + " are pending, as a new device; sync is off " +
               "until you log in and say `sync enable`");
  }
  return {};
}

// What may go of the log goes first, so that the file gets its room back as well.
Result<LogCompaction> compact_log(const Context& context) {
  LmdbOptions options = store_options(context, Access::kWrite);
  options.check_pages = true;
  const auto store = open_lmdb_store(options);
  if (!store) return fail(store.error());
  const std::unique_ptr<WallClock> wall = system_wall_clock();
  const std::unique_ptr<Random> random = system_random();
  const auto replica = Replica::open(**store, *wall, *random);
  if (!replica) return fail(replica.error());
  return (*replica)->history().compact();
}

Result<void> compact(const Context& context) {
  const Interruption interruption;
  const auto log = compact_log(context);
  if (!log) return fail(log.error());
  Result<Compaction> compaction;
  {
    ProgressBar bar("compacting");
    compaction = compact_lmdb_store(store_options(context, Access::kWrite), shown_on(bar));
  }
  if (!compaction) return fail(compaction.error());
  print_line(
      context.json
          ? value_to_json(Value(Value::Object{{"before_bytes", number(compaction->before_bytes)},
                                              {"after_bytes", number(compaction->after_bytes)},
                                              {"dropped_ops", number(log->dropped_ops)},
                                              {"log_ops", number(log->kept_ops)}}))
          : std::to_string(compaction->before_bytes) + " bytes before, " +
                std::to_string(compaction->after_bytes) + " now; " +
                std::to_string(log->dropped_ops) + " changes dropped from the log, " +
                std::to_string(log->kept_ops) + " left");
  return {};
}

}  // namespace

void add_maintenance_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* backing_up =
      app.add_subcommand("backup", "Copy the database into one file, also while it is in use");
  backing_up
      ->add_option("FILE_OR_DIR", arguments->file,
                   "a file that is not there yet; in a folder the time names it")
      ->required();
  backing_up->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return backup(context, *arguments); };
  });
  CLI::App* restoring = app.add_subcommand(
      "restore", "Make a new device's database of a backup, where there is none yet");
  restoring->add_option("FILE", arguments->file, "what `backup` wrote")->required();
  restoring->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return restore(context, *arguments); };
  });
  app.add_subcommand("compact",
                     "Drop from the log what no history keeps, and give the free space of the "
                     "database's file back")
      ->callback([&context, &chosen] { chosen = [&context] { return compact(context); }; });
}

}  // namespace syncline::cli
