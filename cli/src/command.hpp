#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "syncline/error.hpp"

namespace syncline::cli {

// The exit codes that scripts rely on.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

// What every command is given.
struct Context {
  std::filesystem::path data;
  bool json = false;
};

// An argument that is no argument of the command: exits with kWrongUsage.
struct UsageError {
  std::string message;
};

// What a command does once the line is parsed: done, or an operating error.
using Action = std::function<Result<void>()>;

// Each adds its commands to the parser. `chosen` becomes the action of the one that the line names.
// The context is filled by the time an action runs.
void add_record_commands(CLI::App& app, const Context& context, Action& chosen);
void add_list_commands(CLI::App& app, const Context& context, Action& chosen);
void add_query_commands(CLI::App& app, const Context& context, Action& chosen);
void add_schema_commands(CLI::App& app, const Context& context, Action& chosen);
void add_transfer_commands(CLI::App& app, const Context& context, Action& chosen);
void add_account_commands(CLI::App& app, const Context& context, Action& chosen);
void add_sync_commands(CLI::App& app, const Context& context, Action& chosen);
void add_aside_commands(CLI::App& app, const Context& context, Action& chosen);
void add_conflict_commands(CLI::App& app, const Context& context, Action& chosen);
void add_history_commands(CLI::App& app, const Context& context, Action& chosen);
void add_inspect_commands(CLI::App& app, const Context& context, Action& chosen);
void add_maintenance_commands(CLI::App& app, const Context& context, Action& chosen);
void add_verify_command(CLI::App& app, const Context& context, Action& chosen);
void add_doctor_command(CLI::App& app, const Context& context, Action& chosen);
void add_simulate_command(CLI::App& app, const Context& context, Action& chosen);

}  // namespace syncline::cli
