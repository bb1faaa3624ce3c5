#include "schema/index_rules.hpp"

#include <algorithm>
#include <utility>

#include "schema/document.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"

namespace syncline::schema {
namespace {

Result<IndexRule> parse_index(const Value& document, const std::string& place,
                              const CollectionRules& rules) {
  const auto members = object_at(document, place);
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, place, {"fields"}); !ok) return fail(ok.error());
  const std::string inner = place + ".fields";
  const auto listed = (*members)->find("fields");
  const auto* fields = listed == (*members)->end() ? nullptr : listed->second.if_array();
  if (fields == nullptr || fields->empty() || fields->size() > kIndexFieldsMax) {
    return invalid(inner,
                   "has to be an array of 1 to " + std::to_string(kIndexFieldsMax) + " fields");
  }
  IndexRule rule;
  for (const Value& item : *fields) {
    const auto* field = item.if_string();
    if (field == nullptr || !check_field(*field)) return invalid(inner, "has to hold field names");
    if (rules.groups.contains(*field))
      return invalid(inner, "\"" + *field + "\" is a group, whose parts can be indexed");
    if (rules.field(*field).merge == Merge::kCustom)
      return invalid(inner, "\"" + *field + "\" is merged by a strategy of the app's own");
    if (std::find(rule.fields.begin(), rule.fields.end(), *field) != rule.fields.end())
      return invalid(inner, "\"" + *field + "\" is there twice");
    rule.fields.push_back(*field);
  }
  return rule;
}

}  // namespace

Result<void> parse_indexes(const Value::Object& collection, const std::string& place,
                           bool is_stored, CollectionRules& rules) {
  const auto found = collection.find("indexes");
  if (found == collection.end()) return {};
  const std::string inner = place + ".indexes";
  const auto indexes = object_at(found->second, inner);
  if (!indexes) return fail(indexes.error());
  if ((*indexes)->size() > kIndexesMax && !is_stored)
    return invalid(inner, "has more than " + std::to_string(kIndexesMax) + " indexes");
  for (const auto& [name, document] : **indexes) {
    // An index is named as a field is.
    if (auto ok = check_field(name); !ok) return invalid(inner, ok.error().message);
    auto rule = parse_index(document, inner + "." + name, rules);
    if (!rule && is_stored) continue;
    if (!rule) return fail(rule.error());
    rules.indexes.emplace(name, std::move(*rule));
  }
  return {};
}

}  // namespace syncline::schema
