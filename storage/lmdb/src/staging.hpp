#pragma once

#include <filesystem>
#include <utility>

#include "syncline/error.hpp"
#include "syncline/lmdb_store.hpp"

namespace syncline::lmdb {

// A database on its way, in a folder of its own until it may bear its final name. The folder goes
// with the object.
//
// Thread safety: none; one thread at a time.
class Staging {
 public:
  explicit Staging(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() { clear(); }

  // Begins with nothing, whatever was interrupted here before. Errors: store_full, store_io.
  [[nodiscard]] Result<void> begin();
  // Puts the data file into a directory, durably, in the place of what is there. Errors: store_io,
  // store_full.
  [[nodiscard]] Result<void> move_to(const std::filesystem::path& directory);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::filesystem::path data_file() const { return directory_ / "data.mdb"; }

 private:
  // Only what a store consists of.
  void clear();

  std::filesystem::path directory_;
};

// Copies the bytes of a file, durably, and names the copy when it is whole. Errors: store_missing,
// store_locked, store_full, store_io, cancelled.
[[nodiscard]] Result<void> copy_file(const std::filesystem::path& from,
                                     const std::filesystem::path& to, const CopyProgress& progress);

}  // namespace syncline::lmdb
