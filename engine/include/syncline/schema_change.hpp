#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/messages.hpp"
#include "syncline/store.hpp"
#include "syncline/strategy.hpp"

// What becomes of a database when its app brings another schema (spec/merge.md, Another schema).

namespace syncline {

enum class SchemaPart : std::uint8_t { kField, kType, kDelete, kIndex };

// One thing that two schemas say differently, in the words of a document: `counter`, `custom:NAME`,
// `group NAME` of a group's part, `edit_loses`, the fields of an index. Empty is not declared.
struct SchemaDifference {
  std::string collection;
  std::string name;  // of the field or index; empty for kDelete
  SchemaPart part = SchemaPart::kField;
  std::string before;
  std::string after;
  // What the field holds is not what the new rule would read: it has to be migrated.
  bool needs_migration = false;

  bool operator==(const SchemaDifference&) const = default;
};

// A given schema beside the stored one.
struct SchemaComparison {
  std::optional<SchemaId> before;  // nothing where none is stored
  SchemaId after;
  // It has the name of the stored one and a lesser version: the stored one stays in force.
  bool is_older = false;
  std::vector<SchemaDifference> differences;

  [[nodiscard]] bool needs_migration() const;
};

// Compares and changes nothing. Errors: schema_invalid, json_malformed, and those of the store.
[[nodiscard]] Result<SchemaComparison> compare_schema(const Store& store, std::string_view json);

// What one field went through in a migration, in numbers of records.
struct MigratedField {
  std::string collection;
  std::string field;
  std::string before;  // the rule whose values were carried over
  std::string after;
  std::uint64_t carried = 0;  // something was written by the new rule
  std::uint64_t left = 0;     // what is there is no value of the new rule; it stays as it was

  bool operator==(const MigratedField&) const = default;
};

// Makes the document the store's schema, also where it changes how fields merge, and writes what
// these hold as the new rules would hold it. Nothing is taken away: the slots of the old rules
// stay. What is written is pending, has the stamps of what it was made of, and is the same on every
// device that migrates the same slots, so that nothing counts twice. Without a document, or with
// the stored one again, it takes in what devices that had the old rules have written since.
//
// No replica may have the store open. It commits in parts, the schema with the last; where it is
// interrupted, the next call goes on. Errors: store_missing (the store holds no replica),
// schema_invalid, json_malformed, schema_changed (an older version), those of Store::commit.
[[nodiscard]] Result<std::vector<MigratedField>> migrate_schema(
    Store& store, std::optional<std::string_view> json, const Strategies& strategies = {});

}  // namespace syncline
