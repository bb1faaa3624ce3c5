#include "schema_rules.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "meaning.hpp"
#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

std::set<std::string> fields_of(const CollectionRules& rules) {
  std::set<std::string> fields;
  for (const auto& [name, rule] : rules.fields) fields.insert(name);
  for (const auto& [part, group] : rules.group_of) fields.insert(part);
  return fields;
}

std::set<std::string> collections_of(const Schema& before, const Schema& after) {
  std::set<std::string> names;
  for (auto& name : before.collection_names()) names.insert(std::move(name));
  for (auto& name : after.collection_names()) names.insert(std::move(name));
  return names;
}

FieldChange change_of(const SchemaAccount& account, const std::string& collection,
                      const std::string& field, const CollectionRules& before,
                      const CollectionRules& after) {
  FieldChange change{
      collection, field, rule_in_words(before, field), rule_in_words(after, field), {},
      false,      false};
  if (const auto found = account.former.find({collection, field}); found != account.former.end())
    change.former = found->second;
  change.is_declared = !change.after.empty();
  if (change.before.empty() && change.is_declared && !change.former.empty())
    change.before = change.former.back();
  if (change.before == change.after) return change;
  change.is_changed = !change.before.empty() && !change.after.empty();
  if (!change.is_changed) {
    const std::string& rule = change.before + change.after;
    const std::string group = rule.starts_with(kGroupRule) ? rule.substr(kGroupRule.size()) : "";
    change.is_changed = before.groups.contains(group) && after.groups.contains(group);
  }
  return change;
}

bool reads_lww(const std::string& words) {
  const Merge merge = rule_of(words).merge;
  return merge == Merge::kLww || merge == Merge::kMulti || merge == Merge::kMergeText ||
         merge == Merge::kCustom;
}

// Whether any record has a value of the field from when no schema declared it.
bool is_held(const Slots& slots, const FieldChange& change) {
  return std::any_of(slots.begin(), slots.end(), [&](const auto& slot) {
    const auto parts = *split_slot_key(slot.first);
    if (parts.collection != change.collection || parts.field != change.field ||
        !parts.element.empty() || is_tombstone(slot.second.value))
      return false;
    const auto dead = slots.find(change.collection + '\0' + std::string(parts.record) + '\0' +
                                 '\0' + std::string(kDeadElement));
    return dead == slots.end() || slot.second.stamp > dead->second.stamp;
  });
}

}  // namespace

FieldRule rule_of(const std::string& words) {
  FieldRule rule;
  for (const Merge merge : {Merge::kLww, Merge::kMin, Merge::kMax, Merge::kCounter, Merge::kSet,
                            Merge::kMap, Merge::kMulti, Merge::kMergeText, Merge::kList}) {
    if (merge_name(merge) == words) rule.merge = merge;
  }
  if (words.starts_with(kGroupRule)) rule.merge = Merge::kGroup;
  if (words.starts_with("custom:")) rule.merge = Merge::kCustom;
  return rule;
}

std::vector<FieldChange> changes_of(const SchemaAccount& account, const Schema& before,
                                    const Schema& after) {
  std::vector<FieldChange> changes;
  for (const std::string& collection : collections_of(before, after)) {
    const CollectionRules rules_before = rules_of(before, collection);
    const CollectionRules rules_after = rules_of(after, collection);
    std::set<std::string> fields = fields_of(rules_before);
    fields.merge(fields_of(rules_after));
    for (const std::string& field : fields)
      changes.push_back(change_of(account, collection, field, rules_before, rules_after));
  }
  return changes;
}

std::string rule_before(const FieldChange& change) {
  if (change.is_changed) return change.before.empty() ? "lww" : change.before;
  const auto last = std::find_if(change.former.rbegin(), change.former.rend(),
                                 [&](const auto& rule) { return rule != change.after; });
  if (last != change.former.rend()) return *last;
  return reads_lww(change.after) ? "" : "lww";
}

std::string rule_in_words(const CollectionRules& rules, const std::string& field) {
  if (const auto* group = rules.group(field)) return std::string(kGroupRule) + *group;
  const auto found = rules.fields.find(field);
  return found == rules.fields.end() ? std::string() : strategy_name(found->second);
}

bool changes_rules(const SchemaAccount& account, const Schema& before, const Schema& after) {
  const auto changes = changes_of(account, before, after);
  return std::any_of(changes.begin(), changes.end(),
                     [](const FieldChange& change) { return change.is_changed; });
}

bool declares_what_is_held(const DeviceAccount& account, const Schema& before,
                           const Schema& after) {
  const auto changes = changes_of(account.schema, before, after);
  return std::any_of(changes.begin(), changes.end(), [&](const FieldChange& change) {
    return change.is_declared && change.before.empty() && !change.is_changed &&
           !reads_lww(change.after) && is_held(account.slots, change);
  });
}

void note_former(SchemaAccount& account, const Schema& before, const Schema& after) {
  for (const FieldChange& change : changes_of(account, before, after)) {
    if (change.before.empty() || change.before == change.after) continue;
    if (!change.is_changed && change.before == "lww" && change.former.empty()) continue;
    auto& former = account.former[{change.collection, change.field}];
    std::erase(former, change.before);
    former.push_back(change.before);
  }
}

}  // namespace syncline::simulation
