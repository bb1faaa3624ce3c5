#include <filesystem>
#include <lmdb.h>
#include <memory>
#include <system_error>
#include <utility>

#include "lmdb_copy.hpp"
#include "lmdb_format.hpp"
#include "progress_part.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {
namespace {

// Of a copy LMDB writes one meta page, and the other with the next commit. With both, a bit that
// flips in one of them can be repaired. The store is whole without it, so that nothing fails here.
void fill_second_meta_page(const LmdbOptions& options,
                           std::shared_ptr<const lmdb::StoreHold> hold) {
  const auto environment = lmdb::Environment::open(options, std::move(hold));
  if (!environment) return;
  const Result<MDB_txn*> transaction = (*environment)->begin_write();
  if (!transaction) return;
  if (lmdb::write_version_again(*transaction)) {
    static_cast<void>(mdb_txn_commit(*transaction));
  } else {
    mdb_txn_abort(*transaction);
  }
}

}  // namespace

Result<Compaction> compact_lmdb_store(const LmdbOptions& options, const CopyProgress& progress) {
  LmdbOptions whole = options;
  whole.create = false;
  whole.read_only = false;
  whole.check_pages = PageCheck::kContents;
  whole.check_progress = lmdb::part_of(progress, 0, 2);
  const auto hold = lmdb::StoreHold::take(whole, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  auto environment = lmdb::Environment::open(whole, *hold);
  if (!environment) return fail(environment.error());
  const Result<StoreUsage> usage = (*environment)->usage();
  if (!usage) return fail(usage.error());
  Result<lmdb::PartialFile> copy = lmdb::PartialFile::begin(options.directory / "data.mdb");
  if (!copy) return fail(copy.error());
  const CopyProgress copying = lmdb::part_of(progress, 1, 2);
  const Result<std::uint64_t> bytes = lmdb::copy_environment(**environment, *copy, copying);
  if (!bytes) return fail(bytes.error());
  Compaction compaction{usage->file_bytes, usage->file_bytes};
  if (*bytes >= usage->file_bytes) return compaction;
  // The map of the old file goes first, and the hold on the directory last.
  environment->reset();
  if (Result<void> named = copy->replace(); !named) return fail(named.error());
  whole.check_pages = PageCheck::kNone;  // the copy was
  fill_second_meta_page(whole, *hold);
  std::error_code error;
  const auto after_bytes = std::filesystem::file_size(options.directory / "data.mdb", error);
  compaction.after_bytes = error ? *bytes : after_bytes;
  return compaction;
}

}  // namespace syncline
