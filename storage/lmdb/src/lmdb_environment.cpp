#include "lmdb_environment.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <lmdb.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "lmdb_data_file.hpp"
#include "lmdb_errors.hpp"
#include "store_directory.hpp"

namespace syncline::lmdb {
namespace {

// Below this there is no point in trying a smaller map.
constexpr std::uint64_t kMapBytesMin = std::uint64_t{1} << 20;
// How much the file grows until dead readers are looked for: one may be why it grows.
constexpr std::uint64_t kTidyPages = 256;
constexpr mdb_mode_t kFileMode = 0600;  // what is inside is personal

std::uint64_t system_page_bytes() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

std::uint64_t map_limit(const LmdbOptions& options) {
  const std::uint64_t addresses = std::numeric_limits<std::size_t>::max() / 4;
  const std::uint64_t bytes =
      std::clamp(options.map_bytes_max, 16 * system_page_bytes(), addresses);
  return bytes / system_page_bytes() * system_page_bytes();
}

std::uint64_t map_start(const LmdbOptions& options) {
  const std::uint64_t limit = map_limit(options);
  if (options.map_bytes_start == 0) return limit;
  const std::uint64_t bytes = std::clamp(options.map_bytes_start, 16 * system_page_bytes(), limit);
  return bytes / system_page_bytes() * system_page_bytes();
}

// Whether the process has this many addresses left. Asked before the old map is given up.
bool addresses_available(std::uint64_t bytes) {
  void* probe =
      ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) return false;  // NOLINT(*-cstyle-cast): the macro of the system
  ::munmap(probe, bytes);
  return true;
}

// Needs the writer's lock, if the store is opened for writing. Answers what the file is, when it is
// one to go on with.
Result<DataFileState> check_data_file(const LmdbOptions& options) {
  const std::filesystem::path path = options.directory / "data.mdb";
  const Result<DataFileState> state =
      inspect_data_file(path, options.check_pages, options.check_progress);
  const bool used = !state || *state == DataFileState::kUsed;
  if (used && options.create && options.must_be_new && !options.read_only) {
    return fail(Code::kStoreExists, "there is a store in " + options.directory.string());
  }
  if (!state) return fail(state.error());
  if (!used && (!options.create || options.read_only)) {
    return fail(Code::kStoreMissing, "there is no store in " + options.directory.string());
  }
  if (*state == DataFileState::kUnfinished) {
    std::error_code error;
    std::filesystem::resize_file(path, 0, error);
    if (error) return fail(store_error(error.value(), "begin again with " + path.string()));
  }
  return *state;
}

}  // namespace

Result<std::shared_ptr<Environment>> Environment::open(const LmdbOptions& options,
                                                       std::shared_ptr<const StoreHold> hold) {
  const Result<DataFileState> state = check_data_file(options);
  if (!state) return fail(state.error());
  // The constructor is private, so make_shared cannot reach it.
  std::shared_ptr<Environment> environment(new Environment(options, std::move(hold)));
  if (Result<void> done = environment->open_environment(); !done) return fail(done.error());
  if (*state != DataFileState::kUsed) {
    if (Result<void> done = environment->sync_first_pages(); !done) return fail(done.error());
  }
  if (Result<void> done = environment->open_databases(); !done) return fail(done.error());
  if (options.create) sync_directory(options.directory);
  return environment;
}

Environment::Environment(LmdbOptions options, std::shared_ptr<const StoreHold> hold)
    : options_(std::move(options)), hold_(std::move(hold)) {}

Environment::~Environment() {
  if (environment_ != nullptr) mdb_env_close(environment_);
}

Result<void> Environment::open_environment() {
  std::uint64_t map_bytes = map_start(options_);
  int status = try_open(map_bytes);
  while (status == ENOMEM && map_bytes / 2 >= kMapBytesMin) {
    map_bytes = map_bytes / 2 / system_page_bytes() * system_page_bytes();
    status = try_open(map_bytes);
  }
  if (status == ENOENT) {
    return fail(Code::kStoreMissing, "there is no store in " + options_.directory.string());
  }
  if (status != 0) {
    return fail(store_error(status, "open the store in " + options_.directory.string()));
  }
  static_cast<void>(forget_dead_readers());
  MDB_envinfo info{};
  mdb_env_info(environment_, &info);
  map_bytes_ = info.me_mapsize;
  tidied_pages_ = info.me_last_pgno;
  MDB_stat statistics{};
  mdb_env_stat(environment_, &statistics);
  page_bytes_ = statistics.ms_psize;
  return {};
}

