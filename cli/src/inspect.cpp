#include <optional>
#include <string>
#include <utility>

#include "command.hpp"
#include "database.hpp"
#include "output.hpp"
#include "status_text.hpp"
#include "syncline/replication.hpp"
#include "syncline/synchronizer.hpp"
#include "times.hpp"
#include "token_file.hpp"

namespace syncline::cli {

namespace {

Value::Object members_of(const Status& status) {
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
  return shown;
}

}  // namespace

std::string status_to_json(const Status& status) {
  return value_to_json(Value(members_of(status)));
}

std::string status_to_text(const Status& status) {
  std::string text = "phase         " + std::string(phase_name(status.phase)) + "\n";
  text += "synced        " + std::string(status.synced ? "yes" : "no");
  if (status.synced) text += ", up to change " + std::to_string(status.synced_sequence);
  text += "\npending       " + counted(status.pending_ops, "change");
  if (status.pending_ops > 0) text += ", the oldest of " + time_text(status.oldest_pending_ms);
  text += "\nlast success  " + time_text(status.last_success_ms);
  if (status.last_error) {
    text += "\nlast error    " + status.last_error->message + " (" +
            std::string(code_name(status.last_error->code)) + "), " +
            time_text(status.last_error_ms);
  }
  if (status.set_aside_ops > 0) {
    text += "\nset aside     " + counted(status.set_aside_ops, "change") +
            " that the server refuses; syncline aside shows them";
  }
  if (status.quarantined_ops > 0) {
    text += "\nquarantined   " + counted(status.quarantined_ops, "change") +
            " that could not be merged; syncline aside shows them";
  }
  return text;
}

bool is_about_login(Code code) {
  return code == Code::kRefreshInvalid || code == Code::kTokenInvalid ||
         code == Code::kTokenExpired || code == Code::kTokenMissing;
}

namespace {

// Whose data this is, and whether it is to be synced.
struct Standing {
  bool is_enabled = false;
  std::string bound;             // the account that the data belongs to; empty for none yet
  std::optional<Account> login;  // nothing where no one is logged in
  bool is_expired = false;       // the server takes the login no more
};

Result<Standing> standing_of(const Context& context, const Replication& replication,
                             const Status& status) {
  Standing standing;
  const auto memory = replication.recall();
  if (!memory) return fail(memory.error());
  standing.is_enabled = memory->enabled;
  const auto bound = replication.bound_account();
  if (!bound) return fail(bound.error());
  standing.bound = bound->value_or("");
  auto login = TokenFile(context.data).load_account();
  if (!login) return fail(login.error());
  standing.login = std::move(*login);
  standing.is_expired =
      standing.login && status.last_error && is_about_login(status.last_error->code);
  return standing;
}

void add_standing(const Standing& standing, Value::Object& shown) {
  const auto text = [](const std::string& known) { return known.empty() ? Value() : Value(known); };
  shown["enabled"] = Value(standing.is_enabled);
  shown["account"] = text(standing.bound);
  shown["logged_in"] = Value(standing.login.has_value());
  shown["login_expired"] = Value(standing.is_expired);
  shown["server"] = standing.login ? Value(standing.login->server) : Value();
  shown["email"] = standing.login ? text(standing.login->email) : Value();
}

std::string standing_text(const Standing& standing) {
  std::string text = "sync          " + std::string(standing.is_enabled ? "on" : "off") + "\n";
  text += "account       " + (standing.bound.empty() ? "none yet" : standing.bound) + "\n";
  text += "login         ";
  if (!standing.login) return text + "none; see syncline account login\n";
  const std::string& email = standing.login->email;
  text += (email.empty() ? "" : email + " ") + "at " + standing.login->server;
  if (standing.is_expired) text += ", which has expired; see syncline account login";
  return text + "\n";
}

Result<void> status(const Context& context) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const Replication& replication = database->replica->replication();
  const auto now = resting_status(replication);
  if (!now) return fail(now.error());
  const auto standing = standing_of(context, replication, *now);
  if (!standing) return fail(standing.error());
  if (context.json) {
    Value::Object shown = members_of(*now);
    add_standing(*standing, shown);
    print_line(value_to_json(Value(std::move(shown))));
  } else {
    print_line(standing_text(*standing) + status_to_text(*now));
  }
  return {};
}

}  // namespace

void add_inspect_commands(CLI::App& app, const Context& context, Action& chosen) {
  app.add_subcommand("status", "Show where the sync stands")->callback([&context, &chosen] {
    chosen = [&context] { return status(context); };
  });
}

}  // namespace syncline::cli
