#pragma once

#include <filesystem>
#include <memory>
#include <unistd.h>
#include <utility>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/store_support.hpp"
#include "tests/support/temporary_directory.hpp"

namespace syncline::test {

// Where small files are kept that no test needs on a disk: tests that write thousands of them would
// wait for it most of the time.
inline std::filesystem::path memory_directory_path() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

// Options for tests: nothing waits for the disk.
inline LmdbOptions test_options(const std::filesystem::path& directory) {
  LmdbOptions options;
  options.directory = directory;
  options.create = true;
  options.unsafe_no_sync = true;
  return options;
}

class LmdbFixture {
 public:
  Store& store() { return *store_; }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_ = must(open_lmdb_store(test_options(directory_.path())));
};

}  // namespace syncline::test