int Environment::try_open(std::uint64_t map_bytes) {
  MDB_env* environment = nullptr;
  if (const int status = mdb_env_create(&environment); status != 0) return status;
  // The keyspaces, the header, and room for what a migration may need.
  constexpr MDB_dbi kDatabasesMax = kKeyspaceCount + 10;
  mdb_env_set_maxdbs(environment, kDatabasesMax);
  mdb_env_set_maxreaders(environment, options_.readers_max);
  mdb_env_set_mapsize(environment, map_bytes);
  unsigned flags = MDB_NOTLS;  // a snapshot belongs to nobody's thread
  if (options_.read_only) flags |= MDB_RDONLY;
  if (options_.unsafe_no_sync) flags |= MDB_NOSYNC;
  const int status = mdb_env_open(environment, options_.directory.c_str(), flags, kFileMode);
  if (status != 0) {
    mdb_env_close(environment);
    return status;
  }
  environment_ = environment;
  return 0;
}

// LMDB leaves this to the first commit, whose pages might then be on the disk without them.
Result<void> Environment::sync_first_pages() {
  if (options_.read_only || options_.unsafe_no_sync) return {};
  const int status = mdb_env_sync(environment_, 1);
  if (status != 0) return fail(store_error(status, "begin the data file"));
  return {};
}

Result<void> Environment::open_databases() {
  MDB_txn* transaction = nullptr;
  int status =
      mdb_txn_begin(environment_, nullptr, options_.read_only ? MDB_RDONLY : 0U, &transaction);
  if (status != 0) return fail(store_error(status, "read the store"));
  const Result<Databases> databases =
      options_.read_only ? open_read_only(transaction) : open_writable(transaction);
  if (!databases) {
    mdb_txn_abort(transaction);
    return fail(databases.error());
  }
  databases_ = *databases;
  // Also when only reading: the handles become known to later transactions by this commit.
  status = mdb_txn_commit(transaction);
  if (status != 0) return fail(store_error(reason_of(status), "write the header of the store"));
  return {};
}

Result<Environment::Reading> Environment::begin_read() {
  std::unique_lock lock(mutex_);
  let_map_grow(lock);
  if (Result<void> checked = usable(); !checked) return fail(checked.error());
  MDB_txn* transaction = nullptr;
  int status = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  if (status == MDB_READERS_FULL) {
    static_cast<void>(forget_dead_readers());
    status = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  }
  if (status == MDB_MAP_RESIZED) {
    // The process that writes has outgrown the map of this one, which only reads.
    if (Result<void> waited = wait_for_no_snapshot(lock); !waited) {
      return fail(Code::kStoreIo, waited.error().message);
    }
    if (Result<void> done = replace_map(0); !done) return fail(done.error());
    status = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  }
  if (status != 0) return fail(store_error(status, "take a snapshot"));
  const std::thread::id thread = std::this_thread::get_id();
  ++snapshots_;
  ++snapshots_of_thread_[thread];
  return Reading{transaction, thread};
}

void Environment::end_read(const Reading& reading) {
  const std::lock_guard lock(mutex_);
  mdb_txn_abort(reading.transaction);
  const auto of_thread = snapshots_of_thread_.find(reading.thread);
  if (--of_thread->second == 0) snapshots_of_thread_.erase(of_thread);
  if (--snapshots_ == 0) snapshot_closed_.notify_all();
}

Result<MDB_txn*> Environment::begin_write() {
  {
    const std::lock_guard lock(mutex_);
    if (Result<void> checked = usable(); !checked) return fail(checked.error());
  }
  MDB_txn* transaction = nullptr;
  const int status = mdb_txn_begin(environment_, nullptr, 0, &transaction);
  if (status != 0) return fail(store_error(status, "begin a commit"));
  return transaction;
}

