#pragma once

#include <filesystem>
#include <vector>

#include "lmdb_tree_walk.hpp"
#include "syncline/error.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline::lmdb {

enum class DataFileState {
  kAbsent,      // no file, or an empty one
  kUnfinished,  // one whose making was interrupted; LMDB cannot open it, but nothing is lost with
                // it
  kBlank,       // an environment in which nothing was ever committed
  kUsed,
};

// Looks at an environment's data file before LMDB maps it: LMDB follows damaged sizes and page
// numbers wherever they lead, and a page beyond the end of a mapped file ends the process.
//
// Checks the two meta pages always; the pages of all trees when the file is shorter than its last
// page number says (which is sound when the pages behind its end are free), or as the check has it.
// Another process may be writing meanwhile.
//
// Errors: store_corrupt, store_format_unsupported (another version of LMDB), store_io, cancelled.
[[nodiscard]] Result<DataFileState> inspect_data_file(const std::filesystem::path& path,
                                                      PageCheck check,
                                                      const CopyProgress& progress = {});

// Everything that is wrong in the pages. Errors: store_missing (no file, or one in which nothing
// was ever committed), store_format_unsupported, store_io, cancelled.
[[nodiscard]] Result<std::vector<PageFault>> survey_data_file(const std::filesystem::path& path,
                                                              const CopyProgress& progress);

// Reads every sound entry that the trees of a data file lead to, whatever else of it is damaged: of
// the commit before the last, whose pages are still there, then of the last one. What that one has
// erased may come back. Its progress is told of every walk. Nothing may be writing the file.
// Errors: store_corrupt (no version of it can be found), those of `entry`, store_io, cancelled.
[[nodiscard]] Result<void> rescue_entries(const std::filesystem::path& path,
                                          const TreeWalk::Observer& observer);

}  // namespace syncline::lmdb
