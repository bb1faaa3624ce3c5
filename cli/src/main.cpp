#include <cstdio>
#include <exception>

#include "command.hpp"
#include "command_line.hpp"

namespace {

using namespace syncline::cli;  // NOLINT(google-build-using-namespace): this file is the program

int run(const Action& action) {
  try {
    if (const auto done = action(); !done) {
      std::fprintf(stderr, "syncline: %s (%s)\n", done.error().message.c_str(),
                   std::string(syncline::code_name(done.error().code)).c_str());
      return kFailed;
    }
    // A full disk under a redirected stdout is no success.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      std::fprintf(stderr, "syncline: the output could not be written (store_io)\n");
      return kFailed;
    }
    return kDone;
  } catch (const UsageError& error) {
    std::fputs(wrong_usage_line(error.message).c_str(), stderr);
    return kWrongUsage;
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Records that merge: kept on this device, synced when you say so.", "syncline");
  app.require_subcommand(1);
  app.set_version_flag("--version", "syncline 0.1.0");
  Context context;
  app.add_option("--data", context.data, "the directory of the database (not for simulate)")
      ->envname("SYNCLINE_DATA");
  app.add_flag("--json", context.json, "print JSON on stdout");
  app.fallthrough();
  Action chosen;
  add_record_commands(app, context, chosen);
  add_list_commands(app, context, chosen);
  add_query_commands(app, context, chosen);
  add_schema_commands(app, context, chosen);
  add_aside_commands(app, context, chosen);
  add_conflict_commands(app, context, chosen);
  add_transfer_commands(app, context, chosen);
  add_account_commands(app, context, chosen);
  add_sync_commands(app, context, chosen);
  add_history_commands(app, context, chosen);
  add_inspect_commands(app, context, chosen);
  add_maintenance_commands(app, context, chosen);
  add_verify_command(app, context, chosen);
  add_doctor_command(app, context, chosen);
  add_simulate_command(app, context, chosen);
  try {
    parse_words(app, argc, argv);
    // Worlds are simulated without a database.
    if (context.data.empty() && !app.got_subcommand("simulate")) throw CLI::RequiredError("--data");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongUsage;
  }
  return run(chosen);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "syncline: %s (internal)\n", error.what());
    return kFailed;
  }
}