bool Environment::forget_dead_readers() {
  int cleared = 0;
  if (mdb_reader_check(environment_, &cleared) != 0 || cleared <= 0) return false;
  dead_readers_ += static_cast<unsigned>(cleared);
  return true;
}

Result<void> Environment::grow_map() {
  if (forget_dead_readers()) return {};
  std::unique_lock lock(mutex_);
  const std::uint64_t limit = map_limit(options_);
  if (map_bytes_ >= limit) {
    return fail(Code::kStoreFull, "the store has reached the " + std::to_string(limit) +
                                      " bytes that it may grow to");
  }
  const std::uint64_t larger = map_bytes_ > limit / 2 ? limit : map_bytes_ * 2;
  if (!addresses_available(larger)) {
    return fail(Code::kStoreFull, "the process has no addresses left for a map of " +
                                      std::to_string(larger) + " bytes");
  }
  if (Result<void> waited = wait_for_no_snapshot(lock); !waited) return waited;
  return replace_map(larger);
}

void Environment::tidy() {
  MDB_envinfo info{};
  mdb_env_info(environment_, &info);
  if (info.me_last_pgno > tidied_pages_ + kTidyPages) {
    static_cast<void>(forget_dead_readers());
    tidied_pages_ = info.me_last_pgno;
  }
  const std::uint64_t used = (info.me_last_pgno + 1) * page_bytes_;
  std::unique_lock lock(mutex_);
  const std::uint64_t limit = map_limit(options_);
  if (used < map_bytes_ / 4 * 3 || map_bytes_ >= limit || snapshots_ != 0) return;
  const std::uint64_t larger = map_bytes_ > limit / 2 ? limit : map_bytes_ * 2;
  // Should it fail, the next commit meets the same and has somebody to tell.
  if (addresses_available(larger)) static_cast<void>(replace_map(larger));
}

int Environment::reason_of(int status) const {
  if (status != EIO) return status;
  int file = -1;
  struct stat about {};
  if (mdb_env_get_fd(environment_, &file) != 0 || ::fstat(file, &about) != 0) return status;
  // What follows the end of the file belongs to no commit, so whether a page fits can be tried
  // there.
  const std::string page(page_bytes_, '\0');
  const ssize_t written = ::pwrite(file, page.data(), page.size(), about.st_size);
  if (written < 0) return errno;
  return static_cast<std::size_t>(written) < page.size() ? ENOSPC : status;
}

void Environment::let_map_grow(std::unique_lock<std::mutex>& lock) {
  if (snapshots_of_thread_.contains(std::this_thread::get_id())) return;
  // Half the time, because the snapshot that the growth waits for may be in this thread's hands,
  // though another one has taken it.
  growth_ended_.wait_for(lock, options_.growth_wait_max / 2, [this] { return growths_ == 0; });
}

Result<void> Environment::wait_for_no_snapshot(std::unique_lock<std::mutex>& lock) {
  if (snapshots_of_thread_.contains(std::this_thread::get_id())) {
    return fail(Code::kStoreFull,
                "the map of the store has to grow, and cannot while the thread that needs it holds "
                "a snapshot");
  }
  ++growths_;
  const bool none_is_open =
      snapshot_closed_.wait_for(lock, options_.growth_wait_max, [this] { return snapshots_ == 0; });
  --growths_;
  // Whoever is woken gets the lock when the map has been replaced.
  growth_ended_.notify_all();
  if (!none_is_open) {
    return fail(Code::kStoreFull,
                "the map of the store has to grow, and cannot while snapshots are open");
  }
  return {};
}

// 0 stands for the size that the process which writes has recorded.
Result<void> Environment::replace_map(std::uint64_t map_bytes) {
  const int status = mdb_env_set_mapsize(environment_, map_bytes);
  if (status != 0) {
    map_lost_ = true;
    return fail(store_error(status, "map the store"));
  }
  MDB_envinfo info{};
  mdb_env_info(environment_, &info);
  map_bytes_ = info.me_mapsize;
  return {};
}

Result<void> Environment::usable() const {
  if (!map_lost_) return {};
  return fail(Code::kStoreIo, "the store has lost its map and has to be opened again");
}

}  // namespace syncline::lmdb
