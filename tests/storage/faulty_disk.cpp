#include "tests/storage/faulty_disk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>

namespace syncline::test {
namespace {

FaultyDisk* present = nullptr;

std::string path_of(int file) {
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  return size < 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

ssize_t system_pwrite(int file, std::string_view bytes, off_t offset) {
  return ::syscall(SYS_pwrite64, file, bytes.data(), bytes.size(), offset);
}

bool writes_through(int file) { return (::fcntl(file, F_GETFL) & O_DSYNC) != 0; }

// What a process has written survives it also when it is not on the disk, so that nothing here has
// to wait for that.
ssize_t write_without_waiting(int file, std::string_view bytes, off_t offset) {
  if (!writes_through(file)) return system_pwrite(file, bytes, offset);
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const int other = ::open(link.c_str(), O_WRONLY | O_CLOEXEC);
  if (other < 0) return -1;
  const ssize_t written = system_pwrite(other, bytes, offset);
  ::close(other);
  return written;
}

// All writes end here. It has an offset in the file, also where the call had none.
ssize_t write_to(FaultyDisk& disk, int file, std::string_view bytes, off_t offset) {
  const FaultyDisk::Ruling ruling = disk.rule(bytes.size());
  ssize_t written = 0;
  if (ruling.size > 0) {
    written = write_without_waiting(file, bytes.substr(0, ruling.size), offset);
    if (written > 0) {
      disk.note(file, {DiskCall::Kind::kWrite, static_cast<std::uint64_t>(offset),
                       std::string(bytes.substr(0, static_cast<std::size_t>(written))),
                       writes_through(file)});
    }
  }
  if (ruling.die) ::kill(::getpid(), SIGKILL);
  if (ruling.error != 0) {
    errno = ruling.error;
    return -1;
  }
  return written;
}

ssize_t write_here(FaultyDisk& disk, int file, std::string_view bytes) {
  const off_t offset = ::lseek(file, 0, SEEK_CUR);
  const ssize_t written = write_to(disk, file, bytes, offset);
  if (written > 0) ::lseek(file, offset + written, SEEK_SET);
  return written;
}

std::string joined(const iovec* parts, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return bytes;
}

// A call that moves no bytes. A sync does nothing, for the reason given above.
int call_on(FaultyDisk& disk, int file, DiskCall call) {
  const FaultyDisk::Ruling ruling = disk.rule(0);
  if (ruling.die) ::kill(::getpid(), SIGKILL);
  if (ruling.error != 0) {
    errno = ruling.error;
    return -1;
  }
  long result = 0;
  if (call.kind == DiskCall::Kind::kTruncate) result = ::syscall(SYS_ftruncate, file, call.offset);
  if (result == 0) disk.note(file, std::move(call));
  return static_cast<int>(result);
}

}  // namespace

FaultyDisk::FaultyDisk(const std::filesystem::path& directory)
    : directory_(std::filesystem::canonical(directory).string() + "/") {
  present = this;
}

FaultyDisk::~FaultyDisk() { present = nullptr; }

void FaultyDisk::kill_at(std::size_t call, Extent written) {
  kill_at_ = call;
  written_ = written;
}

void FaultyDisk::fail_at(std::size_t call, int error, Extent written) {
  fail_at_ = call;
  error_ = error;
  written_ = written;
}

FaultyDisk* FaultyDisk::of(int file) {
  if (present == nullptr || file < 0) return nullptr;
  return (path_of(file) + "/").starts_with(present->directory_) ? present : nullptr;
}

FaultyDisk::Ruling FaultyDisk::rule(std::size_t size) {
  const std::size_t call = calls_++;
  const std::size_t half = size / 2 / kSectorBytes * kSectorBytes;
  const std::size_t part = written_ == Extent::kAll ? size : written_ == Extent::kHalf ? half : 0;
  if (kill_at_ == call) return {part, 0, true};
  if (!fail_at_ || call < *fail_at_) return {size, 0, false};
  // Only the first of them takes anything: what comes after it finds no room at all.
  if (call > *fail_at_) return {0, error_, false};
  const bool is_short = written_ == Extent::kHalf && part > 0;
  return {part, is_short ? 0 : error_, false};
}

void FaultyDisk::note(int file, DiskCall call) {
  if (!recorded_.empty() && path_of(file).ends_with("/" + recorded_)) {
    trace_.push_back(std::move(call));
  }
}

}  // namespace syncline::test

// The functions of the system, for every library of the process.

using syncline::test::DiskCall;
using syncline::test::FaultyDisk;

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  const std::string_view text(static_cast<const char*>(bytes), size);
  FaultyDisk* disk = FaultyDisk::of(file);
  return disk == nullptr ? syncline::test::system_pwrite(file, text, offset)
                         : syncline::test::write_to(*disk, file, text, offset);
}

ssize_t write(int file, const void* bytes, size_t size) {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return ::syscall(SYS_write, file, bytes, size);
  return syncline::test::write_here(*disk, file, {static_cast<const char*>(bytes), size});
}

ssize_t writev(int file, const iovec* parts, int count) {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return ::syscall(SYS_writev, file, parts, count);
  return syncline::test::write_here(*disk, file, syncline::test::joined(parts, count));
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return ::syscall(SYS_pwritev, file, parts, count, offset, 0L);
  return syncline::test::write_to(*disk, file, syncline::test::joined(parts, count), offset);
}

int fsync(int file) {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return static_cast<int>(::syscall(SYS_fsync, file));
  return syncline::test::call_on(*disk, file, {DiskCall::Kind::kSync, 0, {}, false});
}

int fdatasync(int file) {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return static_cast<int>(::syscall(SYS_fdatasync, file));
  return syncline::test::call_on(*disk, file, {DiskCall::Kind::kSync, 0, {}, false});
}

int ftruncate(int file, off_t size) noexcept {
  FaultyDisk* disk = FaultyDisk::of(file);
  if (disk == nullptr) return static_cast<int>(::syscall(SYS_ftruncate, file, size));
  return syncline::test::call_on(
      *disk, file, {DiskCall::Kind::kTruncate, static_cast<std::uint64_t>(size), {}, false});
}

}  // extern "C"
