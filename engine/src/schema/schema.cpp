#include "syncline/schema.hpp"

#include <algorithm>
#include <array>

#include "crypto/sodium_library.hpp"
#include "schema/document.hpp"
#include "schema/history_rule.hpp"
#include "schema/index_rules.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"
#include "syncline/strategy.hpp"

namespace syncline {
namespace {

using namespace schema;  // NOLINT(google-build-using-namespace): the parser's own parts

constexpr std::array kMergeNames{std::pair{Merge::kLww, std::string_view("lww")},
                                 std::pair{Merge::kMin, std::string_view("min")},
                                 std::pair{Merge::kMax, std::string_view("max")},
                                 std::pair{Merge::kCounter, std::string_view("counter")},
                                 std::pair{Merge::kSet, std::string_view("set")},
                                 std::pair{Merge::kMap, std::string_view("map")},
                                 std::pair{Merge::kMulti, std::string_view("multi")},
                                 std::pair{Merge::kMergeText, std::string_view("merge_text")},
                                 std::pair{Merge::kList, std::string_view("list")},
                                 std::pair{Merge::kGroup, std::string_view("group")},
                                 std::pair{Merge::kCustom, std::string_view("custom")}};
constexpr std::string_view kCustomPrefix = "custom:";

constexpr std::array kTypeNames{std::pair{FieldType::kAny, std::string_view("any")},
                                std::pair{FieldType::kBoolean, std::string_view("boolean")},
                                std::pair{FieldType::kInteger, std::string_view("integer")},
                                std::pair{FieldType::kNumber, std::string_view("number")},
                                std::pair{FieldType::kString, std::string_view("string")},
                                std::pair{FieldType::kBytes, std::string_view("bytes")},
                                std::pair{FieldType::kJson, std::string_view("json")}};

// Whether values of a declared type can be merged so.
bool merges(Merge merge, FieldType type) {
  switch (merge) {
    case Merge::kMin:
    case Merge::kMax:
    case Merge::kCounter:
      return type == FieldType::kInteger || type == FieldType::kNumber;
    case Merge::kMergeText:
      return type == FieldType::kString;
    default:
      return true;
  }
}

Result<void> set_merge(FieldRule& rule, const std::string& name, const Strategies& strategies) {
  if (name.starts_with(kCustomPrefix)) {
    rule.merge = Merge::kCustom;
    rule.custom_name = name.substr(kCustomPrefix.size());
    rule.custom = strategies.find(rule.custom_name);
    return check_field(rule.custom_name);
  }
  const auto* found = std::find_if(kMergeNames.begin(), kMergeNames.end(),
                                   [&](const auto& entry) { return entry.second == name; });
  if (found == kMergeNames.end() || found->first == Merge::kGroup ||
      found->first == Merge::kCustom) {
    return fail(Code::kSchemaInvalid, "\"" + name + "\" is not a strategy");
  }
  rule.merge = found->first;
  return {};
}

Result<FieldRule> parse_field(const Value& document, const std::string& place,
                              const Strategies& strategies) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, place, {"merge", "type"}); !ok) return fail(ok.error());
  const auto merge = optional_string(**members, "merge", place);
  if (!merge) return fail(merge.error());
  const auto type = optional_string(**members, "type", place);
  if (!type) return fail(type.error());
  FieldRule rule;
  if (*merge) {
    if (auto ok = set_merge(rule, **merge, strategies); !ok)
      return invalid(place + ".merge", ok.error().message);
  }
  if (*type) {
    const auto* found = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                     [&](const auto& entry) { return entry.second == **type; });
    if (found == kTypeNames.end() || found->first == FieldType::kAny) {
      return invalid(place + ".type", "\"" + **type + "\" is not a type");
    }
    rule.type = found->first;
  }
  if (*type && !merges(rule.merge, rule.type)) {
    return invalid(place + ".type", "\"" + **type + "\" cannot be merged by \"" + **merge + "\"");
  }
  return rule;
}

Result<void> parse_group(const std::string& name, const Value& document, const std::string& place,
                         CollectionRules& rules) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, place, {"fields"}); !ok) return ok;
  const auto listed = (*members)->find("fields");
  const auto* parts = listed == (*members)->end() ? nullptr : listed->second.if_array();
  if (parts == nullptr || parts->size() < 2) {
    return invalid(place + ".fields", "has to be an array of at least two field names");
  }
  if (rules.fields.contains(name)) return invalid(place, "has the name of a field");
  for (const Value& part : *parts) {
    const auto* field = part.if_string();
    if (field == nullptr || !check_field(*field)) {
      return invalid(place + ".fields", "has to hold field names");
    }
    if (rules.group_of.contains(*field))
      return invalid(place + ".fields", "\"" + *field + "\" is in a group already");
    if (rules.field(*field).merge != Merge::kLww) {
      return invalid(place + ".fields", "\"" + *field + "\" declares a strategy other than lww");
    }
    rules.group_of.emplace(*field, name);
    rules.groups[name].push_back(*field);
  }
  return {};
}

// The members of an optional object, each under a valid field name.
Result<const Value::Object*> named_fields(const Value::Object& object, std::string_view name,
                                          const std::string& place) {
  static const Value::Object kNone;
  const auto found = object.find(name);
  if (found == object.end()) return &kNone;
  const std::string inner = place + "." + std::string(name);
  auto members = object_at(found->second, inner);
  if (!members) return fail(members.error());
  for (const auto& [key, member] : **members) {
    if (auto ok = check_field(key); !ok) return invalid(inner, ok.error().message);
  }
  return members;
}

