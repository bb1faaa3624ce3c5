#include "schema/comparison.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace syncline {
namespace schema {
namespace {

std::set<std::string> fields_of(const CollectionRules& rules) {
  std::set<std::string> names;
  for (const auto& [name, rule] : rules.fields) names.insert(name);
  for (const auto& [part, group] : rules.group_of) names.insert(part);
  return names;
}

// Compares what two schemas say of one collection.
class Comparer {
 public:
  Comparer(std::string name, const CollectionRules& before, const CollectionRules& after,
           const FormerRules& former, std::vector<SchemaDifference>& found)
      : name_(std::move(name)), before_(before), after_(after), former_(former), found_(found) {}

  void compare() {
    std::set<std::string> fields = fields_of(before_);
    fields.merge(fields_of(after_));
    for (const std::string& field : fields) compare_field(field);
    if (before_.delete_rule != after_.delete_rule)
      add({}, SchemaPart::kDelete, delete_name(before_), delete_name(after_), false);
    std::set<std::string> indexes;
    for (const auto& [index, rule] : before_.indexes) indexes.insert(index);
    for (const auto& [index, rule] : after_.indexes) indexes.insert(index);
    for (const std::string& index : indexes) {
      std::string before = index_text(before_, index);
      std::string after = index_text(after_, index);
      if (before != after)
        add(index, SchemaPart::kIndex, std::move(before), std::move(after), false);
    }
  }

 private:
  void compare_field(const std::string& field) {
    std::string before = declared_rule(before_, field);
    std::string after = declared_rule(after_, field);
    // A schema that stopped to name the field has not changed what is in its slots.
    const auto& former = former_.of({name_, field});
    if (before.empty() && !after.empty() && !former.empty()) before = former.back();
    if (before != after) {
      const bool changed =
          before.empty() || after.empty() ? joins_or_leaves(before.empty() ? after : before) : true;
      add(field, SchemaPart::kField, std::move(before), std::move(after), changed);
    }
    std::string type_before = type_text(before_, field);
    std::string type_after = type_text(after_, field);
    if (type_before != type_after && before_.fields.contains(field) &&
        after_.fields.contains(field))
      add(field, SchemaPart::kType, std::move(type_before), std::move(type_after), false);
  }

  // Whether the rule is that of a group which both have, so that its parts are others now.
  bool joins_or_leaves(const std::string& rule) const {
    const auto group = group_of_rule(rule);
    return group && before_.groups.contains(*group) && after_.groups.contains(*group);
  }

  static std::string delete_name(const CollectionRules& rules) {
    return rules.delete_rule == DeleteRule::kEditLoses ? "edit_loses" : "edit_revives";
  }
  static std::string type_text(const CollectionRules& rules, const std::string& field) {
    const FieldType type = rules.field(field).type;
    return type == FieldType::kAny ? std::string() : std::string(type_name(type));
  }
  static std::string index_text(const CollectionRules& rules, const std::string& index) {
    std::string text;
    const auto found = rules.indexes.find(index);
    if (found == rules.indexes.end()) return text;
    for (const std::string& field : found->second.fields)
      text += (text.empty() ? "" : ", ") + field;
    return text;
  }

  void add(std::string name, SchemaPart part, std::string before, std::string after, bool changed) {
    found_.push_back({name_, std::move(name), part, std::move(before), std::move(after), changed});
  }

  std::string name_;
  const CollectionRules& before_;
  const CollectionRules& after_;
  const FormerRules& former_;
  std::vector<SchemaDifference>& found_;
};

std::string in_words(const SchemaId& id) {
  return "schema \"" + id.name + "\" version " + std::to_string(id.version) + " (digest " +
         id.digest + ")";
}

std::string rule_in_words(const std::string& rule) {
  return rule.empty() ? std::string(kUndeclared) + " (not declared)" : rule;
}

}  // namespace

SchemaComparison compare(const Schema& stored, const FormerRules& former, const Schema& given) {
  SchemaComparison comparison{stored.id(), given.id().value_or(SchemaId{}), false, {}};
  comparison.is_older = stored.id() && stored.id()->name == comparison.after.name &&
                        comparison.after.version < stored.id()->version;
  // Where no schema is stored, the last one is lost, and its rules are not known.
  static const FormerRules kNone;
  const FormerRules& known = stored.id() ? former : kNone;
  std::set<std::string> collections;
  for (std::string& name : stored.collection_names()) collections.insert(std::move(name));
  for (std::string& name : given.collection_names()) collections.insert(std::move(name));
  for (const std::string& name : collections) {
    Comparer(name, stored.collection(name), given.collection(name), known, comparison.differences)
        .compare();
  }
  return comparison;
}

bool reads_undeclared(Merge merge) {
  return merge == Merge::kLww || merge == Merge::kMulti || merge == Merge::kMergeText ||
         merge == Merge::kCustom;
}

void note_former(const SchemaComparison& comparison, FormerRules& former) {
  for (const SchemaDifference& difference : comparison.differences) {
    const bool is_rule = difference.part == SchemaPart::kField && !difference.before.empty();
    // What says nothing is lww by itself.
    const FormerRules::Field field{difference.collection, difference.name};
    const bool is_told =
        difference.needs_migration || difference.before != kUndeclared || !former.of(field).empty();
    if (is_rule && is_told) former.add(field, difference.before);
  }
}

Error refusal(const SchemaComparison& comparison) {
  std::string fields;
  for (const SchemaDifference& difference : comparison.differences) {
    if (!difference.needs_migration) continue;
    fields += (fields.empty() ? "" : "; ") + difference.collection + "." + difference.name + ": " +
              rule_in_words(difference.before) + " becomes " + rule_in_words(difference.after);
  }
  const std::string given = in_words(comparison.after);
  const std::string stored = comparison.before ? in_words(*comparison.before) : "none";
  if (fields.empty()) return {Code::kSchemaChanged, given + " is older than the stored " + stored};
  return {Code::kSchemaChanged, given + " merges fields otherwise than the stored " + stored +
                                    ", which has to be migrated on purpose: " + fields};
}

}  // namespace schema

bool SchemaComparison::needs_migration() const {
  return std::any_of(differences.begin(), differences.end(),
                     [](const SchemaDifference& one) { return one.needs_migration; });
}

}  // namespace syncline
