#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "syncline/renewal.hpp"
#include "tests/engine/support/sync.hpp"

// Copies of a device's database, and what they are used for.

namespace syncline::test {

inline constexpr std::string_view kCloneSchema =
    R"({"name": "clones", "version": 1, "collections": {"days": {
  "fields": {"water": {"merge": "counter"}, "best": {"merge": "max"}, "worst": {"merge": "min"},
             "tags": {"merge": "set"}, "sizes": {"merge": "map"}}}}})";

inline std::unique_ptr<Store> copy_of(const Store& store) {
  auto copy = make_memory_store();
  StoreBatch batch;
  const auto snapshot = must(store.snapshot());
  for (std::size_t number = 0; number < kKeyspaceCount; ++number) {
    const auto keyspace = static_cast<Keyspace>(number);
    const auto cursor = must(snapshot->cursor(keyspace));
    for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
      batch.put(keyspace, std::string(cursor->key()), std::string(cursor->value()));
    }
  }
  must(copy->commit(batch));
  return copy;
}

// What a restore makes of a backup that is taken now.
inline std::unique_ptr<Device> restored(Device& original, std::uint64_t id,
                                        std::string_view schema = kCloneSchema) {
  auto store = copy_of(original.store());
  CountingRandom random(id);
  must(renew_replica(*store, random));
  return std::make_unique<Device>(std::move(store), std::string(schema), id);
}

inline void drink(Device& device, std::int64_t amount) {
  device.increment("days", "d", "water", amount);
}

// A clone pulls first, and pushes for each of its ancestors and for itself; then all pull.
inline void settle(TinyServer& server, std::initializer_list<Device*> devices) {
  for (int round = 0; round < 6; ++round) {
    for (Device* device : devices) server.round(*device);
  }
}

}  // namespace syncline::test
