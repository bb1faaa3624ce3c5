#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"
#include "database.hpp"
#include "output.hpp"
#include "query_list.hpp"
#include "rows/rows.hpp"
#include "schema_file.hpp"
#include "syncline/schema.hpp"
#include "writing.hpp"

namespace syncline::cli {
namespace {

// The arguments of the commands here; each command uses some.
struct Arguments {
  std::string schema_file;
  std::string collection;
  std::string record;
  std::string field;
  std::int64_t amount = 0;
  std::vector<std::string> items;
  // Of a listing: bounds of the records' names, or with an index of what a field holds.
  ScanRange range;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::string index;
  std::vector<std::string> equal;
  std::string cursor;
};

// FIELD=JSON, taken apart.
using Assignment = std::pair<std::string, Value>;

Result<std::vector<Assignment>> parse_assignments(const std::vector<std::string>& texts) {
  std::vector<Assignment> assignments;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError{"\"" + text + "\" is not FIELD=JSON"};
    std::string name = text.substr(0, equals);
    auto value = parse_value(text.substr(equals + 1));
    if (!value) return fail(value.error().code, "field " + name + ": " + value.error().message);
    assignments.emplace_back(std::move(name), std::move(*value));
  }
  return assignments;
}

// What `put` is told to write.
struct Patch {
  Value::Object fields;
  std::map<std::pair<std::string, std::string>, Value> keys;  // (field, key of the map)
};

Result<Patch> make_patch(const std::vector<Assignment>& assignments, const CollectionRules& rules) {
  Patch patch;
  for (const auto& [name, value] : assignments) {
    auto place = parse_place(name, rules);
    if (!place) return fail(place.error());
    if (place->key) {
      patch.keys.insert_or_assign({std::move(place->field), std::move(*place->key)}, value);
    } else {
      patch.fields.insert_or_assign(std::move(place->field), value);
    }
  }
  return patch;
}

Result<void> init(const Context& context, const Arguments& arguments) {
  std::optional<std::string> schema;
  if (!arguments.schema_file.empty()) {
    // Before anything is created, so that a schema with an error leaves nothing behind.
    auto text = read_schema_file(arguments.schema_file);
    if (!text) return fail(text.error());
    schema = std::move(*text);
  }
  const bool has_schema = schema.has_value();
  auto database = open_database(context, Access::kCreate, std::move(schema));
  if (!database) {
    Error error = database.error();
    if (has_schema && error.code == Code::kStoreExists) {
      error.message += "; `syncline schema set " + arguments.schema_file +
                       "` gives it another schema, and `schema check` says what that changes";
    }
    return fail(std::move(error));
  }
  const std::string id = to_hex(database->replica->id());
  if (context.json) {
    print_line(value_to_json(
        Value(Value::Object{{"data", Value(context.data.string())}, {"replica", Value(id)}})));
  } else {
    print_line("created " + context.data.string() + ", replica " + id);
  }
  return {};
}

Result<void> put(const Context& context, const Arguments& arguments) {
  const auto assignments = parse_assignments(arguments.items);
  if (!assignments) return fail(assignments.error());
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  const auto patch =
      make_patch(*assignments, database->replica->schema().collection(arguments.collection));
  if (!patch) return fail(patch.error());
  auto done = database->replica->write([&](Transaction& transaction) -> Result<void> {
    if (!patch->fields.empty() || patch->keys.empty()) {
      if (auto ok = transaction.patch(arguments.collection, arguments.record, patch->fields); !ok)
        return ok;
    }
    for (const auto& [name, value] : patch->keys) {
      auto ok = transaction.put_key(arguments.collection, arguments.record, name.first, name.second,
                                    value);
      if (!ok) return ok;
    }
    return {};
  });
  if (!done) return done;
  confirm(context, arguments.collection, arguments.record);
  return {};
}

Result<void> increment(const Context& context, const Arguments& arguments) {
  return write_record(context, arguments.collection, arguments.record,
                      [&](Transaction& transaction) {
                        return transaction.increment(arguments.collection, arguments.record,
                                                     arguments.field, arguments.amount);
                      });
}

Result<void> add_or_remove(const Context& context, const Arguments& arguments, bool adding) {
  const auto items = parse_items(arguments.items);
  if (!items) return fail(items.error());
  return write_record(context, arguments.collection, arguments.record,
                      [&](Transaction& transaction) {
                        return adding ? transaction.add(arguments.collection, arguments.record,
                                                        arguments.field, *items)
                                      : transaction.remove(arguments.collection, arguments.record,
                                                           arguments.field, *items);
                      });
}

tl::unexpected<Error> no_record(const Arguments& arguments) {
  return fail(Code::kNotFound,
              "there is no record " + arguments.record + " in " + arguments.collection);
}

Result<void> clear(const Context& context, const Arguments& arguments) {
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  const CollectionRules& rules = database->replica->schema().collection(arguments.collection);
  bool is_there = false;
  auto done = database->replica->write([&](Transaction& transaction) -> Result<void> {
    const auto record = transaction.get(arguments.collection, arguments.record);
    if (!record) return fail(record.error());
    is_there = record->has_value();
    if (!is_there) return {};
    for (const std::string& name : arguments.items) {
      const auto place = parse_place(name, rules);
      if (!place) return fail(place.error());
      auto ok = place->key
                    ? transaction.clear_key(arguments.collection, arguments.record, place->field,
                                            *place->key)
                    : transaction.clear(arguments.collection, arguments.record, place->field);
      if (!ok) return ok;
    }
    return {};
  });
  if (!done) return done;
  if (!is_there) return no_record(arguments);
  confirm(context, arguments.collection, arguments.record);
  return {};
}

Result<void> get(const Context& context, const Arguments& arguments) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const auto record = database->replica->get(arguments.collection, arguments.record);
  if (!record) return fail(record.error());
  if (!*record) return no_record(arguments);
  if (context.json) {
    print_line(record_to_json(**record));
    return {};
  }
  for (const auto& [name, value] : (*record)->fields)
    print_line(name + " = " + value_to_json(value));
  return {};
}

