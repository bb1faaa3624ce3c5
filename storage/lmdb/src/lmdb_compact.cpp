#include <utility>

#include "lmdb_copy.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {

Result<Compaction> compact_lmdb_store(const LmdbOptions& options, const CopyProgress& progress) {
  LmdbOptions whole = options;
  whole.create = false;
  whole.read_only = false;
  whole.check_pages = true;
  const auto hold = lmdb::StoreHold::take(whole, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  auto environment = lmdb::Environment::open(whole, *hold);
  if (!environment) return fail(environment.error());
  const Result<StoreUsage> usage = (*environment)->usage();
  if (!usage) return fail(usage.error());
  Result<lmdb::PartialFile> copy = lmdb::PartialFile::begin(options.directory / "data.mdb");
  if (!copy) return fail(copy.error());
  const Result<std::uint64_t> bytes = lmdb::copy_environment(**environment, *copy, progress);
  if (!bytes) return fail(bytes.error());
  Compaction compaction{usage->file_bytes, usage->file_bytes};
  if (*bytes >= usage->file_bytes) return compaction;
  // The map of the old file goes first, and the hold on the directory last.
  environment->reset();
  if (Result<void> named = copy->replace(); !named) return fail(named.error());
  compaction.after_bytes = *bytes;
  return compaction;
}

}  // namespace syncline
