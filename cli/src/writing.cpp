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

Result<Place> parse_place(const std::string& name, const CollectionRules& rules) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || rules.fields.contains(name)) return Place{name, {}};
  Place place{name.substr(0, dot), name.substr(dot + 1)};
  if (rules.field(place.field).merge == Merge::kMap) return place;
  return fail(Code::kWrongStrategy,
              "field " + place.field + ": is not a map, so it has no key \"" + *place.key + "\"");
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
