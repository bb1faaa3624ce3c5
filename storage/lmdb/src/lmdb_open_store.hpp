#pragma once

#include <memory>

#include "lmdb_environment.hpp"
#include "syncline/lmdb_store.hpp"

namespace syncline::lmdb {

// The store over an environment that is open.
[[nodiscard]] std::unique_ptr<LmdbStore> make_open_store(std::shared_ptr<Environment> environment);

}  // namespace syncline::lmdb
