#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/store_support.hpp"

namespace syncline::test {

// Where small files are kept that no test needs on a disk: tests that write thousands of them would
// wait for it most of the time.
inline std::filesystem::path memory_directory_path() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "syncline-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

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
