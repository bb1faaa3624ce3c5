#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"
#include "writing.hpp"

namespace syncline::cli {
namespace {

// The arguments of the commands here; each command uses some.
struct Arguments {
  std::string collection;
  std::string record;
  std::string field;
  std::size_t index = 0;
  std::size_t other = 0;  // a second index, or how many items
  std::vector<std::string> items;
};

Result<void> write(const Context& context, const Arguments& arguments, const Replica::Body& body) {
  return write_record(context, arguments.collection, arguments.record, body);
}

Result<void> insert(const Context& context, const Arguments& arguments) {
  const auto items = parse_items(arguments.items);
  if (!items) return fail(items.error());
  return write(context, arguments, [&](Transaction& transaction) {
    return transaction.insert(arguments.collection, arguments.record, arguments.field,
                              arguments.index, *items);
  });
}

Result<void> move(const Context& context, const Arguments& arguments) {
  return write(context, arguments, [&](Transaction& transaction) {
    return transaction.move(arguments.collection, arguments.record, arguments.field,
                            arguments.index, arguments.other);
  });
}

Result<void> put_at(const Context& context, const Arguments& arguments) {
  const auto value = parse_value(arguments.items.front());
  if (!value) return fail(value.error());
  return write(context, arguments, [&](Transaction& transaction) {
    return transaction.put_at(arguments.collection, arguments.record, arguments.field,
                              arguments.index, *value);
  });
}

Result<void> remove_at(const Context& context, const Arguments& arguments) {
  return write(context, arguments, [&](Transaction& transaction) {
    return transaction.remove_at(arguments.collection, arguments.record, arguments.field,
                                 arguments.index, arguments.other);
  });
}

}  // namespace

void add_list_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto command = [&](const std::string& name, const std::string& about, auto action) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* added = app.add_subcommand(name, about);
    added->callback([&context, &chosen, arguments, action] {
      chosen = [&context, arguments, action] { return action(context, *arguments); };
    });
    added->add_option("COLLECTION", arguments->collection)->required();
    added->add_option("RECORD", arguments->record)->required();
    added->add_option("FIELD", arguments->field)->required();
    return std::pair(added, arguments);
  };
  const std::string about_index = "an index, from 0";
  const auto [inserting, inserted] = command("insert", "Insert items into a list", insert);
  add_number(*inserting, "INDEX", inserted->index, about_index)->required();
  inserting->add_option("ITEM", inserted->items)->required();
  const auto [moving, moved] = command("move", "Move an item of a list", move);
  add_number(*moving, "FROM", moved->index, about_index)->required();
  add_number(*moving, "TO", moved->other, "the index that it has afterwards")->required();
  const auto [putting, put] = command("put_at", "Replace an item of a list", put_at);
  add_number(*putting, "INDEX", put->index, about_index)->required();
  putting->add_option("ITEM", put->items)->required()->expected(1);
  const auto [removing, removed] = command("remove_at", "Remove items from a list", remove_at);
  removed->other = 1;
  add_number(*removing, "INDEX", removed->index, about_index)->required();
  add_number(*removing, "COUNT", removed->other, "how many; one unless given");
}

}  // namespace syncline::cli
