#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/replica.hpp"
#include "syncline/value.hpp"

// Records in the order of an index that their collection declares (spec/indexes.md).

namespace syncline {

// Which records of a collection, by an index of it. A record is given once, at the first of its
// places that is in the range.
struct Query {
  std::string collection;
  std::string index;
  std::vector<Value> equal{};   // what the first fields of the index hold
  std::optional<Value> from{};  // what the field behind those holds: this or more, ...
  std::optional<Value> to{};    // ... and less than this
  std::size_t limit = 0;        // at most so many records; 0 for all
  bool reverse = false;         // descending
  std::string cursor{};         // goes on where a query of the same index and direction ended
};

// What changed in the result of a live query. Its lists are in the query's order.
struct QueryDifference {
  struct Placed {
    std::size_t position = 0;  // in the result as it is now
    Record record;

    bool operator==(const Placed&) const = default;
  };
  struct Removed {
    std::size_t position = 0;  // in the result before
    std::string id;

    bool operator==(const Removed&) const = default;
  };
  std::vector<Placed> added;
  std::vector<Placed> changed;  // with other fields, or in another place
  std::vector<Removed> removed;

  [[nodiscard]] bool empty() const { return added.empty() && changed.empty() && removed.empty(); }
};

// The result after the difference, made from the one before.
[[nodiscard]] std::vector<Record> apply_difference(const QueryDifference& difference,
                                                   std::vector<Record> before);

// The values are part of the stored format.
enum class IndexState : std::uint8_t { kBuilding = 1, kBuilt = 2, kRemoving = 3 };
// The state's name in snake_case. The view is valid forever.
[[nodiscard]] std::string_view index_state_name(IndexState state);

// An index that the database has, or has still to remove.
struct IndexInfo {
  std::string collection;
  std::string name;
  IndexState state = IndexState::kBuilding;

  bool operator==(const IndexInfo&) const = default;
};

struct BuildProgress {
  std::string collection;
  std::string index;
  bool removing = false;
  std::uint64_t done = 0;   // slots gone through, or entries removed,
  std::uint64_t total = 0;  // of so many, as it was when this call came to the index
};

struct BuildOptions {
  std::size_t slots_max = 4'000;  // of one transaction, which has one whole record at least
};

// The replica's queries. What is const reads one moment and never waits for a writer; what is not
// takes the writers' turn. Errors of all members: those of the store, beside those that are named.
//
// Thread safety: all members may be called from any thread.
class Queries {
 public:
  using Visitor = Replica::Visitor;  // false ends the query
  // Told of each commit that changed the result, in commit order, one call at a time, on a thread
  // that commits. It may use the replica, also to write. After an error nothing more comes.
  using Observer = std::function<void(const Result<QueryDifference>&)>;
  using Progress = std::function<bool(const BuildProgress&)>;  // false ends the building for now

  Queries() = default;
  Queries(const Queries&) = delete;
  Queries& operator=(const Queries&) = delete;
  virtual ~Queries() = default;

  // Visits the records, all of one moment. Answers the cursor to go on from when the limit or the
  // visitor ended it before the last record, else an empty one.
  // Errors: not_found (no such index), index_not_built, cursor_malformed, invalid_argument (a bound
  // that no value can have, or without a field), those of encode_value for a bound.
  [[nodiscard]] virtual Result<std::string> run(const Query& query,
                                                const Visitor& visitor) const = 0;

  // Keeps the observer told of the result until the subscription is destroyed: first of all that is
  // there, as added, then of what each commit changes. A commit to its collection pays for a query
  // without a limit by reading the records that it changed and going over the places of the result;
  // one with a limit is run again. The whole result is kept in memory.
  // Errors: the same as those of run.
  [[nodiscard]] virtual Result<Subscription> watch(const Query& query, Observer observer) = 0;

  // Ascending by collection and name; what is to be removed may be there beside its successor.
  [[nodiscard]] virtual Result<std::vector<IndexInfo>> indexes() const = 0;

  // Builds the indexes that are declared and not built, and removes those that are not declared any
  // more, in transactions of a bounded size between which others may write. Answers whether all is
  // done; it is not when `progress`, which is called after each transaction, says so. Whatever ends
  // it, the next call goes on from the last transaction. Errors: those of Store::commit.
  [[nodiscard]] virtual Result<bool> build(const BuildOptions& options,
                                           const Progress& progress) = 0;
  [[nodiscard]] Result<bool> build() { return build({}, {}); }
};

}  // namespace syncline
