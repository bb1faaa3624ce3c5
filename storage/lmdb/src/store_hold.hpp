#pragma once

#include <memory>
#include <optional>

#include "directory_claim.hpp"
#include "syncline/lmdb_store.hpp"
#include "writer_lock.hpp"

namespace syncline::lmdb {

// What a process holds of a store's directory for as long as it works with the data file: the claim
// and, if it may write, the writer's lock.
struct StoreHold {
  // Errors: store_missing, store_locked, store_full, store_io.
  [[nodiscard]] static Result<std::shared_ptr<const StoreHold>> take(
      const LmdbOptions& options, Sharing sharing = Sharing::kShared);

  DirectoryClaim claim;
  std::optional<WriterLock> writer;
};

}  // namespace syncline::lmdb
