#include "syncline/lmdb_store.hpp"

#include <lmdb.h>
#include <mutex>
#include <utility>

#include "lmdb_commit.hpp"
#include "lmdb_copy.hpp"
#include "lmdb_environment.hpp"
#include "lmdb_errors.hpp"
#include "lmdb_open_store.hpp"
#include "lmdb_snapshot.hpp"

namespace syncline {
namespace lmdb {
namespace {

class OpenStore final : public LmdbStore {
 public:
  explicit OpenStore(std::shared_ptr<Environment> environment)
      : environment_(std::move(environment)) {}

  Result<std::unique_ptr<Snapshot>> snapshot() const override {
    return LmdbSnapshot::take(environment_);
  }

  Result<void> commit(const StoreBatch& batch) override {
    if (environment_->read_only()) {
      return fail(Code::kInvalidArgument, "the store is open for reading only");
    }
    if (Result<void> checked = check_batch(batch); !checked) return checked;
    const std::lock_guard turn(commit_mutex_);
    Result<int> status = try_commit(batch);
    while (status && *status == MDB_MAP_FULL) {
      if (Result<void> grown = environment_->grow_map(); !grown) return grown;
      status = try_commit(batch);
    }
    if (!status) return fail(status.error());
    if (*status == MDB_KEYEXIST) {
      return fail(Code::kInvalidArgument, "an append is not behind the last key of the store");
    }
    if (*status != 0) return fail(store_error(environment_->reason_of(*status), "commit"));
    environment_->tidy();
    return {};
  }

  Result<std::uint64_t> back_up(const std::filesystem::path& file,
                                const CopyProgress& progress) const override {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
      return fail(Code::kStoreExists, "there is a file " + file.string() + " already");
    }
    Result<PartialFile> copy = PartialFile::begin(file);
    if (!copy) return fail(copy.error());
    Result<std::uint64_t> bytes = copy_environment(*environment_, *copy, progress);
    if (!bytes) return bytes;
    if (Result<void> named = copy->publish(); !named) return fail(named.error());
    return bytes;
  }

  Result<StoreUsage> usage() const override { return environment_->usage(); }

 private:
  // Answers LMDB's status; when that is not 0 nothing was changed.
  Result<int> try_commit(const StoreBatch& batch) {
    const Result<MDB_txn*> transaction = environment_->begin_write();
    if (!transaction) return fail(transaction.error());
    const int status = write_batch(*transaction, environment_->databases(), batch);
    if (status != 0) {
      mdb_txn_abort(*transaction);
      return status;
    }
    return mdb_txn_commit(*transaction);
  }

  std::mutex commit_mutex_;
  std::shared_ptr<Environment> environment_;
};

}  // namespace

std::unique_ptr<LmdbStore> make_open_store(std::shared_ptr<Environment> environment) {
  return std::make_unique<OpenStore>(std::move(environment));
}

}  // namespace lmdb

Result<std::unique_ptr<LmdbStore>> open_lmdb_store(const LmdbOptions& options) {
  Result<std::shared_ptr<const lmdb::StoreHold>> hold = lmdb::StoreHold::take(options);
  if (!hold) return fail(hold.error());
  Result<std::shared_ptr<lmdb::Environment>> environment =
      lmdb::Environment::open(options, std::move(*hold));
  if (!environment) return fail(environment.error());
  return lmdb::make_open_store(std::move(*environment));
}

}  // namespace syncline
