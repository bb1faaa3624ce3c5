#include <cerrno>
#include <cstring>
#include <lmdb.h>
#include <sys/stat.h>

#include "lmdb_environment.hpp"
#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

// The pages that a version lists as free: of each transaction their number, then theirs.
Result<std::uint64_t> count_free_pages(MDB_txn* transaction) {
  constexpr MDB_dbi kFreePages = 0;
  MDB_cursor* cursor = nullptr;
  if (const int status = mdb_cursor_open(transaction, kFreePages, &cursor); status != 0) {
    return fail(store_error(status, "read the free pages"));
  }
  std::uint64_t pages = 0;
  MDB_val key{};
  MDB_val value{};
  int status = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
  for (; status == 0; status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
    std::size_t count = 0;
    if (value.mv_size >= sizeof count) std::memcpy(&count, value.mv_data, sizeof count);
    pages += count;
  }
  mdb_cursor_close(cursor);
  if (status != MDB_NOTFOUND) return fail(store_error(status, "read the free pages"));
  return pages;
}

}  // namespace

Result<StoreUsage> Environment::usage() {
  const Result<Reading> reading = begin_read();
  if (!reading) return fail(reading.error());
  const Result<std::uint64_t> free_pages = count_free_pages(reading->transaction);
  end_read(*reading);
  if (!free_pages) return fail(free_pages.error());
  int file = -1;
  struct stat about {};
  if (mdb_env_get_fd(environment_, &file) != 0 || ::fstat(file, &about) != 0) {
    return fail(store_error(errno, "look at the data file"));
  }
  MDB_envinfo info{};
  mdb_env_info(environment_, &info);
  StoreUsage usage;
  usage.file_bytes = static_cast<std::uint64_t>(about.st_size);
  usage.used_bytes = (info.me_last_pgno + 1 - *free_pages) * page_bytes_;
  usage.map_bytes = info.me_mapsize;
  usage.map_bytes_max = options_.map_bytes_max;
  usage.readers = info.me_numreaders;
  usage.dead_readers = dead_readers_;
  return usage;
}

int Environment::copy_to(int file, unsigned flags) const {
  return mdb_env_copyfd2(environment_, file, flags);
}

}  // namespace syncline::lmdb
