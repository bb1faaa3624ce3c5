#include "staging.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include "lmdb_errors.hpp"
#include "partial_file.hpp"
#include "store_directory.hpp"

namespace syncline::lmdb {
namespace {

class ReadFile {
 public:
  explicit ReadFile(const std::filesystem::path& path)
      : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  ~ReadFile() {
    if (handle_ >= 0) ::close(handle_);
  }
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

}  // namespace

Result<void> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                       const CopyProgress& progress) {
  constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;
  const ReadFile file(from);
  if (file.handle() < 0) {
    const Code code = errno == ENOENT ? Code::kStoreMissing : Code::kStoreIo;
    return fail(code, store_error(errno, "read " + from.string()).message);
  }
  std::error_code error;
  const std::uint64_t total = std::filesystem::file_size(from, error);
  Result<PartialFile> copy = PartialFile::begin(to);
  if (!copy) return fail(copy.error());
  std::string chunk(kChunkBytes, '\0');
  std::uint64_t done = 0;
  while (true) {
    const ssize_t size = ::read(file.handle(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(store_error(errno, "read " + from.string()));
    if (size == 0) break;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(size));
    if (Result<void> written = copy->write(bytes); !written) return written;
    done += bytes.size();
    if (progress && !progress(done, total)) return fail(Code::kCancelled, "the copy was stopped");
  }
  return copy->replace();
}

Result<void> Staging::begin() {
  clear();
  std::error_code error;
  std::filesystem::create_directory(directory_, error);
  if (!error) std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  if (error) return fail(store_error(error.value(), "use " + directory_.string()));
  return {};
}

Result<void> Staging::move_to(const std::filesystem::path& directory) {
  const std::filesystem::path named = directory / "data.mdb";
  if (::rename(data_file().c_str(), named.c_str()) != 0) {
    return fail(store_error(errno, "name " + named.string()));
  }
  sync_directory(directory);
  return {};
}

void Staging::clear() {
  std::error_code ignored;
  for (const char* name : {"data.mdb", "data.mdb.partial", "lock.mdb", "writer.lock"}) {
    std::filesystem::remove(directory_ / name, ignored);
  }
  std::filesystem::remove(directory_, ignored);
}

}  // namespace syncline::lmdb
