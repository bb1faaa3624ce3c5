#include <optional>
#include <utility>

#include "rows/rows.hpp"

namespace syncline::cli {
namespace {

class NdjsonRows final : public RowSource {
 public:
  NdjsonRows(std::istream& stream, std::string collection)
      : stream_(stream), collection_(std::move(collection)) {}

  Result<bool> next(Row& row) override {
    std::string text;
    do {
      ++line_;
      if (!std::getline(stream_, text)) return false;
    } while (text.find_first_not_of(" \t\r") == std::string::npos);
    auto value = value_from_json(text);
    if (!value)
      return fail(value.error().code,
                  "line " + std::to_string(line_) + ": " + value.error().message);
    auto* members = value->if_object();
    if (members == nullptr) return at_line(line_, "it is not a JSON object");
    const auto name = take(*members, "id");
    if (!name) return at_line(line_, "it has no \"id\" that is a string");
    const auto collection = take(*members, "collection");
    const bool all = collection_ == "*";
    if (all && !collection) return at_line(line_, "it has no \"collection\" that is a string");
    if (!all && collection && *collection != collection_) {
      return at_line(line_,
                     "its collection is \"" + *collection + "\", not \"" + collection_ + "\"");
    }
    row = {all ? *collection : collection_, *name, std::move(*members)};
    return true;
  }

  [[nodiscard]] std::size_t line() const override { return line_; }

 private:
  // Takes a string out of the members.
  static std::optional<std::string> take(Value::Object& members, std::string_view name) {
    const auto found = members.find(name);
    if (found == members.end() || found->second.if_string() == nullptr) return std::nullopt;
    std::string text = *found->second.if_string();
    members.erase(found);
    return text;
  }

  std::istream& stream_;
  std::string collection_;
  std::size_t line_ = 0;
};

}  // namespace

std::unique_ptr<RowSource> open_ndjson_rows(std::istream& stream, std::string collection) {
  return std::make_unique<NdjsonRows>(stream, std::move(collection));
}

}  // namespace syncline::cli
