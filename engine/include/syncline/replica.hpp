#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/environment.hpp"
#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"
#include "syncline/strategy.hpp"
#include "syncline/value.hpp"

namespace syncline {

class History;
class KeptAside;
class Queries;
class Replication;

// Below, "those of the store" are store_corrupt and store_io.

// A record as it resolves now.
struct Record {
  std::string id;
  Value::Object fields;

  bool operator==(const Record&) const = default;
};

enum class Origin : std::uint8_t { kLocal = 1, kRemote = 2 };

// One field that a commit changed. The field is empty when the record itself was created or
// deleted, and the group's name for a group.
struct Change {
  std::string collection;
  std::string record;
  std::string field;
  Origin origin = Origin::kLocal;
  ReplicaId writer{};  // the replica that wrote it
};

// Several changes that commit together. It sees what it wrote itself. After a member has failed,
// the transaction holds what it held before that call.
//
// Errors of all members: key_malformed, key_too_long, those of the store, and of those that write
// transaction_too_large, clock_exhausted, for a field with a custom strategy strategy_missing,
// strategy_failed and what the strategy answers, and, where they are given a value, those of
// encode_value; beside those that are named.
//
// Thread safety: none; it lives for the length of the function that Replica::write calls.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Writes the named fields, and creates the record if it does not exist. A multi takes an array
  // of its values, or one value that replaces them. Errors: type_mismatch, wrong_strategy (a
  // group's own name), counter_overflow.
  [[nodiscard]] Result<void> patch(std::string_view collection, std::string_view record,
                                   const Value::Object& fields);
  // As patch, and clears the fields that are not named, save those of counter, min and max. Nothing
  // of an earlier record of this name comes back. The same errors.
  [[nodiscard]] Result<void> put(std::string_view collection, std::string_view record,
                                 const Value::Object& fields);
  // Removes the field's value. Nothing happens if the record does not exist. Errors: wrong_strategy
  // (a group's own name).
  [[nodiscard]] Result<void> clear(std::string_view collection, std::string_view record,
                                   std::string_view field);
  // Deletes the record; false if there was none.
  [[nodiscard]] Result<bool> erase(std::string_view collection, std::string_view record);

  // Adds to a counter. Errors: wrong_strategy, counter_overflow.
  [[nodiscard]] Result<void> increment(std::string_view collection, std::string_view record,
                                       std::string_view field, std::int64_t amount);
  // Adds items to a set, or at the end of a list; removes them from a set. Errors: wrong_strategy,
  // type_mismatch.
  [[nodiscard]] Result<void> add(std::string_view collection, std::string_view record,
                                 std::string_view field, const std::vector<Value>& items);
  [[nodiscard]] Result<void> remove(std::string_view collection, std::string_view record,
                                    std::string_view field, const std::vector<Value>& items);
  // Changes a list. Indexes count from 0 what the transaction sees now; `to` is the index that the
  // item has afterwards. Of items that two devices insert at one place those of each stay together;
  // an item that two move is at the later place; a removal beats a concurrent move, and of a
  // removal and a concurrent put_at the later wins. To append, add. Errors: wrong_strategy,
  // type_mismatch, invalid_argument (an index beyond the list).
  [[nodiscard]] Result<void> insert(std::string_view collection, std::string_view record,
                                    std::string_view field, std::size_t index,
                                    const std::vector<Value>& items);
  [[nodiscard]] Result<void> move(std::string_view collection, std::string_view record,
                                  std::string_view field, std::size_t from, std::size_t to);
  [[nodiscard]] Result<void> put_at(std::string_view collection, std::string_view record,
                                    std::string_view field, std::size_t index, const Value& value);
  [[nodiscard]] Result<void> remove_at(std::string_view collection, std::string_view record,
                                       std::string_view field, std::size_t index,
                                       std::size_t count = 1);
  // Writes or removes one key of a map. Errors: wrong_strategy, type_mismatch.
  [[nodiscard]] Result<void> put_key(std::string_view collection, std::string_view record,
                                     std::string_view field, std::string_view key,
                                     const Value& value);
  [[nodiscard]] Result<void> clear_key(std::string_view collection, std::string_view record,
                                       std::string_view field, std::string_view key);

