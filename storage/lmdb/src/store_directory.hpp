#pragma once

#include <filesystem>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/lmdb_store.hpp"

namespace syncline::lmdb {

// Makes the store's directory if it is missing and may be made, durably.
// Errors: store_missing, store_io, store_full.
[[nodiscard]] Result<void> prepare_directory(const LmdbOptions& options);

// The directories that get a new entry when `directory` is made: the parent of each level that is
// not there yet, the outermost first.
[[nodiscard]] std::vector<std::filesystem::path> parents_of_missing(
    const std::filesystem::path& directory);

// A new file survives a power failure only when its directory is on the disk as well.
void sync_directory(const std::filesystem::path& directory);

}  // namespace syncline::lmdb
