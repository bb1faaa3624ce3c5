#include <memory>
#include <utility>

#include "command.hpp"
#include "command_line.hpp"
#include "database.hpp"
#include "op_text.hpp"
#include "output.hpp"
#include "status_text.hpp"
#include "syncline/replication.hpp"
#include "syncline/synchronizer.hpp"

namespace syncline::cli {

std::string status_to_json(const Status& status) {
  const auto number = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  Value::Object shown{{"phase", Value(phase_name(status.phase))},
                      {"synced", Value(status.synced)},
                      {"synced_sequence", number(status.synced_sequence)},
                      {"pending_ops", number(status.pending_ops)},
                      {"oldest_pending_ms", Value(status.oldest_pending_ms)},
                      {"set_aside_ops", number(status.set_aside_ops)},
                      {"quarantined_ops", number(status.quarantined_ops)},
                      {"done_ops", number(status.done_ops)},
                      {"total_ops", number(status.total_ops)},
                      {"sent_bytes", number(status.sent_bytes)},
                      {"received_bytes", number(status.received_bytes)},
                      {"last_success_ms", Value(status.last_success_ms)},
                      {"next_retry_ms", Value(status.next_retry_ms)},
                      {"last_error", Value()}};
  if (status.last_error) {
    shown["last_error"] = Value(Value::Object{{"code", Value(code_name(status.last_error->code))},
                                              {"message", Value(status.last_error->message)},
                                              {"time_ms", Value(status.last_error_ms)}});
  }
  return value_to_json(Value(std::move(shown)));
}

std::string status_to_text(const Status& status) {
  std::string text = "phase         " + std::string(phase_name(status.phase)) + "\n";
  text += "synced        " + std::string(status.synced ? "yes" : "no");
  if (status.synced) text += ", up to change " + std::to_string(status.synced_sequence);
  text += "\npending       " + std::to_string(status.pending_ops) + " changes";
  if (status.pending_ops > 0) text += ", the oldest of " + time_text(status.oldest_pending_ms);
  text += "\nlast success  " + time_text(status.last_success_ms);
  if (status.last_error) {
    text += "\nlast error    " + status.last_error->message + " (" +
            std::string(code_name(status.last_error->code)) + "), " +
            time_text(status.last_error_ms);
  }
  if (status.set_aside_ops > 0) {
    text += "\nset aside     " + std::to_string(status.set_aside_ops) +
            " changes that the server refuses; syncline aside shows them";
  }
  if (status.quarantined_ops > 0) {
    text += "\nquarantined   " + std::to_string(status.quarantined_ops) +
            " changes that could not be merged; syncline aside shows them";
  }
  return text;
}

namespace {

struct Arguments {
  std::uint64_t from = 0;
  std::uint64_t limit = 0;
  std::string collection;
  std::string record;
};

Result<void> status(const Context& context, const Arguments&) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const auto now = resting_status(database->replica->replication());
  if (!now) return fail(now.error());
  print_line(context.json ? status_to_json(*now) : status_to_text(*now));
  return {};
}

std::string_view origin_name(std::uint8_t origin) {
  return origin == 1 ? "local" : origin == 2 ? "remote" : "restamped";
}

std::string log_line(const LogItem& item, bool json) {
  if (!json) {
    return std::to_string(item.sequence) + "  " + std::string(origin_name(item.origin)) + "  " +
           op_to_text(item.op);
  }
  Value::Object shown = op_members(item.op);
  shown["sequence"] = Value(static_cast<std::int64_t>(item.sequence));
  shown["origin"] = Value(origin_name(item.origin));
  return value_to_json(Value(std::move(shown)));
}

Result<void> log(const Context& context, const Arguments& arguments) {
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  std::uint64_t shown = 0;
  return database->replica->replication().read_log(arguments.from, [&](const LogItem& item) {
    if (!arguments.collection.empty() && item.op.key.collection() != arguments.collection)
      return true;
    if (!arguments.record.empty() && item.op.key.record() != arguments.record) return true;
    return print_line(log_line(item, context.json)) && ++shown != arguments.limit;
  });
}

}  // namespace

void add_inspect_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_subcommand("status", "Show where the sync stands")
      ->callback([&context, &chosen, arguments] {
        chosen = [&context, arguments] { return status(context, *arguments); };
      });
  CLI::App* logging = app.add_subcommand("log", "Show the changes in the order in which they came");
  logging->add_option("COLLECTION", arguments->collection, "only of this collection");
  logging->add_option("RECORD", arguments->record, "only of this record");
  add_number(*logging, "--from", arguments->from, "from this sequence on");
  add_number(*logging, "--limit", arguments->limit, "at most so many");
  logging->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return log(context, *arguments); };
  });
}

}  // namespace syncline::cli
