#include "process_store.hpp"

#include "syncline/memory_store.hpp"

namespace syncline::simulation {

std::unique_ptr<Store> copy_of(const Store& store) {
  auto copy = make_memory_store();
  const auto snapshot = store.snapshot();
  StoreBatch batch;
  for (std::size_t i = 0; i < kKeyspaceCount; ++i) {
    const auto keyspace = static_cast<Keyspace>(i);
    const auto cursor = (*snapshot)->cursor(keyspace);
    for (auto standing = (*cursor)->seek({}); *standing; standing = (*cursor)->next())
      batch.put(keyspace, std::string((*cursor)->key()), std::string((*cursor)->value()));
  }
  static_cast<void>(copy->commit(batch));
  return copy;
}

}  // namespace syncline::simulation
