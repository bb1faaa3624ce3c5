#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/query.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

// Which indexes a database has (spec/indexes.md, What is in force).

namespace syncline::query {

inline constexpr std::string_view kIndexesName = "indexes";

struct Index {
  std::uint32_t number = 0;
  IndexState state = IndexState::kBuilding;
  std::string collection;
  std::string name;
  std::string digest;
  std::string position;             // while it is built: the last record that is done
  std::vector<std::string> fields;  // from the schema; not stored, and none where it is removed

  [[nodiscard]] bool is_kept() const { return state != IndexState::kRemoving; }
};

struct IndexList {
  std::uint32_t next = 1;      // the number of the next new index
  std::vector<Index> indexes;  // ascending by number

  [[nodiscard]] Index* find(std::uint32_t number);
};

[[nodiscard]] std::string encode_indexes(const IndexList& list);
// Errors: store_corrupt.
[[nodiscard]] Result<IndexList> decode_indexes(std::string_view bytes);

// The stored list, empty where there has never been an index. Those that the schema declares get
// their fields; others count as removed. Errors: those of Snapshot::get.
[[nodiscard]] Result<IndexList> read_indexes(const Snapshot& snapshot, const Schema& schema);

// What an index's entries depend on.
[[nodiscard]] std::string index_digest(std::string_view collection, std::string_view name,
                                       const CollectionRules& rules);

// The stored list brought in step with the schema: what is not declared as it was is to be removed,
// what is new is to be built, unless its collection is empty. `changed` if it has to be stored.
struct Reconciled {
  IndexList list;
  bool changed = false;
};
// Errors: those of the snapshot.
[[nodiscard]] Result<Reconciled> reconcile(const Snapshot& snapshot, const Schema& schema);

}  // namespace syncline::query
