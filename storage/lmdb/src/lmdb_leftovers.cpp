#include <array>
#include <system_error>

#include "lmdb_errors.hpp"
#include "staging.hpp"
#include "store_hold.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {
namespace {

constexpr std::array<const char*, 2> kFolders = {"restoring", "repairing"};
constexpr const char* kPartial = "data.mdb.partial";

}  // namespace

std::vector<std::filesystem::path> lmdb_leftovers(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (const char* name : {kFolders[0], kFolders[1], kPartial}) {
    if (std::filesystem::exists(directory / name, ignored)) found.push_back(directory / name);
  }
  return found;
}

Result<void> remove_lmdb_leftovers(const LmdbOptions& options) {
  LmdbOptions whole = options;
  whole.create = false;
  whole.read_only = false;
  const auto hold = lmdb::StoreHold::take(whole, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  // The folders go with the objects.
  for (const char* name : kFolders) const lmdb::Staging folder(options.directory / name);
  std::error_code error;
  std::filesystem::remove(options.directory / kPartial, error);
  if (error) return fail(lmdb::store_error(error.value(), "remove what an interruption left"));
  return {};
}

}  // namespace syncline
