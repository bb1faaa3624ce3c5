#pragma once

#include <filesystem>
#include <string_view>

#include "syncline/error.hpp"

namespace syncline::lmdb {

// A file that gets its name when it is whole and on the disk. Until then it is NAME.partial; what
// goes before that takes it along, and what a killed process has left behind of it is overwritten
// by the next one of that name.
//
// Thread safety: none; one thread at a time.
class PartialFile {
 public:
  // Errors: store_locked (another process is writing a file of this name), store_full, store_io.
  [[nodiscard]] static Result<PartialFile> begin(const std::filesystem::path& final_path);

  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();

  // Errors: store_full, store_io.
  [[nodiscard]] Result<void> write(std::string_view bytes);
  // Begins again with an empty file. Errors: store_io.
  [[nodiscard]] Result<void> clear();
  // Returns when what was written is on the disk. Errors: store_full, store_io.
  [[nodiscard]] Result<void> sync();

  // Gives it its name, in the place of what bears it. Errors: store_io, store_full.
  [[nodiscard]] Result<void> replace();
  // As replace, but refuses where a file bears the name. Errors: store_exists, store_io,
  // store_full.
  [[nodiscard]] Result<void> publish();

  // Where it is until then.
  [[nodiscard]] const std::filesystem::path& path() const { return partial_path_; }

 private:
  explicit PartialFile(const std::filesystem::path& final_path);
  Result<void> open();

  std::filesystem::path final_path_;
  std::filesystem::path partial_path_;
  int file_ = -1;
};

// The directory of a file, also of one whose path is only a name.
[[nodiscard]] std::filesystem::path directory_of(const std::filesystem::path& file);

}  // namespace syncline::lmdb
