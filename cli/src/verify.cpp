#include "checkup.hpp"
#include "output.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

void print_summary(const Context& context, const Checkup& checkup) {
  const auto number = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  const Verification counts = checkup.verification.value_or(Verification{});
  if (context.json) {
    print_line(
        value_to_json(Value(Value::Object{{"faults", number(checkup.faults())},
                                          {"entries", number(counts.entries)},
                                          {"slots", number(counts.slots)},
                                          {"log_ops", number(counts.log_ops)},
                                          {"log_missing_ops", number(counts.log_missing_ops)},
                                          {"pending_ops", number(counts.pending_ops)},
                                          {"set_aside_ops", number(counts.set_aside_ops)},
                                          {"quarantined_ops", number(counts.quarantined_ops)},
                                          {"lost_entries", number(counts.lost_entries)},
                                          {"indexes_checked", Value(counts.indexes_checked)},
                                          {"unindexed_records", number(counts.unindexed_records)},
                                          {"complete", Value(checkup.verification.has_value())}})));
  } else if (checkup.verification) {
    print_line(counted(counts.entries, "entry", "entries") + ": " + counted(counts.slots, "slot") +
               ", " + counted(counts.log_ops, "change") + " in the log, " +
               std::to_string(counts.pending_ops) + " pending; " +
               counted(checkup.faults(), "fault"));
    if (const std::string unchecked = unchecked_text(counts); !unchecked.empty())
      print_line(unchecked);
  }
}

Result<void> verify(const Context& context) {
  const SteadyOutput output;
  const auto checkup = check_up(context);
  if (!checkup) return fail(checkup.error());
  print_faults(context, *checkup);
  print_summary(context, *checkup);
  if (checkup->is_stopped) return fail(Code::kCancelled, "the verification was stopped");
  if (checkup->faults() == 0) return {};
  return fail(
      Code::kStoreCorrupt,
      counted(checkup->faults(), "fault was found", "faults were found") + "; see `doctor`");
}

}  // namespace

void add_verify_command(CLI::App& app, const Context& context, Action& chosen) {
  app.add_subcommand("verify", "Look at every page and entry of the database; changes nothing")
      ->callback([&context, &chosen] { chosen = [&context] { return verify(context); }; });
}

}  // namespace syncline::cli
