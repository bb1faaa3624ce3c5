#pragma once

#include <cstddef>
#include <cstdint>

#include "rows/rows.hpp"
#include "syncline/replica.hpp"

namespace syncline::cli {

struct ImportCounts {
  std::int64_t rows = 0;
  std::int64_t written = 0;  // of them, new or changed
};

inline constexpr std::size_t kRowsPerCommit = 1'000;

// Writes the next rows in one transaction, at most `rows_max`, and counts them once they are
// committed; false at the end of the source. Of each row only the fields that differ from what the
// record holds are written, so that importing a file twice changes nothing. Errors: those of the
// source and of the writes, which name the line; then none of these rows is written.
[[nodiscard]] Result<bool> import_rows(Replica& replica, RowSource& source, ImportCounts& counts,
                                       std::size_t rows_max = kRowsPerCommit);

}  // namespace syncline::cli
