#include "syncline/conflicts.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"
#include "database.hpp"
#include "output.hpp"
#include "times.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  ConflictFilter filter;
  std::vector<std::string> ids;
};

std::string_view state_name(ConflictState state) {
  switch (state) {
    case ConflictState::kRestored:
      return "restored";
    case ConflictState::kDismissed:
      return "dismissed";
    case ConflictState::kOpen:
      return "open";
  }
  return "open";
}

std::string conflict_to_json(const Conflict& conflict) {
  Value::Object shown{{"id", Value(conflict.id)},
                      {"collection", Value(conflict.collection)},
                      {"record", Value(conflict.record)},
                      {"field", Value(conflict.field)},
                      {"rule", Value(conflict.rule)},
                      {"lost", conflict.lost},
                      {"lost_ms", Value(conflict.lost_stamp.time.milliseconds())},
                      {"lost_by", Value(to_hex(conflict.lost_stamp.replica))},
                      {"kept_ms", Value(conflict.kept_stamp.time.milliseconds())},
                      {"kept_by", Value(to_hex(conflict.kept_stamp.replica))},
                      {"found_ms", Value(conflict.found_ms)},
                      {"found_by", Value(to_hex(conflict.found_by))},
                      {"state", Value(state_name(conflict.state))}};
  if (conflict.kept) shown.emplace("kept", *conflict.kept);
  return value_to_json(Value(std::move(shown)));
}

// Who wrote it, and when.
std::string writer_text(const Stamp& stamp, ReplicaId self) {
  return (stamp.replica == self ? "this device" : to_hex(stamp.replica)) + ", " +
         time_text(stamp.time.milliseconds());
}

std::string conflict_to_text(const Conflict& conflict, ReplicaId self) {
  std::string text =
      conflict.id + "  " + conflict.collection + " " + conflict.record + " " + conflict.field;
  if (conflict.state != ConflictState::kOpen)
    text += "  (" + std::string(state_name(conflict.state)) + ")";
  text += "\n    lost  " + value_to_json(conflict.lost) + "  " +
          writer_text(conflict.lost_stamp, self) + "\n    ";
  text += conflict.rule == "deletion" ? "to a deletion"
          : conflict.kept             ? "to    " + value_to_json(*conflict.kept)
                                      : "to    a removal";
  return text + "  " + writer_text(conflict.kept_stamp, self) + ", by " + conflict.rule;
}

Result<void> list(const Context& context, const Arguments& arguments) {
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const Replica& replica = *database->replica;
  bool is_empty = true;
  auto done = replica.conflicts().visit(arguments.filter, [&](const Conflict& conflict) {
    is_empty = false;
    return print_line(context.json ? conflict_to_json(conflict)
                                   : conflict_to_text(conflict, replica.id()));
  });
  if (done && is_empty) say_nothing_there(context, "no conflicts");
  return done;
}

using Settle = Result<void> (Conflicts::*)(std::string_view);

Result<void> settle(const Context& context, const Arguments& arguments, Settle act,
                    std::string_view state) {
  const auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  std::size_t settled = 0;
  for (const std::string& id : arguments.ids) {
    if (auto done = (database->replica->conflicts().*act)(id); !done) {
      if (settled == 0) return done;
      return fail(done.error().code, done.error().message + "; " + counted(settled, "conflict") +
                                         " before it " + (settled == 1 ? "is " : "are ") +
                                         std::string(state));
    }
    ++settled;
    if (context.json) {
      print_line(value_to_json(Value(Value::Object{{"id", Value(id)}, {"state", Value(state)}})));
    }
  }
  return {};
}

}  // namespace

void add_conflict_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* conflicts = app.add_subcommand(
      "conflicts", "Show the values that lost to another device's, and put them back");
  conflicts->require_subcommand(0, 1);
  conflicts->callback([&context, &chosen, conflicts, arguments] {
    if (conflicts->get_subcommands().empty())
      chosen = [&context, arguments] { return list(context, *arguments); };
  });
  CLI::App* listing = conflicts->add_subcommand("list", "Show them, the latest first");
  listing->add_option("COLLECTION", arguments->filter.collection, "only of this collection");
  listing->add_option("RECORD", arguments->filter.record, "only of this record");
  listing->add_flag("--all", arguments->filter.settled,
                    "also those that were restored or dismissed");
  add_time(*listing, "--from", arguments->filter.from_ms,
           "only where the later of the two was written then or after, in UTC");
  add_time(*listing, "--until", arguments->filter.until_ms, "only where it was written before");
  add_limit(*listing, arguments->filter.limit);
  listing->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return list(context, *arguments); };
  });
  const auto add_settling = [&](const char* name, const char* does, Settle act,
                                std::string_view state) {
    CLI::App* settling = conflicts->add_subcommand(name, does);
    settling->add_option("ID", arguments->ids, "as `syncline conflicts` shows them")->required();
    settling->callback([&context, &chosen, arguments, act, state] {
      chosen = [&context, arguments, act, state] {
        return settle(context, *arguments, act, state);
      };
    });
  };
  add_settling("restore", "Write again what lost, as a change of this device", &Conflicts::restore,
               "restored");
  add_settling("dismiss", "Take them off the list", &Conflicts::dismiss, "dismissed");
}

}  // namespace syncline::cli
