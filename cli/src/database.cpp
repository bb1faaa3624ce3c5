#include "database.hpp"

#include <array>
#include <fstream>
#include <utility>

namespace syncline::cli {

namespace {

// A file of this size is checked in some hundredths of a second.
constexpr std::uintmax_t kCheckedBytesMax = std::uintmax_t{64} << 20;

PageCheck check_of(const std::filesystem::path& directory) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(directory / "data.mdb", error);
  return !error && bytes <= kCheckedBytesMax ? PageCheck::kPages : PageCheck::kNone;
}

}  // namespace

LmdbOptions store_options(const Context& context, Access access) {
  LmdbOptions options;
  options.directory = context.data;
  options.create = access == Access::kCreate;
  options.must_be_new = access == Access::kCreate;
  options.read_only = access == Access::kRead;
  return options;
}

Result<Database> open_database(const Context& context, Access access,
                               std::optional<std::string> schema_json) {
  Database database;
  database.wall = system_wall_clock();
  database.random = system_random();
  LmdbOptions options = store_options(context, access);
  options.check_pages = check_of(options.directory);
  auto store = open_lmdb_store(options);
  if (!store && options.read_only && store.error().code == Code::kStoreFormatUnsupported) {
    // One that is older is brought up to date by whoever opens it for writing.
    options.read_only = false;
    if (auto upgraded = open_lmdb_store(options); !upgraded) return fail(upgraded.error());
    options.read_only = true;
    store = open_lmdb_store(options);
  }
  if (!store && store.error().code == Code::kStoreLocked) {
    return fail(Code::kStoreLocked,
                store.error().message + "; `sync watch` has it so until it is interrupted");
  }
  if (!store) return fail(store.error());
  database.store = std::move(*store);
  auto replica =
      Replica::open(*database.store, *database.wall, *database.random, std::move(schema_json));
  if (!replica) return fail(replica.error());
  database.replica = std::move(*replica);
  return database;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kStoreIo, "cannot read " + path.string());
  std::string text;
  // A folder opens too; it fails when it is read.
  for (std::array<char, 64 * 1024> chunk{};
       file.read(chunk.data(), chunk.size()) || file.gcount() > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return fail(Code::kStoreIo, "cannot read " + path.string());
  return text;
}

}  // namespace syncline::cli
