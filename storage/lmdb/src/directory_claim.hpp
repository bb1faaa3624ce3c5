#pragma once

#include <cstdint>
#include <filesystem>
#include <sys/types.h>
#include <tuple>

#include "syncline/error.hpp"

namespace syncline::lmdb {

// Whether other processes may have the store open as well.
enum class Sharing : std::uint8_t { kShared, kAlone };

// A directory that this process has open, until the claim is destroyed.
//
// LMDB loses its locks, silently, when one process opens an environment twice and closes one of the
// two. Only a table of the whole process can see that, which is why this one is global.
//
// Between processes the directory itself is locked: shared by whoever has the store open, writer or
// reader, and alone by whoever puts another data file in the place of the one that is there, which
// a process that has that one mapped would never see.
//
// Thread safety: claims may be taken and dropped in any thread.
class DirectoryClaim {
 public:
  // Errors: store_locked, store_io. A file system that cannot lock a directory shares every store,
  // and lets no one have it alone.
  [[nodiscard]] static Result<DirectoryClaim> take(const std::filesystem::path& directory,
                                                   Sharing sharing = Sharing::kShared);

  DirectoryClaim(DirectoryClaim&& other) noexcept;
  DirectoryClaim& operator=(DirectoryClaim&&) = delete;
  DirectoryClaim(const DirectoryClaim&) = delete;
  DirectoryClaim& operator=(const DirectoryClaim&) = delete;
  ~DirectoryClaim();

 private:
  // The process is part of it: a child made by fork has not opened what its parent has.
  using Identity = std::tuple<pid_t, dev_t, ino_t>;
  explicit DirectoryClaim(Identity identity) : identity_(identity) {}
  Result<void> lock(const std::filesystem::path& directory, Sharing sharing);

  Identity identity_;
  bool held_ = true;
  int directory_ = -1;
};

}  // namespace syncline::lmdb
