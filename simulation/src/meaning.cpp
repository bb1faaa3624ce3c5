#include "meaning.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "meaning_list.hpp"
#include "place.hpp"
#include "syncline/slot.hpp"
#include "syncline/strategy.hpp"
#include "syncline/value.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kReplicaBytes = 8;
constexpr std::size_t kAccumulatorBytes = kReplicaBytes + kStampBytes;
constexpr std::size_t kTagBytes = kStampBytes + 2;

using Field = FieldSlots;

std::optional<Value> value_of(const Register& held) {
  if (is_tombstone(held.value)) return std::nullopt;
  auto value = decode_value(held.value);
  if (!value) return std::nullopt;
  return std::move(*value);
}

// What the accumulators of the record's present life hold.
std::vector<Value> accumulated(const Field& field, const Stamp& deletion) {
  std::vector<Value> values;
  for (const auto& [element, held] : field) {
    if (element.size() != kAccumulatorBytes) continue;
    if (decode_stamp(std::string_view(element).substr(kReplicaBytes)) != deletion) continue;
    if (auto value = value_of(held)) values.push_back(std::move(*value));
  }
  return values;
}

std::optional<Value> lww(const Field& field) {
  const auto held = field.find("");
  return held == field.end() ? std::nullopt : value_of(held->second);
}

bool is_less(const Value& a, const Value& b) {
  const int order = compare_numbers(a, b);
  return order != 0 ? order < 0 : a.if_int64() != nullptr && b.if_int64() == nullptr;
}

std::optional<Value> extreme(const Field& field, const Stamp& deletion, bool greatest) {
  auto values = accumulated(field, deletion);
  std::erase_if(values, [](const Value& value) {
    return value.if_int64() == nullptr && value.if_double() == nullptr;
  });
  if (values.empty()) return std::nullopt;
  const auto [least, most] = std::minmax_element(values.begin(), values.end(), is_less);
  return greatest ? *most : *least;
}

std::optional<Value> counter(const Field& field, const Stamp& deletion) {
  __extension__ using Wide = __int128;
  std::optional<Wide> sum;
  for (const Value& value : accumulated(field, deletion)) {
    const auto* pair = value.if_array();
    if (pair == nullptr || pair->size() != 2) continue;
    const auto* up = (*pair)[0].if_int64();
    const auto* down = (*pair)[1].if_int64();
    if (up == nullptr || down == nullptr || *up < 0 || *down < 0) continue;
    sum = sum.value_or(0) + *up - *down;
  }
  if (!sum) return std::nullopt;
  using Limits = std::numeric_limits<std::int64_t>;
  return Value(static_cast<std::int64_t>(std::clamp<Wide>(*sum, Limits::min(), Limits::max())));
}

std::optional<Value> set(const Field& field) {
  bool any = false;
  // By the tag of the encoding, then strings and bytes by what they hold.
  std::map<std::pair<char, std::string>, Value> items;
  for (const auto& [element, held] : field) {
    if (element.size() != kTagBytes) continue;
    any = true;
    auto item = value_of(held);
    if (!item) continue;
    const std::string content = item->if_string() != nullptr  ? *item->if_string()
                                : item->if_bytes() != nullptr ? item->if_bytes()->data
                                                              : held.value;
    items.insert_or_assign({held.value.front(), content}, std::move(*item));
  }
  if (!any) return std::nullopt;
  Value::Array array;
  for (auto& [order, item] : items) array.push_back(std::move(item));
  return Value(std::move(array));
}

// The distinct values of a multi-value register, in the order of their stamps. The empty element
// is what the field held as lww.
std::vector<Value> tagged_values(const Field& field) {
  std::map<std::pair<Stamp, std::string>, std::string> ordered;
  for (const auto& [element, held] : field) {
    if ((element.size() == kTagBytes || element.empty()) && value_of(held))
      ordered.emplace(std::pair(held.stamp, element), held.value);
  }
  std::vector<Value> values;
  for (const auto& [order, encoded] : ordered) {
    auto value = *decode_value(encoded);
    if (std::find(values.begin(), values.end(), value) == values.end())
      values.push_back(std::move(value));
  }
  return values;
}

std::optional<Value> multi(const Field& field) {
  auto values = tagged_values(field);
  if (values.empty()) return std::nullopt;
  return Value(Value::Array(std::move(values)));
}

std::optional<Value> merge_text(const Field& field) {
  std::optional<std::string> text;
  for (const Value& value : tagged_values(field)) {
    const auto* one = value.if_string();
    if (one == nullptr) continue;
    const bool is_first = !text || text->empty();
    text = is_first ? *one : one->empty() ? *text : *text + "\n\n" + *one;
  }
  if (!text) return std::nullopt;
  return Value(std::move(*text));
}

