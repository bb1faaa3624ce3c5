#include "merge/record_slots.hpp"

#include <algorithm>

namespace syncline::merge {
namespace {

// A field's mutation as the slots' own strategy sees it: that of its group, where it is in one.
struct Target {
  std::string_view slot_field;
  const strategy::Strategy& strategy;
  FieldType type;
};

Target target_of(const CollectionRules& rules, std::string_view field) {
  const FieldRule& rule = rules.field(field);
  if (const std::string* group = rules.group(field)) {
    return {*group, strategy::group_strategy(), rule.type};
  }
  return {field, strategy::strategy_of(rule), rule.type};
}

Result<strategy::Mutation> for_group(std::string_view field, const strategy::Mutation& mutation,
                                     FieldType type) {
  if (const auto* put = std::get_if<strategy::Put>(&mutation)) {
    if (auto typed = strategy::encode_typed(put->value, type); !typed) return fail(typed.error());
    Value::Object part;
    part.emplace(field, put->value);
    return strategy::Put{Value(std::move(part))};
  }
  if (std::holds_alternative<strategy::Clear>(mutation))
    return strategy::ClearKey{std::string(field)};
  return strategy::wrong_strategy("group");
}

}  // namespace

void RecordSlots::load(std::string_view field, std::string_view element, Register value) {
  latest_ = std::max(latest_, value.stamp.time);
  auto found = fields_.find(field);
  if (found == fields_.end()) found = fields_.emplace(field, Field()).first;
  found->second.insert_or_assign(std::string(element), std::move(value));
}

const Register* RecordSlots::find(std::string_view field, std::string_view element) const {
  const auto slots = fields_.find(field);
  if (slots == fields_.end()) return nullptr;
  const auto found = slots->second.find(element);
  return found == slots->second.end() ? nullptr : &found->second;
}

Stamp RecordSlots::deletion() const {
  const Register* dead = find({}, kDeadElement);
  return dead == nullptr ? Stamp{} : dead->stamp;
}

bool RecordSlots::exists() const {
  const Register* live = find({}, kLiveElement);
  return live != nullptr && live->stamp > deletion();
}

RecordSlots::Views RecordSlots::counting(const Field& field, const Stamp& deletion) {
  Views views;
  views.reserve(field.size());
  for (const auto& [element, slot] : field) {
    if (slot.stamp > deletion) views.push_back({element, slot.stamp, slot.value});
  }
  return views;
}

RecordSlots::Views RecordSlots::counting(std::string_view field) const {
  const auto slots = fields_.find(field);
  return slots == fields_.end() ? Views() : counting(slots->second, deletion());
}

RecordSlots::Views RecordSlots::seen_by(const strategy::Strategy& strategy,
                                        const strategy::Mutation& mutation,
                                        std::string_view field) const {
  const auto slots = fields_.find(field);
  if (slots == fields_.end()) return {};
  const auto only = strategy.only_element(mutation);
  if (!only) return counting(slots->second, deletion());
  const auto slot = slots->second.find(*only);
  if (slot == slots->second.end() || slot->second.stamp <= deletion()) return {};
  return {{slot->first, slot->second.stamp, slot->second.value}};
}

std::optional<Value::Object> RecordSlots::resolve(const CollectionRules& rules) const {
  if (!exists()) return std::nullopt;
  return resolve_fields(rules);
}

Value::Object RecordSlots::resolve_fields(const CollectionRules& rules) const {
  const Stamp dead = deletion();
  Value::Object resolved;
  for (const auto& [name, field] : fields_) {
    if (name.empty() || rules.group(name) != nullptr) continue;
    const Views views = counting(field, dead);
    if (const auto group = rules.groups.find(name); group != rules.groups.end()) {
      auto tuple = strategy::group_strategy().resolve(views, dead);
      if (!tuple) continue;
      // A part that this schema does not name is another schema's, and is kept but not shown.
      for (const std::string& part : group->second) {
        const auto found = tuple->if_object()->find(part);
        if (found != tuple->if_object()->end())
          resolved.insert_or_assign(part, std::move(found->second));
      }
      continue;
    }
    if (auto value = strategy::strategy_of(rules.field(name)).resolve(views, dead)) {
      resolved.insert_or_assign(name, std::move(*value));
    }
  }
  return resolved;
}

Result<void> RecordSlots::write(const CollectionRules& rules, std::string_view field,
                                const strategy::Mutation& mutation, const Stamp& stamp,
                                const OnWrite& on_write) {
  const auto named = [&](Error error) {
    error.message = "field " + std::string(field) + ": " + error.message;
    return fail(std::move(error));
  };
  if (auto ok = check_field(field); !ok) return fail(ok.error());
  if (rules.groups.contains(field)) {
    return fail(Code::kWrongStrategy,
                "field " + std::string(field) + ": is a group, whose parts are written");
  }
  const Target target = target_of(rules, field);
  strategy::Mutation applied = mutation;
  if (rules.group(field) != nullptr) {
    auto grouped = for_group(field, mutation, target.type);
    if (!grouped) return named(grouped.error());
    applied = std::move(*grouped);
  }
  const Stamp dead = deletion();
  const Views views = seen_by(target.strategy, applied, target.slot_field);
  auto writes = target.strategy.write(applied, views, {stamp, dead, target.type});
  if (!writes) return named(writes.error());
  for (const strategy::SlotWrite& write : *writes) {
    if (auto ok = check_element(write.element); !ok) return named(ok.error());
  }
  if (writes->empty()) return {};
  revive(rules, stamp, on_write);
  for (strategy::SlotWrite& write : *writes) {
    set(target.slot_field, write.element, {stamp, std::move(write.value)}, on_write);
  }
  return {};
}

void RecordSlots::revive(const CollectionRules& rules, const Stamp& stamp,
                         const OnWrite& on_write) {
  if (exists() && rules.delete_rule == DeleteRule::kEditLoses) return;
  static const std::string kTrue = *encode_value(Value(true));
  set({}, kLiveElement, {stamp, kTrue}, on_write);
}

bool RecordSlots::erase(const Stamp& stamp, const OnWrite& on_write) {
  if (!exists()) return false;
  static const std::string kTrue = *encode_value(Value(true));
  set({}, kDeadElement, {stamp, kTrue}, on_write);
  return true;
}

void RecordSlots::take_back() {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    const auto field = fields_.find(change->field);
    if (change->value) {
      field->second.insert_or_assign(std::move(change->element), std::move(*change->value));
    } else {
      field->second.erase(change->element);
      if (field->second.empty()) fields_.erase(field);
    }
    latest_ = change->latest;
  }
  changes_.clear();
}

void RecordSlots::set(std::string_view field, std::string_view element, Register value,
                      const OnWrite& on_write) {
  on_write(field, element, value);
  Before before{std::string(field), std::string(element), std::nullopt, latest_};
  if (const auto slots = fields_.find(field); slots != fields_.end()) {
    if (const auto slot = slots->second.find(element); slot != slots->second.end())
      before.value = slot->second;
  }
  changes_.push_back(std::move(before));
  load(field, element, std::move(value));
}

}  // namespace syncline::merge
