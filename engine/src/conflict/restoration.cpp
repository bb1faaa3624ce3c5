#include "conflict/restoration.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "strategy/raw_slots.hpp"

namespace syncline::conflict {
namespace {

// The field as the transaction sees it; nothing if it, or the record, is absent.
Result<std::optional<Value>> present_value(Transaction& transaction, const Conflict& conflict) {
  const auto record = transaction.get(conflict.collection, conflict.record);
  if (!record) return fail(record.error());
  if (!*record) return std::nullopt;
  const auto found = (*record)->fields.find(conflict.field);
  if (found == (*record)->fields.end()) return std::nullopt;
  return found->second;
}

Result<void> put(Transaction& transaction, const Conflict& conflict, Value value) {
  return transaction.patch(conflict.collection, conflict.record,
                           {{conflict.field, std::move(value)}});
}

Result<void> add_to_values(Transaction& transaction, const Conflict& conflict,
                           const Value::Array& lost) {
  const auto present = present_value(transaction, conflict);
  if (!present) return fail(present.error());
  Value::Array values;
  if (*present && (*present)->if_array() != nullptr) values = *(*present)->if_array();
  values.insert(values.end(), lost.begin(), lost.end());
  return put(transaction, conflict, Value(std::move(values)));
}

Result<void> add_to_text(Transaction& transaction, const Conflict& conflict,
                         const std::string& lost) {
  const auto present = present_value(transaction, conflict);
  if (!present) return fail(present.error());
  const std::string* text = *present ? (*present)->if_string() : nullptr;
  if (text == nullptr || text->empty()) return put(transaction, conflict, Value(lost));
  return put(transaction, conflict, Value(lost.empty() ? *text : *text + "\n\n" + lost));
}

Result<void> put_keys(Transaction& transaction, const Conflict& conflict,
                      const Value::Object& lost) {
  for (const auto& [key, value] : lost) {
    auto ok = transaction.put_key(conflict.collection, conflict.record, conflict.field, key, value);
    if (!ok) return ok;
  }
  return {};
}

// Whether the field reads as it does because of the slot that lost, or will as soon as there is a
// record: a deletion that came first hid it, and it still holds what it did. What is a part of a
// group by now is read from the group.
bool is_there(const merge::RecordSlots& slots, const CollectionRules& rules, const Entry& entry) {
  const Conflict& conflict = entry.conflict;
  if (rules.group_of.contains(conflict.field)) return false;
  merge::RecordSlots::Views views = slots.counting(conflict.field);
  const auto held = std::find_if(views.begin(), views.end(), [&](const auto& slot) {
    return slot.element == entry.element && slot.stamp == conflict.lost_stamp;
  });
  if (held == views.end()) return false;
  const strategy::Strategy& strategy = strategy_of_slots(rules, conflict.field);
  const auto with = strategy.resolve(views, slots.deletion());
  views.erase(held);
  return with != strategy.resolve(views, slots.deletion());
}

// Only the strategy knows what its slots mean to each other, so the others stay as they are.
Result<void> put_slot(Transaction& transaction, const merge::RecordSlots& slots,
                      const Entry& entry) {
  auto raw = strategy::raw_slots_with(slots.counting(entry.conflict.field), entry.element,
                                      entry.register_value);
  if (!raw) return fail(raw.error());
  return put(transaction, entry.conflict, std::move(*raw));
}

}  // namespace

Result<void> write_back(Transaction& transaction, const merge::RecordSlots& slots,
                        const Schema& schema, const Entry& entry) {
  const Conflict& conflict = entry.conflict;
  const CollectionRules& rules = schema.collection(conflict.collection);
  const Value& lost = conflict.lost;
  if (is_there(slots, rules, entry)) {
    return slots.exists() ? Result<void>()
                          : transaction.patch(conflict.collection, conflict.record, {});
  }
  if (rules.groups.contains(conflict.field) && lost.if_object() != nullptr)
    return transaction.patch(conflict.collection, conflict.record, *lost.if_object());
  switch (rules.field(conflict.field).merge) {
    case Merge::kCounter:
      // What lost as a value of another rule is no amount.
      if (const auto* amount = lost.if_int64(); amount != nullptr && !entry.element.empty())
        return transaction.increment(conflict.collection, conflict.record, conflict.field, *amount);
      break;
    case Merge::kSet:
    case Merge::kList:
      if (const auto* items = lost.if_array())
        return transaction.add(conflict.collection, conflict.record, conflict.field, *items);
      break;
    case Merge::kMap:
      if (const auto* keys = lost.if_object()) return put_keys(transaction, conflict, *keys);
      break;
    case Merge::kMulti:
      if (const auto* values = lost.if_array())
        return add_to_values(transaction, conflict, *values);
      break;
    case Merge::kMergeText:
      if (const auto* text = lost.if_string()) return add_to_text(transaction, conflict, *text);
      break;
    case Merge::kCustom:
      return put_slot(transaction, slots, entry);
    default:
      break;
  }
  return put(transaction, conflict, lost);
}

}  // namespace syncline::conflict
