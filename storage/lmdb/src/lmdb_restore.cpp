#include <string>
#include <utility>

#include "lmdb_data_file.hpp"
#include "progress_part.hpp"
#include "staging.hpp"
#include "store_hold.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {
namespace lmdb {
namespace {

namespace fs = std::filesystem;

Result<void> check_backup(const fs::path& backup, const fs::path& copy,
                          const CopyProgress& progress) {
  const Result<DataFileState> state = inspect_data_file(copy, PageCheck::kContents, progress);
  if (!state && state.error().code == Code::kCancelled) return fail(state.error());
  if (!state) {
    return fail(state.error().code,
                "the backup " + backup.string() + " cannot be used: " + state.error().message);
  }
  if (*state == DataFileState::kUsed) return {};
  return fail(Code::kStoreMissing, "the backup " + backup.string() + " holds no database");
}

Result<void> check_free(const fs::path& directory) {
  const Result<DataFileState> state = inspect_data_file(directory / "data.mdb", PageCheck::kNone);
  if (state && *state != DataFileState::kUsed) return {};
  return fail(Code::kStoreExists, "there is a store in " + directory.string() +
                                      "; a backup is restored where there is none");
}

Result<Renewal> renew_in(const LmdbOptions& options, Random& random) {
  const auto store = open_lmdb_store(options);
  if (!store) return fail(store.error());
  return renew_replica(**store, random);
}

}  // namespace
}  // namespace lmdb

Result<Renewal> restore_lmdb_store(const std::filesystem::path& backup, const LmdbOptions& options,
                                   Random& random, const CopyProgress& progress) {
  LmdbOptions target = options;
  target.create = true;
  target.read_only = false;
  const auto hold = lmdb::StoreHold::take(target, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  if (Result<void> unused = lmdb::check_free(target.directory); !unused)
    return fail(unused.error());
  lmdb::Staging staging(target.directory / "restoring");
  if (Result<void> begun = staging.begin(); !begun) return fail(begun.error());
  const std::filesystem::path data_file = staging.data_file();
  const CopyProgress copying = lmdb::part_of(progress, 0, 2);
  if (Result<void> copied = lmdb::copy_file(backup, data_file, copying); !copied) {
    return fail(copied.error());
  }
  const CopyProgress checking = lmdb::part_of(progress, 1, 2);
  if (Result<void> checked = lmdb::check_backup(backup, data_file, checking); !checked) {
    return fail(checked.error());
  }
  LmdbOptions staged = target;
  staged.directory = staging.directory();
  staged.create = false;
  staged.unsafe_no_sync = false;
  Result<Renewal> renewal = lmdb::renew_in(staged, random);
  if (!renewal) return renewal;
  if (Result<void> moved = staging.move_to(target.directory); !moved) return fail(moved.error());
  return renewal;
}

}  // namespace syncline
