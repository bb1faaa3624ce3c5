#include "partial_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "lmdb_errors.hpp"
#include "store_directory.hpp"

namespace syncline::lmdb {
namespace {

constexpr mode_t kFileMode = 0600;  // what is inside is personal

// Whether the path still leads to the open file.
bool is_at(int file, const std::filesystem::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// Renames unless the name is taken; answers errno. Where the system cannot do both at once, a
// moment lies between the look and the renaming.
int rename_to_free(const std::filesystem::path& from, const std::filesystem::path& to) {
#ifdef RENAME_NOREPLACE
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
#endif
  struct stat taken {};
  if (::lstat(to.c_str(), &taken) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

PartialFile::PartialFile(const std::filesystem::path& final_path)
    : final_path_(final_path), partial_path_(final_path.string() + ".partial") {}

Result<PartialFile> PartialFile::begin(const std::filesystem::path& final_path) {
  PartialFile partial(final_path);
  if (Result<void> opened = partial.open(); !opened) return fail(opened.error());
  return partial;
}

Result<void> PartialFile::open() {
  const int file =
      ::open(partial_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode);
  if (file < 0) return fail(store_error(errno, "write " + partial_path_.string()));
  int status = ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  // The one that held it may have given it its name meanwhile: then it is no partial file any more.
  if (status == 0 && !is_at(file, partial_path_)) status = EWOULDBLOCK;
  if (status != 0) {
    ::close(file);
    if (status != EWOULDBLOCK) return fail(store_error(status, "lock " + partial_path_.string()));
    return fail(Code::kStoreLocked, "another process is writing " + final_path_.string());
  }
  file_ = file;
  if (::fchmod(file_, kFileMode) != 0) {
    return fail(store_error(errno, "write " + partial_path_.string()));
  }
  return clear();
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : final_path_(std::move(other.final_path_)),
      partial_path_(std::move(other.partial_path_)),
      file_(std::exchange(other.file_, -1)) {}

PartialFile::~PartialFile() {
  if (file_ < 0) return;
  ::unlink(partial_path_.c_str());
  ::close(file_);
}

Result<void> PartialFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(store_error(errno, "write " + partial_path_.string()));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> PartialFile::clear() {
  if (::ftruncate(file_, 0) == 0 && ::lseek(file_, 0, SEEK_SET) == 0) return {};
  return fail(store_error(errno, "write " + partial_path_.string()));
}

Result<void> PartialFile::sync() {
  if (::fsync(file_) == 0) return {};
  return fail(store_error(errno, "write " + partial_path_.string()));
}

Result<void> PartialFile::replace() {
  if (Result<void> synced = sync(); !synced) return synced;
  if (::rename(partial_path_.c_str(), final_path_.c_str()) != 0) {
    return fail(store_error(errno, "name " + final_path_.string()));
  }
  ::close(std::exchange(file_, -1));
  sync_directory(directory_of(final_path_));
  return {};
}

Result<void> PartialFile::publish() {
  if (Result<void> synced = sync(); !synced) return synced;
  const int status = rename_to_free(partial_path_, final_path_);
  if (status == EEXIST) {
    return fail(Code::kStoreExists, "there is a file " + final_path_.string() + " already");
  }
  if (status != 0) return fail(store_error(status, "name " + final_path_.string()));
  ::close(std::exchange(file_, -1));
  sync_directory(directory_of(final_path_));
  return {};
}

}  // namespace syncline::lmdb
