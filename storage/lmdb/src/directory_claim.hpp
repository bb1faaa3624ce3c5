#pragma once

#include <filesystem>
#include <sys/types.h>
#include <tuple>

#include "syncline/error.hpp"

namespace syncline::lmdb {

// A directory that this process has open, until the claim is destroyed.
//
// LMDB loses its locks, silently, when one process opens an environment twice and closes one of the
// two. Only a table of the whole process can see that, which is why this one is global.
//
// Thread safety: claims may be taken and dropped in any thread.
class DirectoryClaim {
 public:
  // Errors: store_locked, store_io.
  [[nodiscard]] static Result<DirectoryClaim> take(const std::filesystem::path& directory);

  DirectoryClaim(DirectoryClaim&& other) noexcept;
  DirectoryClaim& operator=(DirectoryClaim&&) = delete;
  DirectoryClaim(const DirectoryClaim&) = delete;
  DirectoryClaim& operator=(const DirectoryClaim&) = delete;
  ~DirectoryClaim();

 private:
  // The process is part of it: a child made by fork has not opened what its parent has.
  using Identity = std::tuple<pid_t, dev_t, ino_t>;
  explicit DirectoryClaim(Identity identity) : identity_(identity) {}

  Identity identity_;
  bool held_ = true;
};

}  // namespace syncline::lmdb
