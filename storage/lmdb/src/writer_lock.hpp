#pragma once

#include <filesystem>

#include "syncline/error.hpp"

namespace syncline::lmdb {

// The right to write in a directory, held until the object or the process ends. LMDB alone would
// let two processes write in turns, but whoever keeps state beside the store must be the only
// writer.
//
// Thread safety: none; one thread at a time.
class WriterLock {
 public:
  // Errors: store_locked, which names the process that holds it, store_full, store_io.
  [[nodiscard]] static Result<WriterLock> take(const std::filesystem::path& directory);

  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&&) = delete;
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock();

 private:
  explicit WriterLock(int file) : file_(file) {}

  int file_;
};

}  // namespace syncline::lmdb
