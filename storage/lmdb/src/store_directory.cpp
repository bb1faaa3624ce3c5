#include "store_directory.hpp"

#include <algorithm>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "lmdb_errors.hpp"

namespace syncline::lmdb {

std::vector<std::filesystem::path> parents_of_missing(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::path level = std::filesystem::absolute(directory, error).lexically_normal();
  if (!level.has_filename()) level = level.parent_path();  // it ended in a slash
  std::vector<std::filesystem::path> parents;
  while (level.has_relative_path() && !std::filesystem::exists(level, error)) {
    level = level.parent_path();
    parents.push_back(level);
  }
  std::reverse(parents.begin(), parents.end());
  return parents;
}

void sync_directory(const std::filesystem::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

Result<void> prepare_directory(const LmdbOptions& options) {
  const bool may_create = options.create && !options.read_only;
  std::error_code error;
  if (!std::filesystem::exists(options.directory / "data.mdb", error) && !may_create) {
    return fail(Code::kStoreMissing, "there is no store in " + options.directory.string());
  }
  if (may_create) {
    const auto parents = parents_of_missing(options.directory);
    std::filesystem::create_directories(options.directory, error);
    if (!error) std::for_each(parents.begin(), parents.end(), sync_directory);
  }
  if (error) return fail(store_error(error.value(), "use " + options.directory.string()));
  return {};
}

}  // namespace syncline::lmdb
