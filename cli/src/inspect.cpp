#include <utility>

#include "command.hpp"
#include "database.hpp"
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

Result<void> status(const Context& context) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const auto now = resting_status(database->replica->replication());
  if (!now) return fail(now.error());
  print_line(context.json ? status_to_json(*now) : status_to_text(*now));
  return {};
}

}  // namespace

void add_inspect_commands(CLI::App& app, const Context& context, Action& chosen) {
  app.add_subcommand("status", "Show where the sync stands")->callback([&context, &chosen] {
    chosen = [&context] { return status(context); };
  });
}

}  // namespace syncline::cli
