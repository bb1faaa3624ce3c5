#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

// The records of a file, and a record as a line of one.

namespace syncline::cli {

// One record of a file.
struct Row {
  std::string collection;
  std::string record;
  Value::Object fields;
};

// The records of a file, one after the other.
//
// Thread safety: none.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // The next record; false at the end. Errors: invalid_argument, those of the values; each names
  // the line.
  [[nodiscard]] virtual Result<bool> next(Row& row) = 0;
  // The line of the last record, from 1.
  [[nodiscard]] virtual std::size_t line() const = 0;
};

// An error of a line.
[[nodiscard]] tl::unexpected<Error> at_line(std::size_t line, const std::string& what);

// CSV with a header. A record's name is what its id columns hold, joined by commas. Borrows the
// stream, which can seek, and the rules. Errors: invalid_argument, naming the line.
[[nodiscard]] Result<std::unique_ptr<RowSource>> open_csv_rows(
    std::istream& stream, std::string collection, const std::vector<std::string>& id_columns,
    const CollectionRules& rules);

// A JSON object a line, as record_to_json writes them. With the collection "*" each line names its
// own. Borrows the stream, which can seek.
[[nodiscard]] std::unique_ptr<RowSource> open_ndjson_rows(std::istream& stream,
                                                          std::string collection);

// A record as one JSON object: its id, its collection if given, then its fields. A field whose name
// has a meaning here (id, collection, $fields) is a member of the object $fields instead, at the
// end.
[[nodiscard]] std::string record_to_json(const Record& record, std::string_view collection = {});

}  // namespace syncline::cli