  // The record as this transaction sees it, or nothing.
  [[nodiscard]] Result<std::optional<Record>> get(std::string_view collection,
                                                  std::string_view record);

  // The implementation, which only the engine can name.
  class Draft;
  explicit Transaction(Draft& draft) : draft_(draft) {}

 private:
  Draft& draft_;
};

// Which records of a collection, and in what order.
struct ScanRange {
  std::string prefix{};   // only ids that begin so
  std::string from{};     // only ids at or after this
  std::string to{};       // only ids before this; empty for no bound
  std::size_t limit = 0;  // at most so many; 0 for all
  bool reverse = false;   // descending by id
};

// Stops the observation when it is destroyed. It may outlive the replica.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::shared_ptr<void> token) : token_(std::move(token)) {}

 private:
  std::shared_ptr<void> token_;
};

// One device's copy of the data: the facade that an app works with. A store has one replica at a
// time: each keeps the clock and the last sequence to itself, so that a second one over the same
// store would write its ops over the first one's, and the commits of one of them fail instead.
//
// Thread safety: all members may be called from any thread. Writers take turns; readers see the
// last commit and never wait for a writer.
class Replica {
 public:
  using Body = std::function<Result<void>(Transaction&)>;
  using Visitor = std::function<bool(const Record&)>;  // false ends the scan
  // Called after each commit with what changed: in commit order, one call at a time, on a thread
  // that commits. It may write to the replica; what that changes arrives in a later call.
  using Observer = std::function<void(const std::vector<Change>&)>;

  // Opens the replica that the store holds, or makes a new one with a random id. The three must
  // outlive it. No schema leaves the stored one in force. The strategies are those that the schema
  // names as custom, and the replica shares them. Errors: store_corrupt, schema_invalid (a stored
  // schema), and those of the store.
  [[nodiscard]] static Result<std::unique_ptr<Replica>> open(
      Store& store, WallClock& wall, Random& random, std::optional<std::string> schema_json = {},
      const Strategies& strategies = {});
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;
  ~Replica();

  // Runs the body and commits what it wrote, durably, or nothing of it when the body or the commit
  // fails. The body has the writers' turn: it may read the replica and its replication, but what
  // commits (write, take_reply, bind_account, remember) would wait for it for ever.
  // Errors: the body's, clock_exhausted, those of Store::commit.
  [[nodiscard]] Result<void> write(const Body& body);

  // The record, or nothing. Errors: key_malformed, key_too_long, those of the store.
  [[nodiscard]] Result<std::optional<Record>> get(std::string_view collection,
                                                  std::string_view record) const;
  // The collection's records in the byte order of their ids, all of one moment. Errors:
  // key_malformed, key_too_long, those of the store.
  [[nodiscard]] Result<void> scan(std::string_view collection, const ScanRange& range,
                                  const Visitor& visitor) const;
  // The collections that hold any slot, ascending. Errors: those of the store.
  [[nodiscard]] Result<std::vector<std::string>> collections() const;

  [[nodiscard]] Subscription observe(Observer observer);

  [[nodiscard]] ReplicaId id() const;
  [[nodiscard]] const Schema& schema() const;

  // The side that a transport ships. It lives as long as the replica.
  [[nodiscard]] Replication& replication();

  // What one side could not take. It lives as long as the replica.
  [[nodiscard]] KeptAside& kept_aside();

  // What was written before, as far as the log keeps it. It lives as long as the replica.
  [[nodiscard]] History& history();
  [[nodiscard]] const History& history() const;

  // Records by the indexes that the schema declares. It lives as long as the replica.
  [[nodiscard]] Queries& queries();
  [[nodiscard]] const Queries& queries() const;

  class Core;

 private:
  explicit Replica(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace syncline
