#include "lmdb_copy.hpp"

#include <array>
#include <cerrno>
#include <future>
#include <lmdb.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "lmdb_data_file.hpp"
#include "lmdb_errors.hpp"
#include "progress_part.hpp"

namespace syncline::lmdb {
namespace {

// LMDB writes a copy to a file descriptor and says nothing until it is done. A pipe in between lets
// this side count, stop, and find the disk full by itself.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) ends_ = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_input();
    close_output();
  }
  [[nodiscard]] bool is_open() const { return ends_[0] >= 0; }
  [[nodiscard]] int output() const { return ends_[0]; }
  [[nodiscard]] int input() const { return ends_[1]; }
  void close_output() {
    if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
  }
  void close_input() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  std::array<int, 2> ends_{};
};

struct Copied {
  int status = 0;  // LMDB's
  std::uint64_t bytes = 0;
};

// Fills the buffer from a pipe, unless the pipe ends before. Answers how much came.
Result<std::size_t> read_whole(int file, std::string& buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t size = ::read(file, buffer.data() + filled, buffer.size() - filled);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(store_error(errno, "read the copy"));
    if (size == 0) break;
    filled += static_cast<std::size_t>(size);
  }
  return filled;
}

// Reads what the pipe gives into the file, to its end: LMDB would take a pipe that is closed before
// that for a signal to wait for.
Result<std::uint64_t> drain(int output, PartialFile& file, std::uint64_t total_bytes,
                            const CopyProgress& progress) {
  constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;
  std::string chunk(kChunkBytes, '\0');
  std::uint64_t bytes = 0;
  Result<void> going;
  while (true) {
    const Result<std::size_t> size = read_whole(output, chunk);
    if (!size) return fail(size.error());
    if (*size == 0) break;
    bytes += *size;
    if (!going) continue;
    going = file.write(std::string_view(chunk).substr(0, *size));
    if (going && progress && !progress(bytes, total_bytes)) {
      going = fail(Code::kCancelled, "the copy was stopped");
    }
  }
  if (!going) return fail(going.error());
  return bytes;
}

Result<Copied> copy_once(Environment& environment, PartialFile& file, unsigned flags,
                         const CopyProgress& progress) {
  const Result<StoreUsage> usage = environment.usage();
  if (!usage) return fail(usage.error());
  // It holds the map in its place, which must not be replaced while LMDB copies out of it.
  const Result<Environment::Reading> reading = environment.begin_read();
  if (!reading) return fail(reading.error());
  Copied copied;
  Result<std::uint64_t> drained;
  {
    Pipe pipe;
    if (!pipe.is_open()) {
      const int reason = errno;
      environment.end_read(*reading);
      return fail(store_error(reason, "copy the store"));
    }
    auto status = std::async(std::launch::async, [&environment, &pipe, flags] {
      const int result = environment.copy_to(pipe.input(), flags);
      pipe.close_input();
      return result;
    });
    drained = drain(pipe.output(), file, usage->used_bytes, progress);
    pipe.close_output();
    copied.status = status.get();
  }
  environment.end_read(*reading);
  if (!drained) return fail(drained.error());
  copied.bytes = *drained;
  return copied;
}

}  // namespace

Result<std::uint64_t> copy_environment(Environment& environment, PartialFile& file,
                                       const CopyProgress& progress) {
  const CopyProgress copying = part_of(progress, 0, 2);
  Result<Copied> copied = copy_once(environment, file, MDB_CP_COMPACT, copying);
  // It cannot leave out free pages where some are neither in use nor listed as free.
  if (copied && copied->status == MDB_INCOMPATIBLE) {
    if (Result<void> emptied = file.clear(); !emptied) return fail(emptied.error());
    copied = copy_once(environment, file, 0, copying);
  }
  if (!copied) return fail(copied.error());
  if (copied->status != 0) return fail(store_error(copied->status, "copy the store"));
  if (Result<void> synced = file.sync(); !synced) return fail(synced.error());
  const Result<DataFileState> state =
      inspect_data_file(file.path(), PageCheck::kContents, part_of(progress, 1, 2));
  if (!state && state.error().code == Code::kCancelled) return fail(state.error());
  if (!state) {
    return fail(state.error().code, "the copy is not sound: " + state.error().message);
  }
  return copied->bytes;
}

}  // namespace syncline::lmdb
