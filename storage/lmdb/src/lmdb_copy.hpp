#pragma once

#include <cstdint>
#include <filesystem>

#include "lmdb_environment.hpp"
#include "partial_file.hpp"
#include "syncline/lmdb_store.hpp"

namespace syncline::lmdb {

// Copies one version of all that the environment holds into the file, without free pages, and reads
// it back: every page and every checksum. Writers go on meanwhile. Answers the size of the copy.
// Errors: store_full, store_io, store_corrupt (what is copied is damaged), cancelled.
[[nodiscard]] Result<std::uint64_t> copy_environment(Environment& environment, PartialFile& file,
                                                     const CopyProgress& progress);

}  // namespace syncline::lmdb
