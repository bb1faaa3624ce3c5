#include <vector>

#include "rows/csv.hpp"
#include "tests/fuzz/row_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

using Cells = std::vector<std::string>;

// Every row up to the end or to what cannot be read.
std::pair<std::vector<Cells>, bool> read_cells(const std::string& text) {
  std::istringstream stream(text);
  cli::CsvReader reader(stream);
  std::vector<Cells> rows;
  std::size_t line = 0;
  while (true) {
    Cells cells;
    const auto more = reader.next(cells);
    if (!more) return {rows, false};
    if (!*more) return {rows, true};
    fuzz::require(reader.line() > line, "lines are counted up");
    fuzz::require(!cells.empty(), "a row has a cell");
    line = reader.line();
    rows.push_back(std::move(cells));
  }
}

std::string quoted(const std::vector<Cells>& rows) {
  std::string text;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

// The first line names the id columns, separated by commas; the rest is the file.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  std::istringstream names{std::string(input.line())};
  std::vector<std::string> id_columns;
  for (std::string name; std::getline(names, name, ',');) id_columns.push_back(name);
  const std::string text(input.rest());

  const auto [cells, whole] = read_cells(text);
  const auto [again, readable] = read_cells(quoted(cells));
  fuzz::require(readable && again == cells, "cells that are quoted are the same cells");

  fuzz::Importer importer;
  std::istringstream stream(text);
  auto rows =
      cli::open_csv_rows(stream, "c", id_columns, importer.replica().schema().collection("c"));
  if (!rows) {
    fuzz::require(rows.error().message.starts_with("line 1: "), "a bad header is of line 1");
    return 0;
  }
  const auto counts = importer.import_all(**rows);
  fuzz::require(!counts || whole, "a file that does not end is an error");
  importer.check_export();
  return 0;
}
