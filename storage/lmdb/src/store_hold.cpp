#include "store_hold.hpp"

#include <utility>

#include "store_directory.hpp"

namespace syncline::lmdb {

Result<std::shared_ptr<const StoreHold>> StoreHold::take(const LmdbOptions& options,
                                                         Sharing sharing) {
  if (options.directory.empty()) {
    return fail(Code::kInvalidArgument, "the store needs the name of a directory");
  }
  if (Result<void> done = prepare_directory(options); !done) return fail(done.error());
  Result<DirectoryClaim> claim = DirectoryClaim::take(options.directory, sharing);
  if (!claim) return fail(claim.error());
  std::optional<WriterLock> writer;
  if (!options.read_only) {
    Result<WriterLock> taken = WriterLock::take(options.directory);
    if (!taken) return fail(taken.error());
    writer.emplace(std::move(*taken));
  }
  return std::make_shared<const StoreHold>(StoreHold{std::move(*claim), std::move(writer)});
}

}  // namespace syncline::lmdb
