#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "database.hpp"
#include "op_text.hpp"
#include "output.hpp"
#include "syncline/kept_aside.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  std::vector<std::string> ids;
};

// "s12" is what is set aside as number 12, "q3" what is quarantined as number 3.
std::string id_text(const AsideId& id) {
  return (id.kind == AsideKind::kSetAside ? "s" : "q") + std::to_string(id.number);
}

std::optional<AsideId> parse_id(const std::string& text) {
  if (text.size() < 2 || (text.front() != 's' && text.front() != 'q')) return std::nullopt;
  AsideId id{text.front() == 's' ? AsideKind::kSetAside : AsideKind::kQuarantined, 0};
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data() + 1, end, id.number);
  if (error != std::errc() || parsed != end) return std::nullopt;
  return id;
}

std::string aside_line(const AsideOp& aside, bool json) {
  const bool set_aside = aside.id.kind == AsideKind::kSetAside;
  const std::string kind = set_aside ? "set_aside" : "quarantined";
  if (!json) {
    std::string text = id_text(aside.id) + "  " + kind + "  " + std::string(code_name(aside.code)) +
                       "  " + (aside.op ? op_to_text(*aside.op) : "(not to be read here)");
    if (set_aside && !aside.current) text += ", replaced by another device";
    return text;
  }
  Value::Object shown = aside.op ? op_members(*aside.op) : Value::Object{};
  if (!aside.op) shown["batch"] = Value(Bytes{aside.batch});
  if (set_aside) shown["current"] = Value(aside.current);
  shown["id"] = Value(id_text(aside.id));
  shown["kind"] = Value(kind);
  shown["code"] = Value(code_name(aside.code));
  return value_to_json(Value(std::move(shown)));
}

Result<void> list(const Context& context) {
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  bool is_empty = true;
  auto visited = database->replica->kept_aside().visit([&](const AsideOp& aside) {
    is_empty = false;
    return print_line(aside_line(aside, context.json));
  });
  if (visited && is_empty) say_nothing_there(context, "nothing is kept aside");
  return visited;
}

Result<void> retry(const Context& context) {
  const auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  const auto retried = database->replica->kept_aside().retry();
  if (!retried) return fail(retried.error());
  const auto number = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  print_line(context.json ? value_to_json(Value(Value::Object{{"merged", number(retried->merged)},
                                                              {"offered", number(retried->offered)},
                                                              {"left", number(retried->left)}}))
                          : std::to_string(retried->merged) + " merged, " +
                                std::to_string(retried->offered) + " to be sent again, " +
                                std::to_string(retried->left) + " left");
  return {};
}

Result<void> discard(const Context& context, const Arguments& arguments) {
  std::vector<AsideId> ids;
  for (const std::string& text : arguments.ids) {
    const auto id = parse_id(text);
    if (!id) throw UsageError{"\"" + text + "\" is no id as `syncline aside` shows them"};
    ids.push_back(*id);
  }
  const auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  for (const AsideId& id : ids) {
    const auto done = database->replica->kept_aside().discard(id);
    if (!done) return fail(done.error());
    if (!*done) return fail(Code::kNotFound, "nothing is kept aside as " + id_text(id));
  }
  print_line(context.json ? value_to_json(Value(Value::Object{
                                {"discarded", Value(static_cast<std::int64_t>(ids.size()))}}))
                          : "discarded " + counted(ids.size(), "change"));
  return {};
}

}  // namespace

void add_aside_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* aside = app.add_subcommand(
      "aside", "Show the changes that one side could not take, and try them again");
  aside->require_subcommand(0, 1);
  aside->callback([&context, &chosen, aside] {
    if (aside->get_subcommands().empty()) chosen = [&context] { return list(context); };
  });
  aside->add_subcommand("list", "Show them, one a line")->callback([&context, &chosen] {
    chosen = [&context] { return list(context); };
  });
  aside
      ->add_subcommand(
          "retry", "Merge what can be merged by now, and offer the server again what it refused")
      ->callback([&context, &chosen] { chosen = [&context] { return retry(context); }; });
  CLI::App* discarding = aside->add_subcommand("discard", "Forget some for good");
  discarding->add_option("ID", arguments->ids, "as `syncline aside` shows them")->required();
  discarding->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return discard(context, *arguments); };
  });
}

}  // namespace syncline::cli
