#include "schema/former_rules.hpp"

#include <algorithm>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"

namespace syncline::schema {
namespace {

constexpr char kFormat = 0x01;
constexpr std::string_view kGroupPrefix = "group ";
// `custom:` before a name is longer than `group `.
constexpr std::size_t kRuleBytesMax = kFieldBytesMax + std::string_view("custom:").size();

bool is_rule(std::string_view text) { return !text.empty() && text.size() <= kRuleBytesMax; }

}  // namespace

void FormerRules::add(const Field& field, const std::string& rule) {
  Names& names = fields_[field];
  std::erase(names, rule);
  names.push_back(rule);
}

const FormerRules::Names& FormerRules::of(const Field& field) const {
  static const Names kNone;
  const auto found = fields_.find(field);
  return found == fields_.end() ? kNone : found->second;
}

std::string encode_former_rules(const FormerRules& rules) {
  std::string out{kFormat};
  codec::append_varint(out, static_cast<std::uint32_t>(rules.all().size()));
  for (const auto& [field, names] : rules.all()) {
    codec::append_sized(out, field.first);
    codec::append_sized(out, field.second);
    codec::append_varint(out, static_cast<std::uint32_t>(names.size()));
    for (const std::string& name : names) codec::append_sized(out, name);
  }
  return out;
}

std::optional<FormerRules> decode_former_rules(std::string_view bytes) {
  codec::Reader reader(bytes);
  const auto format = reader.take_u8();
  const auto count = reader.take_varint();
  if (!format || static_cast<char>(*format) != kFormat || !count) return std::nullopt;
  FormerRules rules;
  FormerRules::Field before;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto collection = reader.take_sized();
    const auto name = reader.take_sized();
    const auto names = reader.take_varint();
    if (!collection || !name || !names || *names == 0) return std::nullopt;
    if (!check_collection(*collection) || !check_field(*name)) return std::nullopt;
    FormerRules::Field field{*collection, *name};
    if (i > 0 && field <= before) return std::nullopt;
    for (std::uint32_t k = 0; k < *names; ++k) {
      const auto rule = reader.take_sized();
      if (!rule || !is_rule(*rule)) return std::nullopt;
      const auto& known = rules.of(field);
      if (std::find(known.begin(), known.end(), *rule) != known.end()) return std::nullopt;
      rules.add(field, std::string(*rule));
    }
    before = std::move(field);
  }
  if (!reader.empty()) return std::nullopt;
  return rules;
}

std::string declared_rule(const CollectionRules& rules, const std::string& field) {
  if (const std::string* group = rules.group(field)) return std::string(kGroupPrefix) + *group;
  const auto found = rules.fields.find(field);
  return found == rules.fields.end() ? std::string() : strategy_name(found->second);
}

std::optional<std::string> group_of_rule(std::string_view rule) {
  if (!rule.starts_with(kGroupPrefix)) return std::nullopt;
  return std::string(rule.substr(kGroupPrefix.size()));
}

}  // namespace syncline::schema
