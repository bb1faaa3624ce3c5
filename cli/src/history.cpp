#include "syncline/history.hpp"

#include <memory>
#include <utility>

#include "command.hpp"
#include "command_line.hpp"
#include "database.hpp"
#include "op_text.hpp"
#include "output.hpp"
#include "times.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  HistoryRange range;
  std::uint64_t limit = 0;  // 0 for none
};

std::string_view origin_name(std::uint8_t origin) {
  return origin == 1 ? "local" : origin == 2 ? "remote" : "restamped";
}

// What people read of a state; nothing of what is simply there.
std::string state_text(const HistoryItem& item) {
  std::string text;
  if (item.state == OpState::kSetAside) text = "set aside";
  if (item.state == OpState::kPending || item.state == OpState::kOverwritten ||
      item.state == OpState::kWithdrawn)
    text = op_state_name(item.state);
  if (origin_name(item.logged.origin) == "restamped")
    text += (text.empty() ? "" : ", ") + std::string("stamped anew");
  return text.empty() ? text : "  [" + text + "]";
}

std::string log_text(const HistoryItem& item, const Replica& replica) {
  const Op& op = item.logged.op;
  const auto value = decode_value(op.value);
  const bool is_of_record = op.key.field().empty();
  return std::to_string(item.logged.sequence) + "  " + time_text(op.stamp.time.milliseconds()) +
         "  " + device_text(op.stamp.replica, replica.id()) + "  " +
         std::string(op.key.collection()) + " " + std::string(op.key.record()) + "  " +
         place_text(op.key, replica.schema(), replica.id()) +
         (is_of_record             ? std::string()
          : is_tombstone(op.value) ? " removed"
                                   : " = " + (value ? value_to_json(*value) : "?")) +
         state_text(item);
}

std::string log_json(const HistoryItem& item, const Replica& replica) {
  const Op& op = item.logged.op;
  Value::Object shown = op_members(op);
  shown["sequence"] = Value(static_cast<std::int64_t>(item.logged.sequence));
  shown["origin"] = Value(origin_name(item.logged.origin));
  shown["time_ms"] = Value(op.stamp.time.milliseconds());
  shown["device"] = Value(to_hex(op.stamp.replica));
  shown["this_device"] = Value(op.stamp.replica == replica.id());
  shown["place"] = Value(place_text(op.key, replica.schema(), replica.id()));
  shown["state"] = Value(op_state_name(item.state));
  return value_to_json(Value(std::move(shown)));
}

Result<void> log(const Context& context, const Arguments& arguments) {
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const Replica& replica = *database->replica;
  std::uint64_t shown = 0;
  return replica.history().visit(arguments.range, [&](const HistoryItem& item) {
    return print_line(context.json ? log_json(item, replica) : log_text(item, replica)) &&
           ++shown != arguments.limit;
  });
}

}  // namespace

void add_history_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* logging = app.add_subcommand(
      "log", "Show the changes that the log keeps, in the order in which they came");
  logging->add_option("COLLECTION", arguments->range.collection, "only of this collection");
  logging->add_option("RECORD", arguments->range.record, "only of this record");
  add_number(*logging, "--from", arguments->range.from, "from this sequence on");
  add_limit(*logging, arguments->limit);
  logging->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return log(context, *arguments); };
  });
}

}  // namespace syncline::cli
