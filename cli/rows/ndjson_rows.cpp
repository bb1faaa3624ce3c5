#include <optional>
#include <utility>

#include "rows/csv.hpp"
#include "rows/rows.hpp"
#include "syncline/limits.hpp"

namespace syncline::cli {
namespace {

constexpr std::string_view kId = "id";
constexpr std::string_view kCollection = "collection";
constexpr std::string_view kFields = "$fields";

// A line nests its values within itself, perhaps within $fields, and those of raw slots within
// three levels of that field.
constexpr std::size_t kLineDepthMax = kValueDepthMax + 5;

// Takes a member out; empty when it is not there.
Value::Object::node_type take(Value::Object& members, std::string_view name) {
  const auto found = members.find(name);
  return found == members.end() ? Value::Object::node_type() : members.extract(found);
}

class NdjsonRows final : public RowSource {
 public:
  NdjsonRows(std::istream& stream, std::string collection)
      : stream_(stream), collection_(std::move(collection)) {
    skip_byte_order_mark(stream);
  }

  Result<bool> next(Row& row) override {
    std::string text;
    do {
      ++line_;
      if (!std::getline(stream_, text)) return false;
    } while (text.find_first_not_of(" \t\r") == std::string::npos);
    auto value = value_from_json(text, kLineDepthMax);
    if (!value)
      return fail(value.error().code,
                  "line " + std::to_string(line_) + ": " + value.error().message);
    auto* members = value->if_object();
    if (members == nullptr) return at_line(line_, "it is not a JSON object");
    auto name = take_name(*members, kId);
    if (!name) return fail(name.error());
    if (!*name) return at_line(line_, "it has no \"id\" that is a string");
    auto collection = take_collection(*members);
    if (!collection) return fail(collection.error());
    if (auto ok = unfold(*members); !ok) return fail(ok.error());
    row = {std::move(*collection), std::move(**name), std::move(*members)};
    return true;
  }

  [[nodiscard]] std::size_t line() const override { return line_; }

 private:
  // Takes one of the members that name the record, if it is there.
  Result<std::optional<std::string>> take_name(Value::Object& members, std::string_view name) {
    auto member = take(members, name);
    if (member.empty()) return std::nullopt;
    const auto* text = member.mapped().if_string();
    if (text == nullptr) {
      return at_line(line_, "its \"" + std::string(name) +
                                "\" is not a string; a field of that name belongs in \"$fields\"");
    }
    return *text;
  }

  Result<std::string> take_collection(Value::Object& members) {
    auto named = take_name(members, kCollection);
    if (!named) return fail(named.error());
    const bool all = collection_ == "*";
    if (all && !*named) return at_line(line_, "it has no \"collection\" that is a string");
    if (all) return std::move(**named);
    if (*named && **named != collection_) {
      return at_line(line_, "its collection is \"" + **named + "\", not \"" + collection_ + "\"");
    }
    return collection_;
  }

  // Puts what $fields holds beside the other fields.
  Result<void> unfold(Value::Object& members) {
    auto folded = take(members, kFields);
    if (folded.empty()) return {};
    auto* fields = folded.mapped().if_object();
    if (fields == nullptr) return at_line(line_, "its \"$fields\" is not a JSON object");
    members.merge(*fields);
    if (fields->empty()) return {};
    return at_line(line_, "field \"" + fields->begin()->first + "\" is there twice");
  }

  std::istream& stream_;
  std::string collection_;
  std::size_t line_ = 0;
};

}  // namespace

std::unique_ptr<RowSource> open_ndjson_rows(std::istream& stream, std::string collection) {
  return std::make_unique<NdjsonRows>(stream, std::move(collection));
}

std::string record_to_json(const Record& record, std::string_view collection) {
  std::string line = "{\"id\":" + value_to_json(Value(record.id));
  if (!collection.empty()) line += ",\"collection\":" + value_to_json(Value(collection));
  Value::Object plain = record.fields;
  Value::Object folded;
  for (const std::string_view name : {kId, kCollection, kFields}) {
    if (auto field = take(plain, name)) folded.insert(std::move(field));
  }
  const auto append = [&line](const Value::Object& members) {
    const std::string text = value_to_json(Value(members));
    line += ',' + text.substr(1, text.size() - 2);
  };
  if (!plain.empty()) append(plain);
  if (!folded.empty()) append({{std::string(kFields), Value(std::move(folded))}});
  return line + '}';
}

}  // namespace syncline::cli
