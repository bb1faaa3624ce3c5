#include "rows/import_rows.hpp"

#include <map>
#include <string>

namespace syncline::cli {
namespace {

// Bounds a transaction also where a row has very many fields.
constexpr std::size_t kFieldsPerCommit = 20'000;

// Whether there was anything to write.
Result<bool> import_row(Transaction& transaction, Row& row) {
  const auto present = transaction.get(row.collection, row.record);
  if (!present) return fail(present.error());
  if (*present) {
    std::erase_if(row.fields, [&](const auto& field) {
      const auto known = (*present)->fields.find(field.first);
      return known != (*present)->fields.end() && known->second == field.second;
    });
    if (row.fields.empty()) return false;
  }
  if (auto ok = transaction.patch(row.collection, row.record, row.fields); !ok)
    return fail(ok.error());
  if (!*present) return true;
  // A set in another order, or an empty one for one that never had an item, changes nothing.
  const auto now = transaction.get(row.collection, row.record);
  if (!now) return fail(now.error());
  return !*now || (*now)->fields != (*present)->fields;
}

}  // namespace

Result<bool> import_rows(Replica& replica, RowSource& source, ImportCounts& counts,
                         std::size_t rows_max) {
  ImportCounts these = counts;
  bool more = true;
  auto done = replica.write([&](Transaction& transaction) -> Result<void> {
    std::size_t fields = 0;
    Row row;
    for (std::size_t i = 0; i < rows_max && fields < kFieldsPerCommit; ++i) {
      const auto read = source.next(row);
      if (!read) return fail(read.error());
      more = *read;
      if (!more) return {};
      fields += row.fields.size();
      auto written = import_row(transaction, row);
      if (!written) {
        return fail(written.error().code,
                    "line " + std::to_string(source.line()) + ": " + written.error().message);
      }
      ++these.rows;
      these.written += *written ? 1 : 0;
    }
    return {};
  });
  if (!done) return fail(done.error());
  counts = these;
  return more;
}

}  // namespace syncline::cli
