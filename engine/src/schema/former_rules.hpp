#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncline/schema.hpp"

namespace syncline::schema {

// How the fields of a database merged before, where that was otherwise or where its schema has
// stopped to say: what is in their slots may still be of those rules (spec/merge.md, Another
// schema).
class FormerRules {
 public:
  using Field = std::pair<std::string, std::string>;  // collection and field
  using Names = std::vector<std::string>;             // as documents name rules, the latest last

  // Makes this the field's latest rule before the one in force.
  void add(const Field& field, const std::string& rule);

  [[nodiscard]] const Names& of(const Field& field) const;
  [[nodiscard]] const std::map<Field, Names>& all() const { return fields_; }

  bool operator==(const FormerRules&) const = default;

 private:
  std::map<Field, Names> fields_;
};

// The meta entry `former`.
[[nodiscard]] std::string encode_former_rules(const FormerRules& rules);
// Nothing where the bytes are no such entry.
[[nodiscard]] std::optional<FormerRules> decode_former_rules(std::string_view bytes);

// The field's rule in words: `counter`, `custom:NAME`, `group NAME`; empty if none is declared.
[[nodiscard]] std::string declared_rule(const CollectionRules& rules, const std::string& field);

// The group that the words name, or nothing.
[[nodiscard]] std::optional<std::string> group_of_rule(std::string_view rule);

}  // namespace syncline::schema
