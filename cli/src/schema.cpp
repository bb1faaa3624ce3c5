#include "syncline/schema.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "database.hpp"
#include "output.hpp"
#include "schema_file.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  std::string file;
  bool migrate = false;
};

Value::Object id_members(const SchemaId& id) {
  return {{"name", Value(id.name)},
          {"version", Value(std::int64_t{id.version})},
          {"digest", Value(id.digest)}};
}

std::string id_line(const SchemaId& id) {
  return id.name + ", version " + std::to_string(id.version) + ", digest " + id.digest;
}

Value names(const std::vector<std::string>& texts) {
  Value::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Value(std::move(array));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) line += (line.empty() ? "" : ", ") + text;
  return line;
}

std::string delete_name(const CollectionRules& rules) {
  return rules.delete_rule == DeleteRule::kEditRevives ? "edit_revives" : "edit_loses";
}

Value rules_object(const CollectionRules& rules) {
  Value::Object fields;
  for (const auto& [name, rule] : rules.fields) {
    Value::Object members{{"merge", Value(strategy_name(rule))}};
    if (rule.type != FieldType::kAny) members.emplace("type", Value(type_name(rule.type)));
    if (!rule.is_known) members.emplace("known", Value(false));
    fields.emplace(name, Value(std::move(members)));
  }
  Value::Object groups;
  for (const auto& [name, parts] : rules.groups)
    groups.emplace(name, Value(Value::Object{{"fields", names(parts)}}));
  Value::Object indexes;
  for (const auto& [name, rule] : rules.indexes)
    indexes.emplace(name, Value(Value::Object{{"fields", names(rule.fields)}}));
  return Value(Value::Object{{"fields", Value(std::move(fields))},
                             {"groups", Value(std::move(groups))},
                             {"indexes", Value(std::move(indexes))},
                             {"delete", Value(delete_name(rules))}});
}

void print_rules(const std::string& collection, const CollectionRules& rules) {
  print_line(collection + "  " + delete_name(rules));
  for (const auto& [name, rule] : rules.fields) {
    if (rules.group(name) != nullptr) continue;
    print_line("  " + name + "  " + strategy_name(rule) +
               (rule.type == FieldType::kAny ? "" : ", " + std::string(type_name(rule.type))) +
               (rule.is_known ? "" : ", which this version does not know"));
  }
  for (const auto& [name, parts] : rules.groups)
    print_line("  " + name + "  group of " + joined(parts));
  for (const auto& [name, rule] : rules.indexes)
    print_line("  " + name + "  index by " + joined(rule.fields));
}

Result<void> show(const Context& context) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const Schema& schema = database->replica->schema();
  if (context.json) {
    Value::Object shown = schema.id() ? id_members(*schema.id()) : Value::Object();
    Value::Object collections;
    for (const std::string& name : schema.collection_names())
      collections.emplace(name, rules_object(schema.collection(name)));
    shown.emplace("collections", Value(std::move(collections)));
    print_line(value_to_json(Value(std::move(shown))));
    return {};
  }
  print_line(schema.id() ? id_line(*schema.id()) : "there is none: every field is lww");
  for (const std::string& name : schema.collection_names())
    print_rules(name, schema.collection(name));
  return {};
}

std::string_view part_name(SchemaPart part) {
  switch (part) {
    case SchemaPart::kType:
      return "type";
    case SchemaPart::kDelete:
      return "delete";
    case SchemaPart::kIndex:
      return "index";
    case SchemaPart::kField:
      break;
  }
  return "field";
}

Value difference_object(const SchemaDifference& one) {
  return Value(Value::Object{{"collection", Value(one.collection)},
                             {"name", Value(one.name)},
                             {"part", Value(part_name(one.part))},
                             {"before", Value(one.before)},
                             {"after", Value(one.after)},
                             {"needs_migration", Value(one.needs_migration)}});
}

std::string difference_line(const SchemaDifference& one) {
  const std::string place = one.collection + (one.name.empty() ? "" : "." + one.name);
  const auto side = [](const std::string& text) { return text.empty() ? "nothing" : text; };
  return std::string(one.needs_migration ? "refused   " : "accepted  ") + place + "  " +
         std::string(part_name(one.part)) + ": " + side(one.before) + " becomes " + side(one.after);
}

