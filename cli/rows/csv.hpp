#pragma once

#include <istream>
#include <string>
#include <vector>

#include "syncline/error.hpp"

namespace syncline::cli {

// Passes over a byte order mark at the beginning of a stream, which can seek.
void skip_byte_order_mark(std::istream& stream);

// Reads comma-separated values (RFC 4180): quoted cells, doubled quotes, line breaks within quotes,
// lines that end in LF or CRLF.
//
// Thread safety: none.
class CsvReader {
 public:
  // Borrows the stream, which can seek. A byte order mark at its beginning is passed over.
  explicit CsvReader(std::istream& stream);

  // The cells of the next row; false at the end. Errors: invalid_argument, naming the line.
  [[nodiscard]] Result<bool> next(std::vector<std::string>& row);
  // The line on which the last row began, from 1.
  [[nodiscard]] std::size_t line() const { return row_line_; }

 private:
  [[nodiscard]] Result<void> quoted(std::string& cell);

  std::istream& stream_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

}  // namespace syncline::cli
