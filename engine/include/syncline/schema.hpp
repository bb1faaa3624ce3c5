#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/limits.hpp"
#include "syncline/messages.hpp"
#include "syncline/value.hpp"

namespace syncline {

namespace strategy {
class Strategy;
}
class Strategies;

// A field's strategy (spec/merge.md). kGroup is never declared on a field: it is what a group's
// slot has. kCustom is one of the app's own.
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
  kGroup,
  kCustom
};

enum class FieldType : std::uint8_t { kAny, kBoolean, kInteger, kNumber, kString, kBytes, kJson };

enum class DeleteRule : std::uint8_t { kEditLoses, kEditRevives };

struct FieldRule {
  Merge merge = Merge::kLww;
  FieldType type = FieldType::kAny;
  // Of a kCustom, and of no other: the name behind `custom:`, and the strategy as Strategies::find
  // gives it.
  std::string custom_name{};
  std::shared_ptr<const strategy::Strategy> custom{};
  // False where a stored schema names a built-in strategy that only a newer build has. The rule is
  // then that of a kCustom which is not registered, and its name stands by itself.
  bool is_known = true;
};

// An order of a collection's records (spec/indexes.md).
struct IndexRule {
  std::vector<std::string> fields;  // the first decides first
};

// How long the log keeps what was written over: what is younger or among the last changes of the
// database.
struct HistoryRule {
  std::int64_t keep_days = 0;
  std::uint64_t keep_ops = kHistoryOpsDefault;
};

// The rules of one collection. What is not declared has the defaults.
struct CollectionRules {
  std::map<std::string, FieldRule, std::less<>> fields;
  std::map<std::string, std::vector<std::string>, std::less<>> groups;  // group name to its parts
  std::map<std::string, std::string, std::less<>> group_of;             // part to its group
  DeleteRule delete_rule = DeleteRule::kEditLoses;
  std::map<std::string, IndexRule, std::less<>> indexes;
  HistoryRule history;

  // The rule of a field; the defaults if none is declared. It lives as long as this object.
  [[nodiscard]] const FieldRule& field(std::string_view name) const;
  // The group that the field is a part of, or null.
  [[nodiscard]] const std::string* group(std::string_view field) const;
};

// How much the conflict journal keeps (spec/conflicts.md, Bounds).
struct ConflictBounds {
  std::int64_t keep_days = 365;
  std::size_t keep = 10'000;  // entries

  bool operator==(const ConflictBounds&) const = default;
};

// What an app declares about its collections (spec/merge.md, Schema). Immutable.
//
// Thread safety: all members may be called from any thread.
class Schema {
 public:
  // No declarations at all: every field of every collection is lww.
  Schema() = default;

  // The fields that name a custom strategy get it from the strategies; one that is not there leaves
  // its fields readable as raw slots. Errors: schema_invalid, json_malformed; the message names the
  // place in the document.
  [[nodiscard]] static Result<Schema> parse(std::string_view json);
  [[nodiscard]] static Result<Schema> parse(std::string_view json, const Strategies& strategies);

  // As parse, of a document that is in a store and that a newer build may have given: what this
  // build does not know is passed over, and a field by a strategy that it lacks has raw slots.
  [[nodiscard]] static Result<Schema> parse_stored(std::string_view json,
                                                   const Strategies& strategies);

  // Never fails: a collection that is not declared has the defaults.
  [[nodiscard]] const CollectionRules& collection(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> collection_names() const;

  [[nodiscard]] const ConflictBounds& conflict_bounds() const { return conflict_bounds_; }

  // Name, version and digest; nothing for a schema without declarations.
  [[nodiscard]] const std::optional<SchemaId>& id() const { return id_; }

 private:
  [[nodiscard]] static Result<Schema> read(std::string_view json, const Strategies& strategies,
                                           bool is_stored);

  std::map<std::string, CollectionRules, std::less<>> collections_;
  ConflictBounds conflict_bounds_;
  std::optional<SchemaId> id_;
};

// The name that a schema document uses; of kCustom, what comes before the colon.
[[nodiscard]] std::string_view merge_name(Merge merge);
// The whole name of the rule's strategy: `lww`, `custom:NAME`.
[[nodiscard]] std::string strategy_name(const FieldRule& rule);
[[nodiscard]] std::string_view type_name(FieldType type);

// Whether a local write may put the value into a field of this type.
[[nodiscard]] bool type_accepts(FieldType type, const Value& value);

}  // namespace syncline
