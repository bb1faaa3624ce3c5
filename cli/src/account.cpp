#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "command.hpp"
#include "connection.hpp"
#include "database.hpp"
#include "output.hpp"
#include "password.hpp"
#include "status_text.hpp"
#include "syncline/replication.hpp"

namespace syncline::cli {
namespace {

constexpr std::chrono::seconds kDeadline{60};

struct Arguments {
  std::string server;
  std::string email;
  std::string password_file;
  std::string ca_file;
};

// Throws UsageError where there is no file and no one to ask.
void check_password_source(const Arguments& arguments) {
  if (arguments.password_file.empty() && isatty(STDIN_FILENO) != 1)
    throw UsageError{"--password-file FILE is needed where no one can be asked"};
}

Result<Secret> read_password(const Arguments& arguments) {
  if (arguments.password_file.empty()) return ask_password();
  auto content = read_file(arguments.password_file);
  if (!content) return fail(content.error());
  Secret password(std::string_view(*content).substr(0, content->find_first_of("\r\n")));
  wipe_memory(content->data(), content->size());
  return password;
}

// Sends one request and waits for its answer.
Result<Reply> ask(Transport& transport, Request request) {
  const auto answer = std::make_shared<std::promise<TransportReply>>();
  auto future = answer->get_future();
  transport.send(std::move(request), kDeadline,
                 [answer](TransportReply reply) { answer->set_value(std::move(reply)); });
  auto reply = future.get();
  if (!reply) return fail(reply.error().error);
  return std::move(*reply);
}

// An account may have been made also where no answer said so.
Error unanswered(Error error) {
  constexpr std::array kUncertain{Code::kNetworkUnreachable,
                                  Code::kDeadlineExceeded,
                                  Code::kResponseMalformed,
                                  Code::kResponseTooLarge,
                                  Code::kUnexpectedStatus,
                                  Code::kUnexpectedContentType,
                                  Code::kInternal};
  if (std::find(kUncertain.begin(), kUncertain.end(), error.code) != kUncertain.end())
    error.message += "; if the account was made all the same, `account login` works";
  return error;
}

// What the server said of the login before is not true of this one.
Result<void> forget_login_error(Replication& replication) {
  auto memory = replication.recall();
  if (!memory) return fail(memory.error());
  if (!memory->last_error || !is_about_login(memory->last_error->code)) return {};
  memory->last_error.reset();
  memory->last_error_ms = 0;
  return replication.remember(*memory);
}

// A new account would be another than that of the database, and would stay behind on the server.
Result<void> check_unbound(const Replication& replication) {
  const auto bound = replication.bound_account();
  if (!bound) return fail(bound.error());
  if (!*bound) return {};
  return fail(Code::kInvalidArgument,
              "this database belongs to an account already (" + **bound + "); see `account login`");
}

Result<void> enter(const Context& context, const Arguments& arguments, bool registering) {
  check_password_source(arguments);
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  Replication& replication = database->replica->replication();
  if (registering) {
    if (auto ok = check_unbound(replication); !ok) return ok;
  }
  auto password = read_password(arguments);
  if (!password) return fail(password.error());
  Account account{arguments.server, {}, arguments.email, {}};
  if (!arguments.ca_file.empty())
    account.ca_file = std::filesystem::absolute(arguments.ca_file).string();
  const auto transport = connect(account);
  if (!transport) return fail(transport.error());
  // A path may be any bytes, and a token file that cannot be read again loses the login.
  if (!account_from_json(account_to_json(account))) {
    return fail(Code::kStringNotUtf8,
                "the email, or the path of the authorities to trust, is not UTF-8");
  }
  auto reply = registering ? ask(**transport, RegisterRequest{arguments.email, *password})
                           : ask(**transport, LoginRequest{arguments.email, *password});
  if (!reply) return fail(registering ? unanswered(reply.error()) : reply.error());
  const auto* tokens = std::get_if<TokensReply>(&*reply);
  if (tokens == nullptr) return fail(Code::kInternal, "the transport gave a reply of another kind");
  if (auto ok = replication.bind_account(tokens->account); !ok) {
    // Nobody holds the tokens of this login, so that it ends here; if the server cannot be told, it
    // expires.
    (void)ask(**transport, LogoutRequest{tokens->refresh_token});
    return ok;
  }
  account.tokens = {tokens->account, tokens->access_token, tokens->refresh_token};
  if (auto ok = TokenFile(context.data).save_account(account); !ok) return ok;
  if (auto ok = forget_login_error(replication); !ok) return ok;
  if (context.json) {
    print_line(value_to_json(Value(
        Value::Object{{"account", Value(tokens->account)}, {"email", Value(arguments.email)}})));
  } else {
    const auto memory = replication.recall();
    const bool on = memory && memory->enabled;
    print_line("logged in as " + arguments.email +
               (on ? "; sync is on" : "; sync is off until you say `sync enable`"));
  }
  return {};
}

Result<void> leave(const Context& context, const Arguments&) {
  const TokenFile file(context.data);
  const auto account = file.load_account();
  if (!account) return fail(account.error());
  if (!*account) return fail(Code::kNotLoggedIn, "there is no account on this device");
  // The device forgets the account even when the server cannot be told.
  const auto transport = connect(**account);
  auto told = transport ? ask(**transport, LogoutRequest{(*account)->tokens.refresh})
                        : fail(transport.error());
  if (auto ok = file.remove(); !ok) return ok;
  if (!told) {
    std::fprintf(stderr, "syncline: the server was not told: %s\n", told.error().message.c_str());
  }
  if (context.json) {
    print_line(value_to_json(Value(Value::Object{{"server_told", Value(told.has_value())}})));
  } else {
    print_line("logged out; the data on this device is kept");
  }
  return {};
}

}  // namespace

void add_account_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* account = app.add_subcommand("account", "Register, log in, log out");
  account->require_subcommand(1);
  for (const bool registering : {true, false}) {
    CLI::App* entering =
        account->add_subcommand(registering ? "register" : "login",
                                registering ? "Create an account and log in" : "Log in");
    entering->add_option("--server", arguments->server, "https://…")->required();
    entering->add_option("--email", arguments->email)->required();
    entering->add_option("--password-file", arguments->password_file,
                         "its first line; else it is asked for");
    entering->add_option("--ca", arguments->ca_file, "a PEM file of the authorities to trust");
    entering->callback([&context, &chosen, arguments, registering] {
      chosen = [&context, arguments, registering] {
        return enter(context, *arguments, registering);
      };
    });
  }
  account->add_subcommand("logout", "Forget the account on this device")
      ->callback([&context, &chosen, arguments] {
        chosen = [&context, arguments] { return leave(context, *arguments); };
      });
}

}  // namespace syncline::cli
