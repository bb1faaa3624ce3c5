#include "schema/document.hpp"

#include <algorithm>

namespace syncline::schema {

tl::unexpected<Error> invalid(const std::string& place, const std::string& what) {
  return fail(Code::kSchemaInvalid, "schema: " + place + ": " + what);
}

Result<const Value::Object*> object_at(const Value& value, const std::string& place) {
  const auto* members = value.if_object();
  if (members == nullptr) return invalid(place, "has to be an object");
  return members;
}

Result<void> only_members(const Value::Object& object, const std::string& place,
                          std::initializer_list<std::string_view> known) {
  for (const auto& [name, member] : object) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return invalid(place.empty() ? name : place + "." + name,
                     "is not a member that is known here");
    }
  }
  return {};
}

Result<std::optional<std::string>> optional_string(const Value::Object& object,
                                                   std::string_view name,
                                                   const std::string& place) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  const auto* text = found->second.if_string();
  if (text == nullptr) return invalid(place + "." + std::string(name), "has to be a string");
  return *text;
}

}  // namespace syncline::schema
