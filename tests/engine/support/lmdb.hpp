#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "syncline-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
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
