#pragma once

#include <memory>

#include "syncline/lmdb_store.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/support/temporary_directory.hpp"

namespace syncline::test {

// A store on the disk that does not wait for it.
inline std::unique_ptr<Store> open_lmdb(const TemporaryDirectory& directory,
                                        std::uint64_t map_bytes_start = 0) {
  LmdbOptions options;
  options.directory = directory.path();
  options.create = true;
  options.unsafe_no_sync = true;
  options.map_bytes_start = map_bytes_start;
  return must(open_lmdb_store(options));
}

}  // namespace syncline::test
