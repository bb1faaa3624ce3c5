#include "place.hpp"

#include <algorithm>
#include <vector>

#include "syncline/strategy.hpp"

namespace syncline::simulation {
namespace {

constexpr std::uint64_t kRecords = 4;
constexpr std::uint64_t kItems = 5;
constexpr std::string_view kUndeclared = "undeclared";

}  // namespace

std::string shown(const Place& place) {
  return place.collection + "/" + place.record + "." + place.field;
}

bool is_missing(const FieldRule& rule) {
  if (rule.merge != Merge::kCustom) return false;
  const auto written = rule.custom->write(strategy::Clear{}, {}, {});
  return !written && written.error().code == Code::kStrategyMissing;
}

bool is_not_offered(const Place& place, const Result<void>& result) {
  if (place.merge != Merge::kCustom || result) return false;
  const Code code = result.error().code;
  return code == Code::kStrategyMissing || code == Code::kWrongStrategy ||
         code == Code::kTypeMismatch;
}

FieldType put_type(const FieldRule& rule) {
  if (rule.type != FieldType::kAny) return rule.type;
  switch (rule.merge) {
    case Merge::kMin:
    case Merge::kMax:
      return FieldType::kNumber;
    case Merge::kMergeText:
      return FieldType::kString;
    default:
      return rule.type;
  }
}

void set_rule(Place& place, const FieldRule& rule) {
  place.merge = rule.merge;
  place.type = put_type(rule);
  place.is_missing = is_missing(rule);
}

Place choose_place(const Schema& schema, SeededRandom& random) {
  Place place;
  const auto names = schema.collection_names();
  place.collection = names.empty() || random.below(20) == 0 ? std::string(kUndeclared)
                                                            : names[random.below(names.size())];
  place.record = "r" + std::to_string(random.below(kRecords));
  const CollectionRules& rules = schema.collection(place.collection);
  std::vector<std::string> fields;
  fields.reserve(rules.fields.size() + rules.group_of.size());
  for (const auto& [name, rule] : rules.fields) fields.push_back(name);
  for (const auto& [part, group] : rules.group_of) fields.push_back(part);
  place.field = fields.empty() || random.below(10) == 0 ? std::string(kUndeclared)
                                                        : fields[random.below(fields.size())];
  set_rule(place, rules.field(place.field));
  return place;
}

Value value_of(FieldType type, SeededRandom& random) {
  switch (type) {
    case FieldType::kBoolean:
      return Value(random.below(2) == 0);
    case FieldType::kInteger:
      return Value(random.between(-20, 20));
    case FieldType::kNumber:
      return random.below(2) == 0 ? Value(random.between(-20, 20))
                                  : Value(static_cast<double>(random.between(-40, 40)) / 4);
    case FieldType::kString:
      return Value(std::string(1 + random.below(12), static_cast<char>('a' + random.below(26))));
    case FieldType::kBytes:
      return Value(Bytes{std::string(random.below(6), static_cast<char>(random.below(256)))});
    case FieldType::kAny:
    case FieldType::kJson:
      break;
  }
  switch (random.below(5)) {
    case 0:
      return Value();
    case 1:
      return Value(Value::Array{Value(random.between(0, 9)), Value("x")});
    case 2:
      return Value(Value::Object{{"k", Value(random.between(0, 9))}});
    default:
      return Value(random.between(0, 99));
  }
}

Value item_of(FieldType type, SeededRandom& random) {
  SeededRandom few(random.below(kItems));
  return value_of(type, few);
}

std::string key_of_map(SeededRandom& random) { return "k" + std::to_string(random.below(kItems)); }

Value read_after_put(Merge merge, const Value& value) {
  if (merge != Merge::kMulti) return value;
  const auto* values = value.if_array();
  if (values == nullptr) return Value(Value::Array{value});
  Value::Array distinct;
  for (const Value& one : *values) {
    if (std::find(distinct.begin(), distinct.end(), one) == distinct.end()) distinct.push_back(one);
  }
  return Value(std::move(distinct));
}

const Value* field_of(const std::optional<Record>& record, std::string_view field) {
  if (!record) return nullptr;
  const auto found = record->fields.find(field);
  return found == record->fields.end() ? nullptr : &found->second;
}

std::optional<std::string> difference(const Value::Object& a, const Value::Object& b,
                                      std::string_view but) {
  for (const auto* fields : {&a, &b}) {
    for (const auto& [name, value] : *fields) {
      if (name == but || name == kEchoField) continue;
      const auto here = a.find(name);
      const auto there = b.find(name);
      if (here == a.end() || there == b.end() || !(here->second == there->second)) return name;
    }
  }
  return std::nullopt;
}

}  // namespace syncline::simulation
