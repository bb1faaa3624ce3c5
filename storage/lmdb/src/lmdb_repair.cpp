#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "lmdb_data_file.hpp"
#include "lmdb_open_store.hpp"
#include "progress_part.hpp"
#include "staging.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline {
namespace lmdb {
namespace {

namespace fs = std::filesystem;

// Writes entries into a store, some megabytes a commit.
class Refill {
 public:
  explicit Refill(Store& store) : store_(store) {}

  Result<void> take(std::uint8_t database, std::string_view key, std::string_view value) {
    if (database >= kKeyspaceCount) return {};  // the header, which a new store has
    batch_.put(static_cast<Keyspace>(database), std::string(key), std::string(value));
    bytes_ += key.size() + value.size();
    constexpr std::size_t kCommitBytes = std::size_t{4} << 20;
    return bytes_ < kCommitBytes ? Result<void>() : flush();
  }
  Result<void> flush() {
    bytes_ = 0;
    return store_.commit(std::exchange(batch_, StoreBatch()));
  }

 private:
  Store& store_;
  StoreBatch batch_;
  std::size_t bytes_ = 0;
};

Result<void> fill(const fs::path& damaged, const LmdbOptions& options, const StoreMender& mend,
                  const CopyProgress& progress) {
  const auto store = open_lmdb_store(options);
  if (!store) return fail(store.error());
  Refill refill(**store);
  Result<void> read = rescue_entries(
      damaged, {{},
                [&refill](std::uint8_t database, std::string_view key, std::string_view value) {
                  return refill.take(database, key, value);
                },
                progress});
  if (!read) return read;
  if (Result<void> flushed = refill.flush(); !flushed) return flushed;
  return mend(**store, true);
}

Result<void> rescue(const LmdbOptions& options, const StoreMender& mend,
                    const CopyProgress& progress) {
  Staging staging(options.directory / "repairing");
  if (Result<void> begun = staging.begin(); !begun) return begun;
  LmdbOptions staged = options;
  staged.directory = staging.directory();
  staged.create = true;
  staged.check_pages = PageCheck::kNone;
  if (Result<void> filled = fill(options.directory / "data.mdb", staged, mend, progress); !filled) {
    return filled;
  }
  return staging.move_to(options.directory);
}

Result<void> mend_in_place(const LmdbOptions& options, std::shared_ptr<const StoreHold> hold,
                           const StoreMender& mend) {
  auto environment = Environment::open(options, std::move(hold));
  if (!environment) return fail(environment.error());
  const auto store = make_open_store(std::move(*environment));
  return mend(*store, false);
}

// Whether two files hold the same, as far as they can be read.
bool same_bytes(const fs::path& one, const fs::path& other) {
  std::ifstream left(one, std::ios::binary);
  std::ifstream right(other, std::ios::binary);
  std::vector<char> of_left(std::size_t{1} << 20);
  std::vector<char> of_right(of_left.size());
  while (left && right) {
    left.read(of_left.data(), static_cast<std::streamsize>(of_left.size()));
    right.read(of_right.data(), static_cast<std::streamsize>(of_right.size()));
    if (left.gcount() != right.gcount()) return false;
    if (!std::equal(of_left.begin(), of_left.begin() + left.gcount(), of_right.begin()))
      return false;
  }
  return left.eof() && right.eof();
}

}  // namespace
}  // namespace lmdb

Result<LmdbRepair> repair_lmdb_store(const LmdbOptions& options,
                                     const std::filesystem::path& keep_as, const StoreMender& mend,
                                     const CopyProgress& progress) {
  LmdbOptions whole = options;
  whole.create = false;
  whole.must_be_new = false;
  whole.read_only = false;
  const auto hold = lmdb::StoreHold::take(whole, lmdb::Sharing::kAlone);
  if (!hold) return fail(hold.error());
  const std::filesystem::path file = options.directory / "data.mdb";
  const CopyProgress surveying = lmdb::part_of(progress, 0, 3);
  const CopyProgress copying = lmdb::part_of(progress, 1, 3);
  const CopyProgress rescuing = lmdb::part_of(progress, 2, 3);
  const auto faults = lmdb::survey_data_file(file, surveying);
  if (!faults) return fail(faults.error());
  std::error_code ignored;
  if (std::filesystem::exists(keep_as, ignored)) {
    return fail(Code::kStoreExists, "there is a file " + keep_as.string() + " already");
  }
  if (auto kept = lmdb::copy_file(file, keep_as, copying); !kept) return fail(kept.error());
  LmdbRepair repair{keep_as};
  repair.is_rescued = std::any_of(faults->begin(), faults->end(),
                                  [](const PageFault& fault) { return fault.is_structural; });
  const auto done = repair.is_rescued ? lmdb::rescue(whole, mend, rescuing)
                                      : lmdb::mend_in_place(whole, *hold, mend);
  if (!done) {
    if (lmdb::same_bytes(file, keep_as)) std::filesystem::remove(keep_as, ignored);
    return fail(done.error());
  }
  return repair;
}

}  // namespace syncline
