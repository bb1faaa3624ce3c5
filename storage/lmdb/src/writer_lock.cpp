#include "writer_lock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

// What the file says about its holder; empty when it has not said so yet.
std::string holder(int file) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  if (size <= 0) return {};
  const char* begin = text.data();
  return {begin, std::find_if_not(begin, begin + size,
                                  [](char digit) { return digit >= '0' && digit <= '9'; })};
}

Result<void> write_holder(int file) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) < 0) {
    return fail(store_error(errno, "write the writer's lock"));
  }
  return {};
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "writer.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail(store_error(errno, "open " + path.string()));
  WriterLock lock(file);
  int status = 0;
  do {
    status = ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  } while (status == EINTR);
  if (status == EWOULDBLOCK) {
    const std::string process = holder(file);
    return fail(Code::kStoreLocked, "another process" +
                                        (process.empty() ? "" : " (" + process + ")") +
                                        " has the store in " + directory.string() + " open");
  }
  if (status != 0) return fail(store_error(status, "lock " + path.string()));
  if (Result<void> written = write_holder(file); !written) return fail(written.error());
  return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

WriterLock::~WriterLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace syncline::lmdb
