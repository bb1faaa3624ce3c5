#include "carried_meaning.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "carried_put.hpp"
#include "meaning.hpp"
#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

constexpr std::string_view kGroup = "group ";

FieldRule rule_of(const std::string& words) {
  FieldRule rule;
  for (const Merge merge : {Merge::kLww, Merge::kMin, Merge::kMax, Merge::kCounter, Merge::kSet,
                            Merge::kMap, Merge::kMulti, Merge::kMergeText, Merge::kList}) {
    if (merge_name(merge) == words) rule.merge = merge;
  }
  if (words.starts_with(kGroup)) rule.merge = Merge::kGroup;
  if (words.starts_with("custom:")) rule.merge = Merge::kCustom;
  return rule;
}

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

// A field of two schemas.
struct FieldChange {
  std::string collection;
  std::string field;
  std::string before;  // in words; empty is not declared
  std::string after;
  std::vector<std::string> former;
  bool is_changed = false;
  bool is_declared = false;  // by the second
};

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
    const std::string group = rule.starts_with(kGroup) ? rule.substr(kGroup.size()) : "";
    change.is_changed = before.groups.contains(group) && after.groups.contains(group);
  }
  return change;
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

// The rule whose values the field may hold; empty if there is none.
std::string rule_before(const FieldChange& change) {
  if (change.is_changed) return change.before.empty() ? "lww" : change.before;
  const auto last = std::find_if(change.former.rbegin(), change.former.rend(),
                                 [&](const auto& rule) { return rule != change.after; });
  if (last != change.former.rend()) return *last;
  const Merge merge = rule_of(change.after).merge;
  const bool reads_lww = merge == Merge::kLww || merge == Merge::kMulti ||
                         merge == Merge::kMergeText || merge == Merge::kCustom;
  return reads_lww ? "" : "lww";
}

// The slots of a record that count, by field, and its deletion.
struct RecordSlots {
  Stamp deletion;
  std::map<std::string, FieldSlots> fields;
};
using Records = std::map<std::pair<std::string, std::string>, RecordSlots>;

Records records_of(const Slots& slots) {
  Records records;
  for (const auto& [slot, held] : slots) {
    const auto parts = *split_slot_key(slot);
    RecordSlots& record = records[{std::string(parts.collection), std::string(parts.record)}];
    if (parts.field.empty()) {
      if (parts.element == kDeadElement) record.deletion = held.stamp;
    } else {
      record.fields[std::string(parts.field)].emplace(parts.element, held);
    }
  }
  for (auto& [name, record] : records) {
    for (auto& [field, held] : record.fields)
      std::erase_if(held, [&](const auto& one) { return one.second.stamp <= record.deletion; });
  }
  return records;
}

// What a field holds, and of when that is.
struct Held {
  Value value;
  Stamp stamp;
};

bool reads(const FieldRule& rule, const std::string& element, const Register& held,
           const Stamp& deletion) {
  return meaning_of_field(rule, {{element, held}}, deletion).has_value();
}

std::optional<Held> latest_of(const FieldSlots& slots) {
  const auto* latest = greatest_live(slots);
  if (latest == nullptr) return std::nullopt;
  return Held{*decode_value(latest->second.value), latest->second.stamp};
}

std::optional<Held> held_by(const FieldRule& rule, const FieldSlots& slots, const Stamp& deletion,
                            Merge after) {
  if (rule.merge == Merge::kCustom) return std::nullopt;
  if (rule.merge == Merge::kMulti && after != Merge::kList) return latest_of(slots);
  if (rule.merge == Merge::kMergeText) {
    const auto* latest = greatest_live(slots);
    if (latest != nullptr && latest->first.empty()) return latest_of(slots);
  }
  auto value = meaning_of_field(rule, slots, deletion);
  if (!value) return std::nullopt;
  Held held{std::move(*value), {}};
  for (const auto& [element, slot] : slots) {
    if (reads(rule, element, slot, deletion)) held.stamp = std::max(held.stamp, slot.stamp);
  }
  return held;
}

std::optional<Held> held_before(const FieldChange& change, const std::string& before,
                                const RecordSlots& record) {
  const bool is_part = before.starts_with(kGroup);
  const auto slots = record.fields.find(is_part ? before.substr(kGroup.size()) : change.field);
  if (slots == record.fields.end()) return std::nullopt;
  if (!is_part)
    return held_by(rule_of(before), slots->second, record.deletion, rule_of(change.after).merge);
  const auto object = held_by({}, slots->second, record.deletion, Merge::kLww);
  const auto* parts = object ? object->value.if_object() : nullptr;
  if (parts == nullptr || !parts->contains(change.field)) return std::nullopt;
  return Held{parts->find(change.field)->second, object->stamp};
}

bool had_it(const FieldChange& change, Merge after, const std::string& name) {
  return std::any_of(change.former.begin(), change.former.end(), [&](const std::string& rule) {
    return rule == name || reads_the_same(rule_of(rule).merge, after);
  });
}

class Carrier {
 public:
  Carrier(const Slots& slots, CarriedOver& carried) : slots_(slots), carried_(carried) {}

