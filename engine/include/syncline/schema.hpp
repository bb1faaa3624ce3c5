#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/messages.hpp"
#include "syncline/value.hpp"

namespace syncline {

// A field's strategy (spec/merge.md). kGroup is never declared on a field: it is what a group's
// slot has.
enum class Merge : std::uint8_t {
  kLww,
  kMin,
  kMax,
  kCounter,
  kSet,
  kMap,
  kMulti,
  kMergeText,
  kList,
  kGroup
};

enum class FieldType : std::uint8_t { kAny, kBoolean, kInteger, kNumber, kString, kBytes, kJson };

enum class DeleteRule : std::uint8_t { kEditLoses, kEditRevives };

struct FieldRule {
  Merge merge = Merge::kLww;
  FieldType type = FieldType::kAny;
};

// The rules of one collection. What is not declared has the defaults.
struct CollectionRules {
  std::map<std::string, FieldRule, std::less<>> fields;
  std::map<std::string, std::vector<std::string>, std::less<>> groups;  // group name to its parts
  std::map<std::string, std::string, std::less<>> group_of;             // part to its group
  DeleteRule delete_rule = DeleteRule::kEditLoses;

  [[nodiscard]] FieldRule field(std::string_view name) const;
  // The group that the field is a part of, or null.
  [[nodiscard]] const std::string* group(std::string_view field) const;
};

// What an app declares about its collections (spec/merge.md, Schema). Immutable.
//
// Thread safety: all members may be called from any thread.
class Schema {
 public:
  // No declarations at all: every field of every collection is lww.
  Schema() = default;

  // Errors: schema_invalid, json_malformed; the message names the place in the document.
  [[nodiscard]] static Result<Schema> parse(std::string_view json);

  // Never fails: a collection that is not declared has the defaults.
  [[nodiscard]] const CollectionRules& collection(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> collection_names() const;

  // Name, version and digest; nothing for a schema without declarations.
  [[nodiscard]] const std::optional<SchemaId>& id() const { return id_; }

 private:
  std::map<std::string, CollectionRules, std::less<>> collections_;
  std::optional<SchemaId> id_;
};

// The name that a schema document uses.
[[nodiscard]] std::string_view merge_name(Merge merge);
[[nodiscard]] std::string_view type_name(FieldType type);

// Whether a local write may put the value into a field of this type.
[[nodiscard]] bool type_accepts(FieldType type, const Value& value);

}  // namespace syncline
