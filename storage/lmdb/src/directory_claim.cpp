#include "directory_claim.hpp"

#include <cerrno>
#include <mutex>
#include <set>
#include <string>
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

Result<DirectoryClaim> DirectoryClaim::take(const std::filesystem::path& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    return fail(store_error(errno, "look at " + directory.string()));
  }
  const Identity identity{::getpid(), status.st_dev, status.st_ino};
  const std::lock_guard lock(claims().mutex);
  if (!claims().open.insert(identity).second) {
    return fail(Code::kStoreLocked,
                "this process has the store in " + directory.string() + " open already");
  }
  return DirectoryClaim(identity);
}

// The identity is two numbers, so copying is moving.
// NOLINTBEGIN(performance-move-constructor-init)
DirectoryClaim::DirectoryClaim(DirectoryClaim&& other) noexcept
    : identity_(other.identity_), held_(std::exchange(other.held_, false)) {}
// NOLINTEND(performance-move-constructor-init)

DirectoryClaim::~DirectoryClaim() {
  if (!held_) return;
  const std::lock_guard lock(claims().mutex);
  claims().open.erase(identity_);
}

}  // namespace syncline::lmdb
