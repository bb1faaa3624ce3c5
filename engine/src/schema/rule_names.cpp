#include "schema/rule_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "syncline/slot.hpp"

namespace syncline {
namespace {

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

}  // namespace

namespace schema {

Result<FieldRule> rule_of_name(std::string_view name, const Strategies& strategies) {
  FieldRule rule;
  if (name.starts_with(kCustomPrefix)) {
    rule.merge = Merge::kCustom;
    rule.custom_name = name.substr(kCustomPrefix.size());
    rule.custom = strategies.find(rule.custom_name);
    if (auto ok = check_field(rule.custom_name); !ok) return fail(ok.error());
    return rule;
  }
  const auto* found = std::find_if(kMergeNames.begin(), kMergeNames.end(),
                                   [&](const auto& entry) { return entry.second == name; });
  if (found == kMergeNames.end() || found->first == Merge::kGroup ||
      found->first == Merge::kCustom) {
    return fail(Code::kSchemaInvalid, "\"" + std::string(name) + "\" is not a strategy");
  }
  rule.merge = found->first;
  return rule;
}

Result<FieldRule> stored_rule(std::string_view name, const Strategies& strategies) {
  auto rule = rule_of_name(name, strategies);
  if (rule || rule.error().code != Code::kSchemaInvalid) return rule;
  if (auto ok = check_field(name); !ok) return fail(ok.error());
  FieldRule unknown;
  unknown.merge = Merge::kCustom;
  unknown.custom_name = name;
  unknown.custom = Strategies().find(name);
  unknown.is_known = false;
  return unknown;
}

std::optional<FieldType> type_of_name(std::string_view name) {
  const auto* found = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                   [&](const auto& entry) { return entry.second == name; });
  if (found == kTypeNames.end() || found->first == FieldType::kAny) return std::nullopt;
  return found->first;
}

}  // namespace schema

std::string_view merge_name(Merge merge) {
  return kMergeNames.at(static_cast<std::size_t>(merge)).second;
}
std::string strategy_name(const FieldRule& rule) {
  if (rule.merge != Merge::kCustom) return std::string(merge_name(rule.merge));
  return rule.is_known ? std::string(kCustomPrefix) + rule.custom_name : rule.custom_name;
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
