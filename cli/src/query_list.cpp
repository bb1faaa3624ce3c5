#include "query_list.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "database.hpp"
#include "output.hpp"
#include "rows/rows.hpp"
#include "schema_file.hpp"

namespace syncline::cli {
namespace {

Result<void> build_indexes(Database& database) {
  std::optional<ProgressBar> bar;
  std::string shown;
  const auto done = database.replica->queries().build({}, [&](const BuildProgress& progress) {
    const std::string name = progress.collection + "." + progress.index;
    if (shown != name || !bar) {
      bar.reset();
      bar.emplace((progress.removing ? "removing " : "building ") + name);
      shown = name;
    }
    bar->show(progress.done, progress.total);
    return true;
  });
  if (!done) return fail(done.error());
  return {};
}

// Answers the error of the query only where nothing has been printed yet.
Result<void> print_records(const Context& context, const Database& database, const Query& query) {
  bool is_empty = true;
  const auto cursor = database.replica->queries().run(query, [&](const Record& record) {
    is_empty = false;
    return print_line(context.json ? record_to_json(record)
                                   : record.id + "  " + value_to_json(Value(record.fields)));
  });
  if (!cursor) return fail(cursor.error());
  if (is_empty) say_nothing_there(context, kNoRecords);
  if (cursor->empty()) return {};
  if (context.json) {
    print_line(value_to_json(Value(Value::Object{{"cursor", Value(*cursor)}})));
  } else {
    std::fprintf(stderr, "there are more, with --cursor %s\n", cursor->c_str());
  }
  return {};
}

Result<void> print_indexes(const Context& context, const Database& database) {
  const auto indexes = database.replica->queries().indexes();
  if (!indexes) return fail(indexes.error());
  if (indexes->empty()) say_nothing_there(context, "the schema declares no index");
  for (const IndexInfo& info : *indexes) {
    const std::string_view state = index_state_name(info.state);
    print_line(context.json
                   ? value_to_json(Value(Value::Object{{"collection", Value(info.collection)},
                                                       {"index", Value(info.name)},
                                                       {"state", Value(state)}}))
                   : info.collection + "." + info.name + "  " + std::string(state));
  }
  return {};
}

struct Arguments {
  std::string schema_file;
  bool only_show = false;
};

Result<void> index(const Context& context, const Arguments& arguments) {
  if (arguments.only_show) {
    if (!arguments.schema_file.empty()) throw UsageError{"--show changes nothing, nor the schema"};
    const auto database = open_database(context, Access::kRead);
    return database ? print_indexes(context, *database) : fail(database.error());
  }
  const auto schema = arguments.schema_file.empty() ? Result<std::string>()
                                                    : read_schema_file(arguments.schema_file);
  if (!schema) return fail(schema.error());
  auto database = arguments.schema_file.empty()
                      ? open_database(context, Access::kWrite)
                      : open_with_schema(context, arguments.schema_file, *schema);
  if (!database) return fail(database.error());
  if (auto built = build_indexes(*database); !built) return built;
  return print_indexes(context, *database);
}

}  // namespace

Result<void> list_by_index(const Context& context, const Query& query) {
  const SteadyOutput output;
  {
    const auto database = open_database(context, Access::kRead);
    if (!database) return fail(database.error());
    auto printed = print_records(context, *database, query);
    if (printed || printed.error().code != Code::kIndexNotBuilt) return printed;
  }
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  if (auto built = build_indexes(*database); !built) return built;
  return print_records(context, *database, query);
}

void add_query_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "index", "Build the indexes that the schema declares, and show them, one a line");
  command->add_option("--schema", arguments->schema_file,
                      "a JSON file that becomes the schema first");
  command->add_flag("--show", arguments->only_show, "only show them as they are");
  command->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return index(context, *arguments); };
  });
}

}  // namespace syncline::cli
