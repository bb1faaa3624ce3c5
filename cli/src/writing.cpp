#include "writing.hpp"

#include <string_view>
#include <utility>

#include "database.hpp"
#include "output.hpp"

namespace syncline::cli {

Result<Value> parse_value(const std::string& text) {
  auto value = value_from_json(text);
  if (value || value.error().code != Code::kJsonMalformed) return value;
  if (!text.empty() && std::string_view("{[\"").find(text.front()) != std::string_view::npos) {
    return fail(Code::kJsonMalformed, "\"" + text.substr(0, 60) + "\": " + value.error().message);
  }
  return Value(text);
}

Result<std::vector<Value>> parse_items(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  for (const std::string& text : texts) {
    auto item = parse_value(text);
    if (!item) return fail(item.error());
    items.push_back(std::move(*item));
  }
  return items;
}

void confirm(const Context& context, const std::string& collection, const std::string& record) {
  if (!context.json) return;
  print_line(value_to_json(Value(Value::Object{
      {"collection", Value(collection)}, {"record", Value(record)}, {"done", Value(true)}})));
}

Result<void> write_record(const Context& context, const std::string& collection,
                          const std::string& record, const Replica::Body& body) {
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  if (auto ok = database->replica->write(body); !ok) return ok;
  confirm(context, collection, record);
  return {};
}

}  // namespace syncline::cli