std::optional<Value> map(const Field& field) {
  bool any = false;
  Value::Object members;
  for (const auto& [key, held] : field) {
    // A key is text, as a string is.
    if (key.empty() || !encode_value(Value(key))) continue;
    any = true;
    if (auto value = value_of(held)) members.insert_or_assign(key, std::move(*value));
  }
  if (!any) return std::nullopt;
  return Value(std::move(members));
}

std::optional<Value> raw(const Field& field) {
  Value::Array slots;
  for (const auto& [element, held] : field) {
    std::string hex;
    for (const std::uint64_t half :
         {held.stamp.time.packed(), static_cast<std::uint64_t>(held.stamp.replica)})
      hex += to_hex(static_cast<ReplicaId>(half));
    Value::Object slot{{"element", Value(Bytes{element})}, {"stamp", Value(hex)}};
    if (auto value = value_of(held)) slot.emplace("value", std::move(*value));
    slots.emplace_back(std::move(slot));
  }
  if (slots.empty()) return std::nullopt;
  return Value(Value::Object{{"$slots", Value(std::move(slots))}});
}

// There is no second reading of what an app brings.
std::optional<Value> custom(const FieldRule& rule, const Field& field, const Stamp& deletion) {
  if (is_missing(rule)) return raw(field);
  std::vector<strategy::SlotView> slots;
  for (const auto& [element, held] : field) slots.push_back({element, held.stamp, held.value});
  return rule.custom->resolve(slots, deletion);
}

struct RecordMeaning {
  Stamp live;
  Stamp dead;
  std::map<std::string, Field> fields;
};

Value::Object fields_of(const RecordMeaning& record, const CollectionRules& rules) {
  Value::Object fields;
  for (const auto& [name, slots] : record.fields) {
    if (rules.group(name) != nullptr) continue;
    Field counting = slots;
    std::erase_if(counting, [&](const auto& slot) { return slot.second.stamp <= record.dead; });
    const auto group = rules.groups.find(name);
    auto value = group == rules.groups.end()
                     ? meaning_of_field(rules.field(name), counting, record.dead)
                     : lww(counting);
    if (!value) continue;
    if (group == rules.groups.end()) {
      fields.insert_or_assign(name, std::move(*value));
    } else if (const auto* parts = value->if_object()) {
      for (const std::string& part : group->second) {
        if (const auto found = parts->find(part); found != parts->end())
          fields.insert_or_assign(part, found->second);
      }
    }
  }
  return fields;
}

}  // namespace

std::optional<Value> meaning_of_field(const FieldRule& rule, const FieldSlots& field,
                                      const Stamp& deletion) {
  const Merge merge = rule.merge;
  switch (merge) {
    case Merge::kMin:
    case Merge::kMax:
      return extreme(field, deletion, merge == Merge::kMax);
    case Merge::kCounter:
      return counter(field, deletion);
    case Merge::kSet:
      return set(field);
    case Merge::kMap:
      return map(field);
    case Merge::kMulti:
      return multi(field);
    case Merge::kMergeText:
      return merge_text(field);
    case Merge::kList:
      return meaning_of_list(field);
    case Merge::kCustom:
      return custom(rule, field, deletion);
    case Merge::kLww:
    case Merge::kGroup:
      break;
  }
  return lww(field);
}

std::string without_stamps(std::string meaning) {
  constexpr std::string_view kMember = R"("stamp":")";
  std::size_t at = 0;
  while ((at = meaning.find(kMember, at)) != std::string::npos) {
    at += kMember.size();
    meaning.erase(at, std::min(meaning.find('"', at), meaning.size()) - at);
  }
  return meaning;
}

CollectionRules rules_of(const Schema& schema, const std::string& collection) {
  const auto names = schema.collection_names();
  const bool is_named = std::find(names.begin(), names.end(), collection) != names.end();
  return is_named ? schema.collection(collection) : CollectionRules{};
}

std::string record_line(const std::string& collection, const std::string& record,
                        const Value::Object& fields) {
  return collection + "/" + record + " " + value_to_json(Value(fields)) + "\n";
}

std::string meaning_of(const Slots& slots, const Schema& schema) {
  std::map<std::pair<std::string, std::string>, RecordMeaning> records;
  for (const auto& [slot, held] : slots) {
    const auto parts = split_slot_key(slot);
    RecordMeaning& record = records[{std::string(parts->collection), std::string(parts->record)}];
    if (!parts->field.empty()) {
      record.fields[std::string(parts->field)].emplace(parts->element, held);
    } else if (parts->element == kLiveElement) {
      record.live = held.stamp;
    } else if (parts->element == kDeadElement) {
      record.dead = held.stamp;
    }
  }
  std::string text;
  for (const auto& [name, record] : records) {
    if (record.live <= record.dead) continue;
    text += record_line(name.first, name.second, fields_of(record, rules_of(schema, name.first)));
  }
  return text;
}

}  // namespace syncline::simulation
