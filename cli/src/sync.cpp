#include <algorithm>
#include <csignal>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "command.hpp"
#include "connection.hpp"
#include "database.hpp"
#include "output.hpp"
#include "status_text.hpp"
#include "syncline/replication.hpp"
#include "syncline/synchronizer.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  bool dry_run = false;
  double period_s = 60;
};

// Everything that a sync stands on, in the order in which it has to be built.
struct Session {
  Database database;
  std::unique_ptr<TokenFile> tokens;
  std::unique_ptr<Executor> executor;  // outlives the transport, whose handlers post to it
  std::unique_ptr<Transport> transport;
  std::unique_ptr<Synchronizer> synchronizer;
};

Result<Session> open_session(const Context& context, const SynchronizerOptions& options) {
  Session session;
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  session.database = std::move(*database);
  session.tokens = std::make_unique<TokenFile>(context.data);
  const auto account = session.tokens->load_account();
  if (!account) return fail(account.error());
  if (!*account)
    return fail(Code::kNotLoggedIn, "there is no account on this device; see `account login`");
  auto transport = connect(**account);
  if (!transport) return fail(transport.error());
  session.transport = std::move(*transport);
  session.executor = make_thread_executor();
  session.synchronizer = std::make_unique<Synchronizer>(
      Synchronizer::Parts{*session.database.replica, *session.transport, *session.executor,
                          *session.database.wall, *session.database.random, *session.tokens},
      options);
  return session;
}

// What turning sync on would send: pending slots and the records they belong to, a collection at a
// time.
Result<void> show_upload(const Context& context, Database& database) {
  struct Upload {
    std::int64_t changes = 0;
    std::set<std::string> records;
  };
  std::map<std::string, Upload> uploads;
  const auto push = database.replica->replication().next_push(
      {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max(), true});
  if (!push) return fail(push.error());
  if (*push) {
    for (const PushBatch::Item& item : (*push)->items) {
      Upload& upload = uploads[std::string(item.key.collection())];
      ++upload.changes;
      upload.records.emplace(item.key.record());
    }
  }
  for (const auto& [collection, upload] : uploads) {
    const auto records = static_cast<std::int64_t>(upload.records.size());
    if (context.json) {
      print_line(value_to_json(Value(Value::Object{{"collection", Value(collection)},
                                                   {"records", Value(records)},
                                                   {"changes", Value(upload.changes)}})));
    } else {
      print_line(collection + ": " + counted(upload.records.size(), "record") + " with " +
                 counted(static_cast<std::uint64_t>(upload.changes), "change") +
                 " would be uploaded");
    }
  }
  if (uploads.empty() && !context.json) print_line("nothing would be uploaded");
  return {};
}

Result<void> switch_sync(const Context& context, bool on) {
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  Replication& replication = database->replica->replication();
  auto memory = replication.recall();
  if (!memory) return fail(memory.error());
  memory->enabled = on;
  if (auto ok = replication.remember(*memory); !ok) return ok;
  if (context.json) {
    print_line(value_to_json(Value(Value::Object{{"enabled", Value(on)}})));
  } else {
    print_line(on ? "sync is on" : "sync is off; everything on this device stays as it is");
  }
  return {};
}

Result<void> enable(const Context& context, const Arguments& arguments) {
  if (!arguments.dry_run) return switch_sync(context, true);
  auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  return show_upload(context, *database);
}

void show_summary(const Context& context, const SyncSummary& summary) {
  if (!context.json) {
    if (summary.restamped_ops > 0) {
      print_line("this device's clock was ahead: " +
                 counted(summary.restamped_ops, "change was", "changes were") + " stamped anew");
    }
    print_line(
        "sent " + counted(summary.sent_ops, "change") + " (" + counted(summary.sent_bytes, "byte") +
        "), received " + std::to_string(summary.received_ops) + " (" +
        counted(summary.received_bytes, "byte") + "), " + std::to_string(summary.merged_ops) +
        " of them new, in " + counted(summary.rounds, "round"));
    return;
  }
  const auto number = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  print_line(
      value_to_json(Value(Value::Object{{"rounds", number(summary.rounds)},
                                        {"sent_ops", number(summary.sent_ops)},
                                        {"received_ops", number(summary.received_ops)},
                                        {"merged_ops", number(summary.merged_ops)},
                                        {"restamped_ops", number(summary.restamped_ops)},
                                        {"sent_bytes", number(summary.sent_bytes)},
                                        {"received_bytes", number(summary.received_bytes)}})));
}

Result<void> once(const Context& context, const Arguments&) {
  auto session = open_session(context, {});
  if (!session) return fail(session.error());
  std::promise<Result<SyncSummary>> answer;
  Result<SyncSummary> summary;
  {
    ProgressBar bar("syncing");
    const Subscription subscription = session->synchronizer->observe(
        [&bar](const Status& status) { bar.show(status.done_ops, status.total_ops); });
    session->synchronizer->sync_once(
        [&answer](Result<SyncSummary> result) { answer.set_value(std::move(result)); });
    summary = answer.get_future().get();
    session->synchronizer.reset();
  }
  if (!summary) return fail(summary.error());
  show_summary(context, *summary);
  return {};
}

Result<void> watch(const Context& context, const Arguments& arguments) {
  // Before any thread is made, so that all of them leave the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  SynchronizerOptions options;
  options.period = std::chrono::milliseconds(static_cast<std::int64_t>(arguments.period_s * 1000));
  auto session = open_session(context, options);
  if (!session) return fail(session.error());
  const auto enabled = session->synchronizer->is_enabled();
  if (!enabled) return fail(enabled.error());
  if (!*enabled)
    return fail(Code::kInvalidArgument, "sync is not enabled for this database; see `sync enable`");
  const Subscription subscription =
      session->synchronizer->observe([&context](const Status& status) {
        print_line(context.json ? status_to_json(status)
                                : std::string(phase_name(status.phase)) + ", " +
                                      std::to_string(status.pending_ops) + " pending");
        std::fflush(stdout);
      });
  session->synchronizer->watch();
  int received = 0;
  sigwait(&signals, &received);
  session->synchronizer.reset();
  return {};
}

}  // namespace

void add_sync_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* sync = app.add_subcommand("sync", "Turn sync on or off, or run it");
  sync->require_subcommand(1);
  CLI::App* enabling = sync->add_subcommand("enable", "Turn sync on for this device");
  enabling->add_flag("--dry-run", arguments->dry_run, "only show what would be uploaded");
  enabling->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return enable(context, *arguments); };
  });
  sync->add_subcommand("disable", "Turn sync off; the data on this device stays")
      ->callback(
          [&context, &chosen] { chosen = [&context] { return switch_sync(context, false); }; });
  sync->add_subcommand("once", "Exchange until both sides have everything")
      ->callback([&context, &chosen, arguments] {
        chosen = [&context, arguments] { return once(context, *arguments); };
      });
  CLI::App* watching = sync->add_subcommand("watch", "Stay in step until interrupted");
  watching->add_option("--period", arguments->period_s, "seconds between looks at the server")
      ->check(CLI::Range(0.1, 86400.0))
      // Which takes NaN for within the range.
      ->check([](const std::string& text) {
        return text.find_first_not_of("0123456789.") == std::string::npos
                   ? ""
                   : text + " is not a number of seconds";
      });
  watching->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return watch(context, *arguments); };
  });
}

}  // namespace syncline::cli
