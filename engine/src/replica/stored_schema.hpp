#pragma once

#include <optional>
#include <string>

#include "schema/former_rules.hpp"
#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/store.hpp"

// The schema that a store keeps, and what becomes of it when another one is given.

namespace syncline::replica {

struct StoredSchema {
  Schema schema;  // without an id if none is stored
  schema::FormerRules former;
};
// Errors: store_corrupt, schema_invalid, and those of the snapshot.
[[nodiscard]] Result<StoredSchema> read_schema(const Snapshot& snapshot,
                                               const Strategies& strategies);

// What the given schema says otherwise. A field that it is the first to declare is lww before, and
// changed, if values are there that its rule does not read. Errors: store_corrupt, and those of the
// snapshot.
[[nodiscard]] Result<SchemaComparison> compare_with_stored(const Snapshot& snapshot,
                                                           const StoredSchema& stored,
                                                           const Schema& given);

// The schema that an opening has, and what it has to store for that.
struct OpeningSchema {
  Schema schema;
  std::optional<std::string> document{};
  std::optional<std::string> former{};

  [[nodiscard]] bool is_new() const { return document.has_value(); }
  void put_into(StoreBatch& batch) const;
};
// Nothing given leaves the stored one in force, and so does an older version of it. Errors:
// schema_invalid, json_malformed, schema_changed, store_corrupt, and those of the snapshot.
[[nodiscard]] Result<OpeningSchema> opening_schema(const Snapshot& snapshot,
                                                   std::optional<std::string> given,
                                                   const Strategies& strategies);

}  // namespace syncline::replica
