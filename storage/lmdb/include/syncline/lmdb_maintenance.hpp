#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

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

// What is wrong in the pages of a data file.
struct PageFault {
  // Other entries may be out of reach, and LMDB might end the process that follows the page. Else
  // one entry fails its checksum, and all others can be read.
  bool is_structural = false;
  std::string what;  // a sentence that names the page
  // Not one entry can be read any more, so that only a backup helps.
  bool is_total_loss = false;
};

// Walks all pages of a store's data file as they lie on the disk, without LMDB, and tells all that
// is wrong: whatever the damage, it ends no process. Another process may be writing meanwhile.
// Errors: store_missing, store_format_unsupported (of LMDB's file), store_io, cancelled.
[[nodiscard]] Result<std::vector<PageFault>> check_lmdb_pages(
    const std::filesystem::path& directory, const CopyProgress& progress = {});

// Repairs what a store holds, in one commit. `entries_may_be_lost` where pages of it were.
using StoreMender = std::function<Result<void>(Store& store, bool entries_may_be_lost)>;

struct LmdbRepair {
  std::filesystem::path kept;  // the data file as it was
  bool is_rescued = false;  // its pages were damaged: it was replaced by what could be read of it
};

// Lets a mender repair a store, after copying its data file, as it is, to `keep_as`, which must not
// be there. Where the pages are damaged, so that LMDB cannot be trusted with them, every entry that
// is sound is first read into a new file, which takes the place of the damaged one when the mender
// is done with it. Of the options only the directory and the limits count.
// Errors: store_locked (any process has the store open), store_missing, store_exists, store_full,
// store_io, store_corrupt (nothing can be read), the mender's, cancelled. After each of them the
// store is what it was, and no second copy of it is kept.
[[nodiscard]] Result<LmdbRepair> repair_lmdb_store(const LmdbOptions& options,
                                                   const std::filesystem::path& keep_as,
                                                   const StoreMender& mend,
                                                   const CopyProgress& progress = {});

// What a restore, a repair or a compaction that was killed has left in a store's directory. None of
// it is needed.
[[nodiscard]] std::vector<std::filesystem::path> lmdb_leftovers(
    const std::filesystem::path& directory);
// Removes it. Errors: store_locked (a process has the store open, which may be at it), store_io.
[[nodiscard]] Result<void> remove_lmdb_leftovers(const LmdbOptions& options);

struct Compaction {
  std::uint64_t before_bytes = 0;
  std::uint64_t after_bytes = 0;
};

// Gives the free pages of the data file back to the file system: puts a copy without them in its
// place, in one step, once the copy is checked and on the disk, and commits once to it, so that it
// has both of LMDB's meta pages. Needs room for that copy. Of the
// options only the directory and the limits count.
// Errors: store_locked (any process has the store open), store_missing, store_corrupt, store_full,
// store_io, cancelled. After each of them the store is what it was.
[[nodiscard]] Result<Compaction> compact_lmdb_store(const LmdbOptions& options,
                                                    const CopyProgress& progress = {});

}  // namespace syncline
