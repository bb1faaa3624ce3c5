#include "rows/csv.hpp"

#include <string_view>
#include <utility>

namespace syncline::cli {
namespace {

constexpr int kEnd = std::istream::traits_type::eof();
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void skip_byte_order_mark(std::istream& stream) {
  std::string start(kByteOrderMark.size(), '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (start == kByteOrderMark) return;
  stream.clear();
  stream.seekg(0);
}

CsvReader::CsvReader(std::istream& stream) : stream_(stream) { skip_byte_order_mark(stream); }

Result<bool> CsvReader::next(std::vector<std::string>& row) {
  row.clear();
  row_line_ = line_;
  if (stream_.peek() == kEnd) return false;
  std::string cell;
  while (true) {
    const int c = stream_.get();
    if (c == '"' && cell.empty()) {
      if (auto ok = quoted(cell); !ok) return fail(ok.error());
    } else if (c == ',') {
      row.push_back(std::exchange(cell, {}));
    } else if (c == '\r' && stream_.peek() == '\n') {
      continue;
    } else if (c == '\n' || c == kEnd) {
      ++line_;
      row.push_back(std::move(cell));
      return true;
    } else {
      cell.push_back(static_cast<char>(c));
    }
  }
}

// The rest of a cell whose opening quote was read, with its closing quote.
Result<void> CsvReader::quoted(std::string& cell) {
  while (true) {
    const int c = stream_.get();
    if (c == kEnd) {
      return fail(Code::kInvalidArgument,
                  "line " + std::to_string(row_line_) + ": a quoted cell does not end");
    }
    if (c == '\n') ++line_;
    if (c != '"') {
      cell.push_back(static_cast<char>(c));
    } else if (stream_.peek() == '"') {
      cell.push_back(static_cast<char>(stream_.get()));
    } else {
      return {};
    }
  }
}

}  // namespace syncline::cli
