#include "schema_file.hpp"

#include <utility>

#include "syncline/schema.hpp"
#include "syncline/schema_change.hpp"

namespace syncline::cli {
namespace {

std::string named(const SchemaId& id) {
  return "version " + std::to_string(id.version) + " (digest " + id.digest + ")";
}

}  // namespace

Result<std::string> read_schema_file(const std::string& file) {
  auto text = read_file(file);
  if (!text) return fail(text.error());
  if (const auto parsed = Schema::parse(*text); !parsed)
    return fail(parsed.error().code, file + ": " + parsed.error().message);
  return std::move(*text);
}

Result<Database> open_with_schema(const Context& context, const std::string& file,
                                  const std::string& json) {
  auto database = open_database(context, Access::kWrite, json);
  if (!database) {
    Error error = database.error();
    if (error.code == Code::kSchemaChanged) {
      error.message = file + ": " + error.message + "; `syncline schema set " + file +
                      " --migrate` carries over what they hold";
    }
    return fail(std::move(error));
  }
  const auto given = Schema::parse(json);
  const auto& in_force = database->replica->schema().id();
  if (given && in_force && in_force->digest != given->id()->digest) {
    return fail(Code::kSchemaChanged, file + ": " + named(*given->id()) +
                                          " is older than the stored " + named(*in_force) +
                                          ", which stays in force");
  }
  return database;
}

}  // namespace syncline::cli