  void carry(const FieldChange& change, const std::string& before, const std::string& record_name,
             const RecordSlots& record) {
    auto held = held_before(change, before, record);
    if (!held) return;
    const auto joined =
        before.starts_with(kGroup) ? joined_.find(before.substr(kGroup.size())) : joined_.end();
    if (joined != joined_.end()) held->stamp = std::max(held->stamp, joined->second);
    const FieldRule after = rule_of(change.after);
    // No strategy of the family is registered, and one that is not refuses every value.
    if (after.merge == Merge::kCustom) return;
    static const FieldSlots kNone;
    const auto found = record.fields.find(change.field);
    const FieldSlots& slots = found == record.fields.end() ? kNone : found->second;
    const std::string prefix = change.collection + '\0' + record_name + '\0' + change.field + '\0';
    if (reads_the_same(rule_of(before).merge, after.merge)) {
      const auto first = slots.find("");
      if (after.merge != Merge::kSet || first == slots.end() || is_tombstone(first->second.value))
        return;
      return put(prefix, tag_named(first->second.stamp, 0), first->second);
    }
    const bool is_return = had_it(change, after.merge, change.after);
    const auto is_later = [&](const auto& slot) {
      return !slot.first.empty() && slot.second.stamp >= held->stamp &&
             (is_tagged(after.merge) ? slot.first.size() == kStampBytes + 2
                                     : reads(after, slot.first, slot.second, record.deletion));
    };
    if (is_return && std::any_of(slots.begin(), slots.end(), is_later)) return;
    FieldSlots seen;
    for (const auto& slot : slots) {
      if (is_return && slot.second.stamp <= held->stamp) seen.insert(slot);
    }
    if (after.merge == Merge::kList && !seen.empty())
      return carried_.lists.push_back(
          {prefix, *encode_value(as_items(held->value)), held->stamp, record.deletion});
    const auto written =
        carried_put({after.merge, rule_of(before).merge, held->stamp, record.deletion, is_return},
                    held->value, seen);
    for (const auto& [element, value] : written) put(prefix, element, {held->stamp, value});
  }

  void carry_into_group(const std::string& collection, const std::string& group,
                        const std::vector<std::pair<const FieldChange*, std::string>>& parts,
                        const std::string& record_name, const RecordSlots& record) {
    Stamp held_until;
    Value::Object object;
    if (const auto slots = record.fields.find(group); slots != record.fields.end()) {
      if (const auto own = slots->second.find(""); own != slots->second.end()) {
        held_until = own->second.stamp;
        if (const auto value = meaning_of_field({}, slots->second, record.deletion);
            value && value->if_object() != nullptr)
          object = *value->if_object();
      }
    }
    Stamp latest = held_until;
    for (const auto& [change, before] : parts) {
      const auto held = held_before(*change, before, record);
      if (!held || held->stamp <= held_until) continue;
      object.insert_or_assign(change->field, held->value);
      latest = std::max(latest, held->stamp);
    }
    if (latest == held_until) return;
    joined_.insert_or_assign(group, latest);
    put(collection + '\0' + record_name + '\0' + group + '\0', "",
        {latest, *encode_value(Value(object))});
  }

 private:
  void put(const std::string& prefix, const std::string& element, const Register& written) {
    const auto held = slots_.find(prefix + element);
    if (held == slots_.end() || held->second < written)
      carried_.registers.insert_or_assign(prefix + element, written);
  }

  const Slots& slots_;
  CarriedOver& carried_;
  std::map<std::string, Stamp> joined_;  // what the registers of groups have got
};

}  // namespace

std::string rule_in_words(const CollectionRules& rules, const std::string& field) {
  if (const auto* group = rules.group(field)) return std::string(kGroup) + *group;
  const auto found = rules.fields.find(field);
  return found == rules.fields.end() ? std::string() : strategy_name(found->second);
}

bool changes_rules(const SchemaAccount& account, const Schema& before, const Schema& after) {
  const auto changes = changes_of(account, before, after);
  return std::any_of(changes.begin(), changes.end(),
                     [](const FieldChange& change) { return change.is_changed; });
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

CarriedOver carried_meaning(const Slots& slots, const SchemaAccount& account, const Schema& before,
                            const Schema& after) {
  CarriedOver carried;
  const Records records = records_of(slots);
  std::vector<FieldChange> changes = changes_of(account, before, after);
  std::erase_if(changes, [](const auto& one) { return !one.is_changed && !one.is_declared; });
  for (FieldChange& change : changes) {
    if (change.after.empty()) change.after = "lww";
  }
  using Part = std::pair<const FieldChange*, std::string>;
  for (const auto& [name, record] : records) {
    Carrier carrier(slots, carried);
    std::map<std::string, std::vector<Part>> groups;
    std::vector<Part> others;
    for (const FieldChange& change : changes) {
      if (change.collection != name.first) continue;
      const std::string rule = rule_before(change);
      if (rule.empty() || rule == change.after) continue;
      const bool is_part = change.after.starts_with(kGroup);
      (is_part ? groups[change.after.substr(kGroup.size())] : others).emplace_back(&change, rule);
    }
    for (const auto& [group, parts] : groups)
      carrier.carry_into_group(name.first, group, parts, name.second, record);
    for (const auto& [change, rule] : others) carrier.carry(*change, rule, name.second, record);
  }
  return carried;
}

std::string items_of(const Slots& slots, const CarriedOver::List& list) {
  FieldSlots field;
  for (auto slot = slots.lower_bound(list.prefix);
       slot != slots.end() && slot->first.starts_with(list.prefix); ++slot) {
    const Stamp& stamp = slot->second.stamp;
    if (stamp > list.deletion && stamp <= list.stamp)
      field.emplace(slot->first.substr(list.prefix.size()), slot->second);
  }
  FieldRule rule;
  rule.merge = Merge::kList;
  const auto value = meaning_of_field(rule, field, list.deletion);
  return *encode_value(value.value_or(Value(Value::Array{})));
}

}  // namespace syncline::simulation