Result<std::optional<Value>> parse_bound(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  auto value = parse_value(*text);
  if (!value) return fail(value.error());
  return std::move(*value);
}

Result<Query> make_query(const Arguments& arguments) {
  if (!arguments.range.prefix.empty()) throw UsageError{"--prefix is of no use with --by"};
  auto equal = parse_items(arguments.equal);
  if (!equal) return fail(equal.error());
  auto from = parse_bound(arguments.from);
  if (!from) return fail(from.error());
  auto to = parse_bound(arguments.to);
  if (!to) return fail(to.error());
  return Query{arguments.collection,    arguments.index, std::move(*equal),
               std::move(*from),        std::move(*to),  arguments.range.limit,
               arguments.range.reverse, arguments.cursor};
}

Result<void> list(const Context& context, const Arguments& arguments) {
  if (!arguments.index.empty()) {
    const auto query = make_query(arguments);
    return query ? list_by_index(context, *query) : fail(query.error());
  }
  if (!arguments.equal.empty() || !arguments.cursor.empty())
    throw UsageError{"--equal and --cursor belong with --by"};
  ScanRange range = arguments.range;
  range.from = arguments.from.value_or("");
  range.to = arguments.to.value_or("");
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  bool is_empty = true;
  auto scanned = database->replica->scan(arguments.collection, range, [&](const Record& record) {
    is_empty = false;
    return print_line(context.json ? record_to_json(record)
                                   : record.id + "  " + value_to_json(Value(record.fields)));
  });
  if (scanned && is_empty) say_nothing_there(context, kNoRecords);
  return scanned;
}

Result<void> erase(const Context& context, const Arguments& arguments) {
  bool erased = false;
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  auto done = database->replica->write([&](Transaction& transaction) -> Result<void> {
    const auto found = transaction.erase(arguments.collection, arguments.record);
    if (!found) return fail(found.error());
    erased = *found;
    return {};
  });
  if (!done) return done;
  if (!erased) return no_record(arguments);
  confirm(context, arguments.collection, arguments.record);
  return {};
}

}  // namespace

void add_record_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  const auto command = [&](const std::string& name, const std::string& about, auto action) {
    CLI::App* added = app.add_subcommand(name, about);
    added->callback([&context, &chosen, arguments, action] {
      chosen = [&context, arguments, action] { return action(context, *arguments); };
    });
    return added;
  };
  const auto named = [&](CLI::App* added) {
    added->add_option("COLLECTION", arguments->collection)->required();
    added->add_option("RECORD", arguments->record)->required();
    return added;
  };
  command("init", "Create the database", init)
      ->add_option("--schema", arguments->schema_file, "a JSON file that says how fields merge");
  named(command("put", "Write fields of a record in one transaction", put))
      ->add_option("FIELD=JSON", arguments->items,
                   "a value, or FIELD.KEY=JSON for one key of a map; a bare word is a string");
  named(command("clear", "Remove values of a record, which stays", clear))
      ->add_option("FIELD", arguments->items, "a field, or FIELD.KEY for one key of a map")
      ->required();
  CLI::App* inc = named(command("inc", "Add to a counter", increment));
  inc->add_option("FIELD", arguments->field)->required();
  add_number(*inc, "N", arguments->amount, "an integer, may be negative")->required();
  for (const bool adding : {true, false}) {
    CLI::App* change = named(command(
        adding ? "add" : "remove", adding ? "Add items to a set" : "Remove items from a set",
        [adding](const Context& c, const Arguments& a) { return add_or_remove(c, a, adding); }));
    change->add_option("FIELD", arguments->field)->required();
    change->add_option("ITEM", arguments->items)->required();
  }
  named(command("get", "Show a record", get));
  CLI::App* listing = command("list", "Show the records of a collection, one a line", list);
  listing->add_option("COLLECTION", arguments->collection)->required();
  listing->add_option("--prefix", arguments->range.prefix, "only ids that begin so");
  listing->add_option("--by", arguments->index, "in the order of this index");
  listing
      ->add_option("--equal", arguments->equal, "with --by: what its first fields hold, in order")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  listing->add_option("--from", arguments->from,
                      "only ids at or after this; with --by, what the next field holds");
  listing->add_option("--to", arguments->to, "only ids before this; the same with --by");
  listing->add_option("--cursor", arguments->cursor, "with --by: where an earlier list ended");
  add_limit(*listing, arguments->range.limit);
  listing->add_flag("--reverse", arguments->range.reverse, "descending");
  named(command("delete", "Delete a record", erase));
}

}  // namespace syncline::cli
