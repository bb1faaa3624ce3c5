#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/memory_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "syncline/schema_change.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/engine/support/faulty_store.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {

using Fields = Value::Object;

// A replica over a store in memory, with a clock that the test turns.
class Device {
 public:
  explicit Device(std::optional<std::string> schema = {}, std::uint64_t id = 1)
      : Device(make_memory_store(), std::move(schema), id) {}
  Device(std::unique_ptr<Store> store, std::optional<std::string> schema, std::uint64_t id)
      : inner_(std::move(store)), random_(id), schema_(std::move(schema)) {
    reopen();
  }

  // Closes the replica and opens it from its store, as a restart does.
  void reopen() {
    replica_.reset();
    replica_ = must(Replica::open(store_, wall_, random_, schema_, strategies_));
  }
  void reopen(std::optional<std::string> schema) {
    schema_ = std::move(schema);
    reopen();
  }

  // Migrates to the schema while the replica is closed, and opens it with that.
  std::vector<MigratedField> migrate(std::string schema) {
    replica_.reset();
    auto migrated = must(migrate_schema(store_, schema, strategies_));
    reopen(std::move(schema));
    return migrated;
  }

  void reopen(Strategies strategies) {
    strategies_ = std::move(strategies);
    reopen();
  }

  Replica& replica() { return *replica_; }
  Replication& replication() { return replica_->replication(); }
  FaultyStore& store() { return store_; }
  ManualWall& wall() { return wall_; }

  void write(const Replica::Body& body) { must(replica_->write(body)); }
  void put(std::string_view collection, std::string_view record, const Fields& fields) {
    write([&](Transaction& t) { return t.put(collection, record, fields); });
  }
  void patch(std::string_view collection, std::string_view record, const Fields& fields) {
    write([&](Transaction& t) { return t.patch(collection, record, fields); });
  }
  void increment(std::string_view collection, std::string_view record, std::string_view field,
                 std::int64_t amount) {
    write([&](Transaction& t) { return t.increment(collection, record, field, amount); });
  }
  bool erase(std::string_view collection, std::string_view record) {
    bool erased = false;
    write([&](Transaction& t) -> Result<void> {
      erased = must(t.erase(collection, record));
      return {};
    });
    return erased;
  }

  // The record as JSON, or "absent".
  std::string read(std::string_view collection, std::string_view record) {
    const auto found = must(replica_->get(collection, record));
    return found ? value_to_json(Value(found->fields)) : "absent";
  }
  ReplicationState state() { return must(replication().state()); }
  void check_fold() { must(replication().verify()); }

 private:
  std::unique_ptr<Store> inner_;
  FaultyStore store_{*inner_};
  ManualWall wall_;
  CountingRandom random_;
  std::optional<std::string> schema_;
  Strategies strategies_;
  std::unique_ptr<Replica> replica_;
};

// Every op of a replica's log, in order.
inline std::vector<LogItem> log_of(Device& device, std::uint64_t from = 0) {
  std::vector<LogItem> items;
  must(device.replication().read_log(from, [&items](const LogItem& item) {
    items.push_back(item);
    return true;
  }));
  return items;
}

}  // namespace syncline::test