Result<void> check(const Context& context, const Arguments& arguments) {
  const auto json = read_schema_file(arguments.file);
  if (!json) return fail(json.error());
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  const auto comparison = compare_schema(*database->store, *json);
  if (!comparison) return fail(comparison.error());
  if (context.json) {
    Value::Array differences;
    for (const SchemaDifference& one : comparison->differences)
      differences.push_back(difference_object(one));
    Value::Object shown{{"after", Value(id_members(comparison->after))},
                        {"is_older", Value(comparison->is_older)},
                        {"needs_migration", Value(comparison->needs_migration())},
                        {"differences", Value(std::move(differences))}};
    if (comparison->before) shown.emplace("before", Value(id_members(*comparison->before)));
    print_line(value_to_json(Value(std::move(shown))));
  } else {
    print_line("stored  " + (comparison->before ? id_line(*comparison->before) : "none"));
    print_line("given   " + id_line(comparison->after));
    for (const SchemaDifference& one : comparison->differences) print_line(difference_line(one));
  }
  if (comparison->needs_migration()) {
    return fail(Code::kSchemaChanged,
                arguments.file +
                    ": fields would merge otherwise, so it is refused without "
                    "a migration (`syncline schema set " +
                    arguments.file + " --migrate`)");
  }
  if (comparison->is_older)
    return fail(Code::kSchemaChanged,
                arguments.file + ": is older than the stored schema, which would stay in force");
  return {};
}

Result<std::vector<MigratedField>> migrate(const Context& context, const std::string& json) {
  // Opened once as a database, so that one of an earlier format is brought up to date.
  if (const auto opened = open_database(context, Access::kWrite); !opened)
    return fail(opened.error());
  const auto store = open_lmdb_store(store_options(context, Access::kWrite));
  if (!store) return fail(store.error());
  return migrate_schema(**store, json);
}

Value migrated_object(const MigratedField& one) {
  return Value(Value::Object{{"collection", Value(one.collection)},
                             {"field", Value(one.field)},
                             {"before", Value(one.before)},
                             {"after", Value(one.after)},
                             {"carried", Value(static_cast<std::int64_t>(one.carried))},
                             {"left", Value(static_cast<std::int64_t>(one.left))}});
}

Result<void> set(const Context& context, const Arguments& arguments) {
  const auto json = read_schema_file(arguments.file);
  if (!json) return fail(json.error());
  std::vector<MigratedField> migrated;
  if (arguments.migrate) {
    auto done = migrate(context, *json);
    if (!done) return fail(done.error().code, arguments.file + ": " + done.error().message);
    migrated = std::move(*done);
  }
  const auto database = open_with_schema(context, arguments.file, *json);
  if (!database) return fail(database.error());
  const SchemaId id = database->replica->schema().id().value_or(SchemaId{});
  if (context.json) {
    Value::Array fields;
    for (const MigratedField& one : migrated) fields.push_back(migrated_object(one));
    Value::Object shown = id_members(id);
    shown.emplace("migrated", Value(std::move(fields)));
    print_line(value_to_json(Value(std::move(shown))));
    return {};
  }
  print_line(id_line(id));
  for (const MigratedField& one : migrated) {
    print_line(one.collection + "." + one.field + "  " + one.before + " becomes " + one.after +
               ": carried over in " + std::to_string(one.carried) + " records, left in " +
               std::to_string(one.left));
  }
  return {};
}

}  // namespace

void add_schema_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* schema =
      app.add_subcommand("schema", "Show the schema in force, and replace it by another");
  schema->require_subcommand(1);
  schema->add_subcommand("show", "Show its version, digest and rules")
      ->callback([&context, &chosen] { chosen = [&context] { return show(context); }; });
  CLI::App* checking = schema->add_subcommand(
      "check", "Say what a file would change; fails where that needs a migration");
  checking->add_option("FILE", arguments->file, "a JSON file that says how fields merge")
      ->required();
  checking->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return check(context, *arguments); };
  });
  CLI::App* setting = schema->add_subcommand("set", "Make a file the schema");
  setting->add_option("FILE", arguments->file, "a JSON file that says how fields merge")
      ->required();
  setting->add_flag("--migrate", arguments->migrate,
                    "also where fields merge otherwise: carries over what they hold, and again "
                    "what devices with the rules before have written since");
  setting->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return set(context, *arguments); };
  });
}

}  // namespace syncline::cli
