#pragma once

#include <cstdint>
#include <filesystem>

#include "syncline/environment.hpp"
#include "syncline/lmdb_store.hpp"
#include "syncline/renewal.hpp"

// What is done to a store while no one has it open (docs/backup.md). A process that is killed in
// the middle leaves what was there before or what is there afterwards.

namespace syncline {

// Makes a new replica of a backup, in a directory that holds no store. The backup is checked, every
// page and checksum, and stays as it is. Of the options only the directory and the limits count.
// What is under way lies in the folder `restoring` of the directory; a restore that was interrupted
// is simply begun again.
// Errors: store_exists (the directory holds a store), store_missing (no such backup, or one that
// holds no replica), store_corrupt, store_format_unsupported, store_locked, store_full, store_io,
// cancelled.
[[nodiscard]] Result<Renewal> restore_lmdb_store(const std::filesystem::path& backup,
                                                 const LmdbOptions& options, Random& random,
                                                 const CopyProgress& progress = {});

struct Compaction {
  std::uint64_t before_bytes = 0;
  std::uint64_t after_bytes = 0;
};

// Gives the free pages of the data file back to the file system: puts a copy without them in its
// place, in one step, once the copy is checked and on the disk. Needs room for that copy. Of the
// options only the directory and the limits count.
// Errors: store_locked (any process has the store open), store_missing, store_corrupt, store_full,
// store_io, cancelled. After each of them the store is what it was.
[[nodiscard]] Result<Compaction> compact_lmdb_store(const LmdbOptions& options,
                                                    const CopyProgress& progress = {});

}  // namespace syncline