Result<CollectionRules> parse_collection(const Value& document, const std::string& place,
                                         const Strategies& strategies) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok =
          only_members(**members, place, {"fields", "groups", "delete", "history", "indexes"});
      !ok)
    return fail(ok.error());
  CollectionRules rules;
  const auto fields = named_fields(**members, "fields", place);
  if (!fields) return fail(fields.error());
  for (const auto& [name, field] : **fields) {
    const auto rule = parse_field(field, place + ".fields." + name, strategies);
    if (!rule) return fail(rule.error());
    rules.fields.emplace(name, *rule);
  }
  const auto groups = named_fields(**members, "groups", place);
  if (!groups) return fail(groups.error());
  for (const auto& [name, group] : **groups) {
    if (auto ok = parse_group(name, group, place + ".groups." + name, rules); !ok)
      return fail(ok.error());
  }
  for (const auto& [part, group] : rules.group_of) {
    if (rules.groups.contains(part))
      return invalid(place + ".groups." + part, "has the name of a group's part");
  }
  const auto rule = optional_string(**members, "delete", place);
  if (!rule) return fail(rule.error());
  if (*rule) {
    if (**rule != "edit_loses" && **rule != "edit_revives") {
      return invalid(place + ".delete", "has to be \"edit_loses\" or \"edit_revives\"");
    }
    rules.delete_rule = **rule == "edit_loses" ? DeleteRule::kEditLoses : DeleteRule::kEditRevives;
  }
  if (auto ok = parse_history(**members, place, rules); !ok) return fail(ok.error());
  if (auto ok = parse_indexes(**members, place, rules); !ok) return fail(ok.error());
  return rules;
}

Result<SchemaId> parse_id(const Value::Object& document) {
  const auto name = optional_string(document, "name", "schema");
  if (!name) return fail(name.error());
  if (!*name || (*name)->empty() || (*name)->size() > kSchemaNameBytesMax) {
    return invalid("name",
                   "has to be a string of 1 to " + std::to_string(kSchemaNameBytesMax) + " bytes");
  }
  const auto version = document.find("version");
  const auto* number = version == document.end() ? nullptr : version->second.if_int64();
  if (number == nullptr || *number < 1 || *number > kSchemaVersionMax) {
    return invalid("version",
                   "has to be an integer from 1 to " + std::to_string(kSchemaVersionMax));
  }
  return SchemaId{**name, static_cast<std::uint32_t>(*number), {}};
}

}  // namespace

const FieldRule& CollectionRules::field(std::string_view name) const {
  static const FieldRule kDefault;
  const auto found = fields.find(name);
  return found == fields.end() ? kDefault : found->second;
}

const std::string* CollectionRules::group(std::string_view field) const {
  const auto found = group_of.find(field);
  return found == group_of.end() ? nullptr : &found->second;
}

Result<Schema> Schema::parse(std::string_view json) { return parse(json, Strategies()); }

Result<Schema> Schema::parse(std::string_view json, const Strategies& strategies) {
  if (json.size() > kSchemaBytesMax) return invalid("document", "has more than 65,536 bytes");
  const auto document = value_from_json(json);
  if (!document) return fail(document.error());
  const auto members = object_at(*document, "document");
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, "", {"name", "version", "collections"}); !ok)
    return fail(ok.error());
  auto id = parse_id(**members);
  if (!id) return fail(id.error());
  const auto listed = (*members)->find("collections");
  if (listed == (*members)->end()) return invalid("collections", "is missing");
  const auto collections = object_at(listed->second, "collections");
  if (!collections) return fail(collections.error());
  Schema schema;
  for (const auto& [name, collection] : **collections) {
    if (auto ok = check_collection(name); !ok) return invalid("collections", ok.error().message);
    auto rules = parse_collection(collection, "collections." + name, strategies);
    if (!rules) return fail(rules.error());
    schema.collections_.emplace(name, std::move(*rules));
  }
  const auto encoded = encode_value(*document);
  if (!encoded) return invalid("document", encoded.error().message);
  id->digest = crypto::digest_hex(*encoded);
  schema.id_ = std::move(*id);
  return schema;
}

const CollectionRules& Schema::collection(std::string_view name) const {
  static const CollectionRules kDefaults;
  const auto found = collections_.find(name);
  return found == collections_.end() ? kDefaults : found->second;
}

std::vector<std::string> Schema::collection_names() const {
  std::vector<std::string> names;
  names.reserve(collections_.size());
  for (const auto& [name, rules] : collections_) names.push_back(name);
  return names;
}

std::string_view merge_name(Merge merge) {
  return kMergeNames.at(static_cast<std::size_t>(merge)).second;
}
std::string_view type_name(FieldType type) {
  return kTypeNames.at(static_cast<std::size_t>(type)).second;
}

bool type_accepts(FieldType type, const Value& value) {
  switch (type) {
    case FieldType::kBoolean:
      return value.if_bool() != nullptr;
    case FieldType::kInteger:
      return value.if_int64() != nullptr;
    case FieldType::kNumber:
      return value.if_int64() != nullptr || value.if_double() != nullptr;
    case FieldType::kString:
      return value.if_string() != nullptr;
    case FieldType::kBytes:
      return value.if_bytes() != nullptr;
    case FieldType::kAny:
    case FieldType::kJson:
      return true;
  }
  return false;
}

}  // namespace syncline
