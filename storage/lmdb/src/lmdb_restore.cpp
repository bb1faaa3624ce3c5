#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "lmdb_data_file.hpp"
#include "lmdb_errors.hpp"
#include "partial_file.hpp"
#include "store_directory.hpp"
#include "store_hold.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {
namespace lmdb {
namespace {

namespace fs = std::filesystem;

class ReadFile {
 public:
  explicit ReadFile(const fs::path& path) : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  ~ReadFile() {
    if (handle_ >= 0) ::close(handle_);
  }
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

Result<void> copy_file(const fs::path& from, const fs::path& to, const CopyProgress& progress) {
  constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;
  const ReadFile file(from);
  if (file.handle() < 0) {
    const Code code = errno == ENOENT ? Code::kStoreMissing : Code::kStoreIo;
    return fail(code, store_error(errno, "read the backup " + from.string()).message);
  }
  std::error_code error;
  const std::uint64_t total = fs::file_size(from, error);
  Result<PartialFile> copy = PartialFile::begin(to);
  if (!copy) return fail(copy.error());
  std::string chunk(kChunkBytes, '\0');
  std::uint64_t done = 0;
  while (true) {
    const ssize_t size = ::read(file.handle(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(store_error(errno, "read the backup " + from.string()));
    if (size == 0) break;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(size));
    if (Result<void> written = copy->write(bytes); !written) return written;
    done += bytes.size();
    if (progress && !progress(done, total))
      return fail(Code::kCancelled, "the restore was stopped");
  }
  return copy->replace();
}

// The database on its way, in a folder of its own: it may bear its final name only when it is
// another replica.
class Staging {
 public:
  explicit Staging(fs::path directory) : directory_(std::move(directory)) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() { clear(); }

  // Begins with nothing, whatever an interrupted restore has left.
  Result<void> begin() {
    clear();
    std::error_code error;
    fs::create_directory(directory_, error);
    if (!error) fs::permissions(directory_, fs::perms::owner_all, error);
    if (error) return fail(store_error(error.value(), "use " + directory_.string()));
    return {};
  }
  [[nodiscard]] const fs::path& directory() const { return directory_; }
  [[nodiscard]] fs::path data_file() const { return directory_ / "data.mdb"; }

 private:
  // Only what a restore puts there.
  void clear() {
    std::error_code ignored;
    for (const char* name : {"data.mdb", "data.mdb.partial", "lock.mdb", "writer.lock"}) {
      fs::remove(directory_ / name, ignored);
    }
    fs::remove(directory_, ignored);
  }

  fs::path directory_;
};

Result<void> check_backup(const fs::path& backup, const fs::path& copy) {
  const Result<DataFileState> state = inspect_data_file(copy, true);
  if (!state) {
    return fail(state.error().code,
                "the backup " + backup.string() + " cannot be used: " + state.error().message);
  }
  if (*state == DataFileState::kUsed) return {};
  return fail(Code::kStoreMissing, "the backup " + backup.string() + " holds no database");
}

Result<void> check_free(const fs::path& directory) {
  const Result<DataFileState> state = inspect_data_file(directory / "data.mdb", false);
  if (state && *state != DataFileState::kUsed) return {};
  return fail(Code::kStoreExists, "there is a store in " + directory.string() +
                                      "; a backup is restored where there is none");
}

Result<Renewal> renew_in(const LmdbOptions& options, Random& random) {
  const auto store = open_lmdb_store(options);
  if (!store) return fail(store.error());
  return renew_replica(**store, random);
}

}  // namespace
}  // namespace lmdb

Result<Renewal> restore_lmdb_store(const std::filesystem::path& backup, const LmdbOptions& options,
                                   Random& random, const CopyProgress& progress) {
  LmdbOptions target = options;
  target.create = true;
  target.read_only = false;
  const auto hold = lmdb::StoreHold::take(target, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  if (Result<void> unused = lmdb::check_free(target.directory); !unused)
    return fail(unused.error());
  lmdb::Staging staging(target.directory / "restoring");
  if (Result<void> begun = staging.begin(); !begun) return fail(begun.error());
  const std::filesystem::path data_file = staging.data_file();
  if (Result<void> copied = lmdb::copy_file(backup, data_file, progress); !copied) {
    return fail(copied.error());
  }
  if (Result<void> checked = lmdb::check_backup(backup, data_file); !checked) {
    return fail(checked.error());
  }
  LmdbOptions staged = target;
  staged.directory = staging.directory();
  staged.create = false;
  staged.unsafe_no_sync = false;
  Result<Renewal> renewal = lmdb::renew_in(staged, random);
  if (!renewal) return renewal;
  const std::filesystem::path named = target.directory / "data.mdb";
  if (::rename(data_file.c_str(), named.c_str()) != 0) {
    return fail(lmdb::store_error(errno, "name " + named.string()));
  }
  lmdb::sync_directory(target.directory);
  return renewal;
}

}  // namespace syncline
