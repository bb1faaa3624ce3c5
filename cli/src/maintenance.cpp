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

// That are told apart, before a backup gives up.
constexpr unsigned kBackupsInASecond = 1'000;

Value number(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }

// A backup gets its own name, or in a folder one from the time.
bool names_itself(const std::filesystem::path& given) {
  std::error_code error;
  return given.has_filename() && !std::filesystem::is_directory(given, error);
}

// The name that the time gives. `number` tells apart those of one second, and is in their order.
std::string timely_name(unsigned number) {
  const std::unique_ptr<WallClock> wall = system_wall_clock();
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  const auto seconds = static_cast<std::time_t>(wall->now_ms() / kMillisecondsPerSecond);
  std::tm parts{};
  std::array<char, 64> name{};
  gmtime_r(&seconds, &parts);
  static_cast<void>(std::strftime(name.data(), name.size(), "syncline-%Y%m%d-%H%M%S", &parts));
  return std::string(name.data()) + (number == 1 ? "" : "_" + std::to_string(number)) + ".backup";
}

// Opens the database after a look at every page of its file.
Result<std::unique_ptr<LmdbStore>> open_checked(const Context& context, Access access) {
  ProgressBar bar("checking pages");
  LmdbOptions options = store_options(context, access);
  options.check_pages = PageCheck::kContents;
  options.check_progress = shown_on(bar);
  return open_lmdb_store(options);
}

struct MadeBackup {
  std::filesystem::path file;
  std::uint64_t bytes = 0;
};

// Another one of the same second may be there, or be under way.
Result<MadeBackup> back_up(const LmdbStore& store, const std::filesystem::path& given) {
  ProgressBar bar("backing up");
  for (unsigned number = 1;; ++number) {
    const bool is_named = names_itself(given);
    std::filesystem::path file = is_named ? given : given / timely_name(number);
    const auto bytes = store.back_up(file, shown_on(bar));
    if (bytes) return MadeBackup{std::move(file), *bytes};
    const Code code = bytes.error().code;
    const bool is_taken = code == Code::kStoreExists || code == Code::kStoreLocked;
    if (is_named || !is_taken || number == kBackupsInASecond) return fail(bytes.error());
  }
}

Result<void> backup(const Context& context, const Arguments& arguments) {
  if (arguments.file.empty())
    throw UsageError{"a backup needs the name of a file or a folder, and \"\" is none"};
  const Interruption interruption;
  const auto store = open_checked(context, Access::kRead);
  if (!store) return fail(store.error());
  const auto made = back_up(**store, arguments.file);
  if (!made) return fail(made.error());
  print_line(context.json ? value_to_json(Value(Value::Object{{"file", Value(made->file.string())},
                                                              {"bytes", number(made->bytes)}}))
                          : made->file.string() + ", " + counted(made->bytes, "byte"));
  return {};
}

Result<void> restore(const Context& context, const Arguments& arguments) {
  if (arguments.file.empty()) throw UsageError{"\"\" is no file that a backup could be in"};
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
    print_line("restored " + counted(state->log_ops, "change") + ", of which " +
               counted(state->pending_ops, "is", "are") +
               " pending, as a new device; sync is off " +
               "until you log in and say `sync enable`");
  }
  return {};
}

// What may go of the log goes first, so that the file gets its room back as well.
Result<LogCompaction> compact_log(const Context& context) {
  const auto store = open_checked(context, Access::kWrite);
  if (!store) return fail(store.error());
  const std::unique_ptr<WallClock> wall = system_wall_clock();
  const std::unique_ptr<Random> random = system_random();
  const auto replica = Replica::open(**store, *wall, *random);
  if (!replica) return fail(replica.error());
  ProgressBar bar("looking through the log");
  return (*replica)->history().compact(shown_on(bar));
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
