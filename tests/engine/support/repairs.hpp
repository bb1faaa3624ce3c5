#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/repair.hpp"
#include "tests/engine/support/sync.hpp"

// A store to damage, and what a repair says of it.

namespace syncline::test {

struct Repaired {
  std::vector<Repair> repairs;
  RepairSummary summary;

  [[nodiscard]] std::string kinds() const {
    std::string text;
    for (const Repair& repair : repairs) {
      text += (text.empty() ? "" : " ") + std::string(repair_kind_name(repair.kind));
    }
    return text;
  }
};

inline Repaired repair(Store& store, const RepairOptions& options = {}) {
  Repaired done;
  CountingRandom random(500);
  done.summary = must(repair_store(store, random, options, [&done](const Repair& repair) {
    BOOST_TEST(!repair.what.empty());
    done.repairs.push_back(repair);
  }));
  BOOST_TEST(done.repairs.size() ==
             done.summary.repaired + done.summary.set_aside + done.summary.left);
  return done;
}

inline std::uint64_t faults_of(const Store& store) { return must(verify_store(store, {})).faults; }

inline std::vector<std::pair<std::string, std::string>> entries_of(const Store& store,
                                                                   Keyspace keyspace) {
  std::vector<std::pair<std::string, std::string>> entries;
  const auto snapshot = must(store.snapshot());
  const auto cursor = must(snapshot->cursor(keyspace));
  for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
    entries.emplace_back(cursor->key(), cursor->value());
  }
  return entries;
}

inline std::vector<std::vector<std::pair<std::string, std::string>>> everything_of(
    const Store& store) {
  std::vector<std::vector<std::pair<std::string, std::string>>> all;
  for (std::uint8_t keyspace = 0; keyspace < kKeyspaceCount; ++keyspace)
    all.push_back(entries_of(store, static_cast<Keyspace>(keyspace)));
  return all;
}

struct RepairFixture {
  Device device;
  TinyServer server;

  RepairFixture() {
    device.put("meals", "lunch", {{"name", Value("soup")}, {"kcal", Value(300)}});
    server.round(device);
    device.patch("meals", "lunch", {{"name", Value("stew")}});
    device.put("meals", "dinner", {{"name", Value("bread")}});
  }
  Store& store() { return device.store(); }
  void put_raw(Keyspace keyspace, std::string key, std::string value) {
    StoreBatch batch;
    batch.put(keyspace, std::move(key), std::move(value));
    must(store().commit(batch));
  }
  void erase_raw(Keyspace keyspace, std::string key) {
    StoreBatch batch;
    batch.erase(keyspace, std::move(key));
    must(store().commit(batch));
  }
  [[nodiscard]] static std::string key_of(std::string_view record, std::string_view field) {
    return must(SlotKey::make("meals", record, field, "")).bytes();
  }
};

}  // namespace syncline::test
