#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "lmdb_format.hpp"
#include "store_hold.hpp"
#include "syncline/lmdb_store.hpp"

struct MDB_env;
struct MDB_txn;

namespace syncline::lmdb {

// An open LMDB environment, its databases, and the size of its map.
//
// The map can only be replaced while no view points into it, so the environment counts the
// snapshots. A map that is too small waits, for a limited time, until there is none. Meanwhile a
// thread that has no snapshot waits with taking one, or readers that overlap would never let the
// map grow; one that has a snapshot does not, or it would wait for itself.
//
// Thread safety: all members may be called from any thread, except that writing takes turns (the
// store sees to that).
class Environment {
 public:
  // Errors: those of open_lmdb_store.
  [[nodiscard]] static Result<std::shared_ptr<Environment>> open(
      const LmdbOptions& options, std::shared_ptr<const StoreHold> hold);

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment();

  [[nodiscard]] const Databases& databases() const { return databases_; }
  [[nodiscard]] std::size_t page_bytes() const { return page_bytes_; }
  [[nodiscard]] bool read_only() const { return options_.read_only; }

  // A read transaction and the thread that took it, to be handed to end_read.
  struct Reading {
    MDB_txn* transaction;
    std::thread::id thread;
  };
  // Errors: store_io.
  [[nodiscard]] Result<Reading> begin_read();
  void end_read(const Reading& reading);

  // Errors: store_io.
  [[nodiscard]] Result<MDB_txn*> begin_write();
  // Doubles the map, unless a reader that died held the pages. Call it with no write transaction
  // open. Errors: store_full, store_io.
  [[nodiscard]] Result<void> grow_map();
  // To be called after each commit. Forgets dead readers whenever the file has grown, and doubles
  // the map when it is nearly full and no snapshot is open, so that no commit has to wait.
  void tidy();
  // What a commit failed with, where LMDB only says EIO: it does so when the disk took a part of a
  // write, as one that has just become full does. Call it with no write transaction open.
  [[nodiscard]] int reason_of(int status) const;

  // Errors: store_io.
  [[nodiscard]] Result<StoreUsage> usage();
  // LMDB's copy of one version into a file descriptor; answers its status. The caller has a read
  // transaction open for as long.
  [[nodiscard]] int copy_to(int file, unsigned flags) const;

 private:
  Environment(LmdbOptions options, std::shared_ptr<const StoreHold> hold);

  // Tries smaller maps until one fits into the addresses of the process.
  Result<void> open_environment();
  int try_open(std::uint64_t map_bytes);
  Result<void> sync_first_pages();
  Result<void> open_databases();

  // Forgets readers that were killed, which would keep the pages of their snapshots from being used
  // again. Answers whether there were any.
  bool forget_dead_readers();

  // These four need mutex_.
  void let_map_grow(std::unique_lock<std::mutex>& lock);
  Result<void> wait_for_no_snapshot(std::unique_lock<std::mutex>& lock);
  Result<void> replace_map(std::uint64_t map_bytes);
  Result<void> usable() const;

  const LmdbOptions options_;
  // Before the environment, which is closed before it is released.
  std::shared_ptr<const StoreHold> hold_;
  MDB_env* environment_ = nullptr;
  Databases databases_{};
  std::size_t page_bytes_ = 0;
  std::uint64_t tidied_pages_ = 0;  // the size of the file when dead readers were last looked for

  std::mutex mutex_;
  std::condition_variable snapshot_closed_;
  std::condition_variable growth_ended_;
  std::size_t growths_ = 0;  // that wait until no snapshot is open
  std::size_t snapshots_ = 0;
  std::unordered_map<std::thread::id, std::size_t> snapshots_of_thread_;
  std::uint64_t map_bytes_ = 0;
  bool map_lost_ = false;                  // replacing it failed half way
  std::atomic<unsigned> dead_readers_{0};  // that were forgotten
};

}  // namespace syncline::lmdb
