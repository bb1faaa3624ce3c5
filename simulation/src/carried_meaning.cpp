#include "carried_meaning.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "carried_items.hpp"
#include "carried_put.hpp"
#include "meaning.hpp"
#include "schema_rules.hpp"
#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kTagBytes = kStampBytes + 2;

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
  const bool is_part = before.starts_with(kGroupRule);
  const auto slots = record.fields.find(is_part ? before.substr(kGroupRule.size()) : change.field);
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
    const auto joined = before.starts_with(kGroupRule)
                            ? joined_.find(before.substr(kGroupRule.size()))
                            : joined_.end();
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
    if (after.merge == Merge::kList && !is_return)
      return carry_items(rule_of(before).merge, prefix, *held, slots);
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
  // Those that are not there, or only from before.
  void carry_items(Merge before, const std::string& prefix, const Held& held,
                   const FieldSlots& slots) {
    const auto items = carried_items(before, held.value, held.stamp, slots);
    const auto places = places_of(items, held.stamp);
    const bool is_empty = std::none_of(slots.begin(), slots.end(), [](const auto& slot) {
      return slot.first.size() == 2 * kTagBytes + 1 || slot.first.size() == 3 * kTagBytes + 1;
    });
    for (std::size_t i = 0; i < items.size(); ++i) {
      const CarriedItem& item = items[i];
      const std::string slot = prefix + element_of(item);
      put(prefix, element_of(item), {item.stamp, item.value});
      if (!carried_.registers.contains(slot)) continue;
      const bool is_placed = std::any_of(slots.begin(), slots.end(), [&](const auto& one) {
        return item_moved_by(one.first) == item.id && !is_tombstone(one.second.value);
      });
      if (is_placed) continue;
      if (is_empty) {
        put(prefix, places[i], {item.stamp, *encode_value(Value(true))});
      } else {
        carried_.places.insert_or_assign(prefix + item.id, item.stamp);
      }
    }
  }

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
      const bool is_part = change.after.starts_with(kGroupRule);
      (is_part ? groups[change.after.substr(kGroupRule.size())] : others)
          .emplace_back(&change, rule);
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
