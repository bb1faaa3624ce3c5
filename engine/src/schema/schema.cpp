#include "syncline/schema.hpp"

#include <initializer_list>
#include <utility>

#include "crypto/sodium_library.hpp"
#include "schema/conflict_bounds.hpp"
#include "schema/document.hpp"
#include "schema/history_rule.hpp"
#include "schema/index_rules.hpp"
#include "schema/rule_names.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"
#include "syncline/strategy.hpp"

namespace syncline {
namespace {

using namespace schema;  // NOLINT(google-build-using-namespace): the parser's own parts

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

// How a document is read: what is in a store may be a newer build's.
struct Reading {
  const Strategies& strategies;
  bool is_stored = false;
};

Result<void> check_members(const Value::Object& object, const std::string& place,
                           std::initializer_list<std::string_view> known, const Reading& reading) {
  return reading.is_stored ? Result<void>() : only_members(object, place, known);
}

Result<FieldRule> parse_field(const Value& document, const std::string& place,
                              const Reading& reading) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = check_members(**members, place, {"merge", "type"}, reading); !ok)
    return fail(ok.error());
  const auto merge = optional_string(**members, "merge", place);
  if (!merge) return fail(merge.error());
  const auto type = optional_string(**members, "type", place);
  if (!type) return fail(type.error());
  FieldRule rule;
  if (*merge) {
    auto named = reading.is_stored ? stored_rule(**merge, reading.strategies)
                                   : rule_of_name(**merge, reading.strategies);
    if (!named) return invalid(place + ".merge", named.error().message);
    rule = std::move(*named);
  }
  if (*type) {
    const auto named = type_of_name(**type);
    if (!named) {
      // What arrives is not held against a type, so that one that is not known is as good as none.
      if (reading.is_stored) return rule;
      return invalid(place + ".type", "\"" + **type + "\" is not a type");
    }
    rule.type = *named;
  }
  if (*type && !reading.is_stored && !merges(rule.merge, rule.type)) {
    return invalid(place + ".type", "\"" + **type + "\" cannot be merged by \"" + **merge + "\"");
  }
  return rule;
}

Result<void> parse_group(const std::string& name, const Value& document, const std::string& place,
                         const Reading& reading, CollectionRules& rules) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = check_members(**members, place, {"fields"}, reading); !ok) return ok;
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
                                         const Reading& reading) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = check_members(**members, place,
                              {"fields", "groups", "delete", "history", "indexes"}, reading);
      !ok)
    return fail(ok.error());
  CollectionRules rules;
  const auto fields = named_fields(**members, "fields", place);
  if (!fields) return fail(fields.error());
  for (const auto& [name, field] : **fields) {
    const auto rule = parse_field(field, place + ".fields." + name, reading);
    if (!rule) return fail(rule.error());
    rules.fields.emplace(name, *rule);
  }
  const auto groups = named_fields(**members, "groups", place);
  if (!groups) return fail(groups.error());
  for (const auto& [name, group] : **groups) {
    if (auto ok = parse_group(name, group, place + ".groups." + name, reading, rules); !ok)
      return fail(ok.error());
  }
  for (const auto& [part, group] : rules.group_of) {
    if (rules.groups.contains(part))
      return invalid(place + ".groups." + part, "has the name of a group's part");
  }
  const auto rule = optional_string(**members, "delete", place);
  if (!rule) return fail(rule.error());
  if (*rule) {
    if (**rule != "edit_loses" && **rule != "edit_revives" && !reading.is_stored) {
      return invalid(place + ".delete", "has to be \"edit_loses\" or \"edit_revives\"");
    }
    rules.delete_rule =
        **rule == "edit_revives" ? DeleteRule::kEditRevives : DeleteRule::kEditLoses;
  }
  if (auto ok = parse_history(**members, place, rules); !ok) return fail(ok.error());
  if (auto ok = parse_indexes(**members, place, reading.is_stored, rules); !ok)
    return fail(ok.error());
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
  return read(json, strategies, false);
}

Result<Schema> Schema::parse_stored(std::string_view json, const Strategies& strategies) {
  return read(json, strategies, true);
}

Result<Schema> Schema::read(std::string_view json, const Strategies& strategies, bool is_stored) {
  const Reading reading{strategies, is_stored};
  if (json.size() > kSchemaBytesMax) return invalid("document", "has more than 65,536 bytes");
  const auto document = value_from_json(json);
  if (!document) return fail(document.error());
  const auto members = object_at(*document, "document");
  if (!members) return fail(members.error());
  if (auto ok =
          check_members(**members, "", {"name", "version", "collections", "conflicts"}, reading);
      !ok)
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
    if (is_engine_collection(name))
      return invalid("collections." + name, "is the engine's own, as all that begin with $ are");
    auto rules = parse_collection(collection, "collections." + name, reading);
    if (!rules) return fail(rules.error());
    schema.collections_.emplace(name, std::move(*rules));
  }
  const auto bounds = parse_conflict_bounds(**members);
  if (!bounds) return fail(bounds.error());
  schema.conflict_bounds_ = *bounds;
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

}  // namespace syncline
