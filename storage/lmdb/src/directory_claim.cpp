#include "directory_claim.hpp"

#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

struct Claims {
  std::mutex mutex;
  std::set<std::tuple<pid_t, dev_t, ino_t>> open;
};

Claims& claims() {
  static Claims table;
  return table;
}

}  // namespace

Result<DirectoryClaim> DirectoryClaim::take(const std::filesystem::path& directory,
                                            Sharing sharing) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    return fail(store_error(errno, "look at " + directory.string()));
  }
  const Identity identity{::getpid(), status.st_dev, status.st_ino};
  {
    const std::lock_guard lock(claims().mutex);
    if (!claims().open.insert(identity).second) {
      return fail(Code::kStoreLocked,
                  "this process has the store in " + directory.string() + " open already");
    }
  }
  DirectoryClaim claim(identity);
  if (Result<void> locked = claim.lock(directory, sharing); !locked) return fail(locked.error());
  return claim;
}

Result<void> DirectoryClaim::lock(const std::filesystem::path& directory, Sharing sharing) {
  directory_ = ::open(directory.c_str(), O_RDONLY | O_CLOEXEC);
  if (directory_ < 0) return fail(store_error(errno, "open " + directory.string()));
  const bool alone = sharing == Sharing::kAlone;
  int status = 0;
  do {
    status = ::flock(directory_, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 ? 0 : errno;
  } while (status == EINTR);
  if (status == EWOULDBLOCK) {
    return fail(Code::kStoreLocked,
                alone ? "another process has the store in " + directory.string() + " open"
                      : "another process is replacing the data file in " + directory.string());
  }
  if (status != 0 && alone) return fail(store_error(status, "lock " + directory.string()));
  return {};
}

// The identity is two numbers, so copying is moving.
// NOLINTBEGIN(performance-move-constructor-init)
DirectoryClaim::DirectoryClaim(DirectoryClaim&& other) noexcept
    : identity_(other.identity_),
      held_(std::exchange(other.held_, false)),
      directory_(std::exchange(other.directory_, -1)) {}
// NOLINTEND(performance-move-constructor-init)

DirectoryClaim::~DirectoryClaim() {
  if (directory_ >= 0) ::close(directory_);
  if (!held_) return;
  const std::lock_guard lock(claims().mutex);
  claims().open.erase(identity_);
}

}  // namespace syncline::lmdb
