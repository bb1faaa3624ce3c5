#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "syncline/store.hpp"

// The durable store: one LMDB environment in a directory of its own.
//
//   data.mdb     the entries; one named database a keyspace: log, slots, outbox, set_aside,
//                quarantine, meta, indexes; and one named header, whose entry "format" holds the
//                version
//   lock.mdb     LMDB's table of readers
//   writer.lock  locked by the process that may write, whose process id it holds
//
// Every value has a checksum of its keyspace, its key and itself, and is checked whenever it is
// read.

namespace syncline {

// Told how much of how much has been done; false stops it. For a bar: the total is an estimate.
using CopyProgress = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

// What of a file is looked at before it is trusted, for when it may be damaged. What is wrong is
// store_corrupt. A file that is shorter than it should be has its pages walked in any case.
enum class PageCheck : std::uint8_t {
  // Its two meta pages. LMDB follows another damaged page wherever it leads. No value is read that
  // was never written under its key; but one may come from an earlier commit or be taken for
  // absent, later commits may spread the damage, and LMDB may end the process.
  kNone,
  // All pages that its trees lead to, the order of the keys and the list of free pages, which takes
  // time in proportion to what is stored: a second for a GB or so that is in memory. A value with a
  // wrong checksum is an error when it is read, and no other value is out of reach.
  kPages,
  // The same, and every checksum.
  kContents
};

struct LmdbOptions {
  std::filesystem::path directory;

  // Creates the directory and the store when there is none. Else a missing one is store_missing.
  bool create = false;
  // With `create`: a store that is there already is store_exists.
  bool must_be_new = false;
  // Reads a store that this or another process may be writing; commit answers invalid_argument.
  bool read_only = false;

  // What the data may grow to, free pages included; beyond it a commit is store_full.
  std::uint64_t map_bytes_max = std::uint64_t{64} << 30;
  // How much of the data is mapped to begin with. 0 is all of map_bytes_max, or the greatest part
  // of it for which the process has addresses; the file itself only takes what was written. A map
  // that is too small doubles, for which every snapshot of this process has to be closed for a
  // moment.
  std::uint64_t map_bytes_start = 0;
  // How long a commit waits for that moment before it is store_full; meanwhile a thread that has no
  // snapshot waits with taking one. It does not wait for a snapshot that the committing thread has
  // taken itself.
  std::chrono::milliseconds growth_wait_max{10'000};

  // How many snapshots may be open at once, in all processes together. The first one to open the
  // store decides it.
  unsigned readers_max = 510;

  PageCheck check_pages = PageCheck::kNone;
  // Told how far that is. Where it stops it, the store is not opened: cancelled.
  CopyProgress check_progress{};

  // Answers a commit before it is on the disk. When the machine, and not only the process, fails,
  // the last commits may be lost and THE WHOLE STORE MAY BE DAMAGED beyond repair. For tests, and
  // for data that can be fetched again.
  bool unsafe_no_sync = false;
};

struct StoreUsage {
  std::uint64_t file_bytes = 0;
  std::uint64_t used_bytes = 0;     // of the file; the rest is free for later commits
  std::uint64_t map_bytes = 0;      // how far the file can grow without a larger map
  std::uint64_t map_bytes_max = 0;  // how far it may grow at all
  unsigned readers = 0;             // places in the table of readers that were ever taken
  unsigned dead_readers = 0;        // of killed processes, which this one has forgotten
};

// What open_lmdb_store opens: a Store, and what only a store in a file can do.
//
// Thread safety: as Store.
class LmdbStore : public Store {
 public:
  // Copies one moment of the store into a new data file without free pages, while any thread and
  // process goes on reading and writing. The copy is read back, every page and checksum, and on the
  // disk before it gets its name, which it gets in one step; until then it is FILE.partial, which
  // an error takes away. What is freed meanwhile is not used again before the copy is done, so that
  // a busy store grows. Answers the bytes of the copy.
  // Errors: store_exists (a file of that name), store_locked (another process makes it), store_full
  // and store_io (of either disk), store_corrupt, cancelled.
  [[nodiscard]] virtual Result<std::uint64_t> back_up(const std::filesystem::path& file,
                                                      const CopyProgress& progress) const = 0;
  [[nodiscard]] Result<std::uint64_t> back_up(const std::filesystem::path& file) const {
    return back_up(file, {});
  }
  // Errors: store_io.
  [[nodiscard]] virtual Result<StoreUsage> usage() const = 0;
};

// Opens, and with `create` makes, a store. At most one process at a time has it open for writing,
// and no process has it open twice: both are store_locked. The lock ends with the process, however
// it ends. Snapshots may outlive the store; the directory is released when the last of them is
// gone. After a fork the child must not use the store, and keeps the writer's lock alive until it
// ends or calls exec.
//
// What commit has answered survives the end of the process and, without unsafe_no_sync, of the
// machine, on a disk that writes sectors of 512 bytes whole: the part of a meta page that a commit
// writes lies in one. It has no checksum, so one damaged bit, in the number of one of the last two
// commits, can pass for a store whose last commit never was. A commit that fails has changed
// nothing. Only when the disk fails at its very last write may it turn out, once the store was
// opened again, to have been made; until then the store answers store_io.
//
// Errors: store_missing, store_exists, store_locked, store_format_unsupported (also for what is no
// store at all), store_corrupt, store_full, store_io. A commit with an empty key, a key above 499
// bytes or a value above 1 GiB answers invalid_argument and changes nothing.
[[nodiscard]] Result<std::unique_ptr<LmdbStore>> open_lmdb_store(const LmdbOptions& options);

}  // namespace syncline
