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
#include "syncline/record.hpp"
#include "syncline/schema.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"
#include "syncline/strategy.hpp"
#include "syncline/transaction.hpp"

namespace syncline {

class Conflicts;
class History;
class KeptAside;
class Queries;
class Replication;
class View;

// Below, "those of the store" are store_corrupt and store_io.

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
  using Visitor = RecordVisitor;
  // Called after each commit with what changed: in commit order, one call at a time, on a thread
  // that commits. It may write to the replica; what that changes arrives in a later call.
  using Observer = std::function<void(const std::vector<Change>&)>;

  // Opens the replica that the store holds, or makes a new one with a random id. The three must
  // outlive it. A schema takes the place of the stored one, before anything is merged; none, or an
  // older version, leaves that in force. The strategies are those that the schema names as custom,
  // and the replica shares them. Errors: schema_changed (fields merge otherwise than by the stored
  // one, see migrate_schema), schema_invalid (a stored one too), and those of the store.
  [[nodiscard]] static Result<std::unique_ptr<Replica>> open(
      Store& store, WallClock& wall, Random& random, std::optional<std::string> schema_json = {},
      const Strategies& strategies = {});
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;
  ~Replica();

  // Runs the body and commits what it wrote, durably, or nothing of it when the body or the commit
  // fails. The body has the writers' turn: it may read the replica and its replication. What
  // commits (write, take_reply, bind_account, remember, retry, discard, build, watch) would wait
  // for it for ever, and ends the process with a message.
  // Errors: the body's, clock_exhausted, those of Store::commit.
  [[nodiscard]] Result<void> write(const Body& body);

  // One moment of everything, for several reads that belong together (view.hpp). Each of the three
  // below takes one of its own. Errors: store_io.
  [[nodiscard]] Result<View> view() const;

  // The record, or nothing. Errors: key_malformed, key_too_long, those of the store.
  [[nodiscard]] Result<std::optional<Record>> get(std::string_view collection,
                                                  std::string_view record) const;
  // The collection's records in the byte order of their ids, all of one moment. Errors:
  // key_malformed, key_too_long, those of the store.
  [[nodiscard]] Result<void> scan(std::string_view collection, const ScanRange& range,
                                  const Visitor& visitor) const;
  // The collections that hold any slot, ascending, the engine's own among them. Errors: those of
  // the store.
  [[nodiscard]] Result<std::vector<std::string>> collections() const;

  [[nodiscard]] Subscription observe(Observer observer);

  [[nodiscard]] ReplicaId id() const;
  [[nodiscard]] const Schema& schema() const;

  // The side that a transport ships. It lives as long as the replica.
  [[nodiscard]] Replication& replication();

  // What one side could not take. It lives as long as the replica.
  [[nodiscard]] KeptAside& kept_aside();

  // What lost against a concurrent write. It lives as long as the replica.
  [[nodiscard]] Conflicts& conflicts();
  [[nodiscard]] const Conflicts& conflicts() const;

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
