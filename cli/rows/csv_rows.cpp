#include <algorithm>
#include <utility>

#include "rows/csv.hpp"
#include "rows/rows.hpp"

namespace syncline::cli {
namespace {

// Numbers and booleans are recognised, unless the schema says that the field is a string.
Value cell_value(const std::string& cell, FieldType type) {
  if (type == FieldType::kString) return Value(cell);
  if (cell == "true" || cell == "TRUE" || cell == "True") return Value(true);
  if (cell == "false" || cell == "FALSE" || cell == "False") return Value(false);
  const bool may_be_number = cell.front() == '-' || (cell.front() >= '0' && cell.front() <= '9');
  if (may_be_number) {
    if (auto number = value_from_json(cell)) return std::move(*number);
  }
  return Value(cell);
}

class CsvRows final : public RowSource {
 public:
  CsvRows(std::istream& stream, std::string collection, const CollectionRules& rules)
      : reader_(stream), collection_(std::move(collection)), rules_(rules) {}

  Result<void> read_header(const std::vector<std::string>& id_columns) {
    auto more = reader_.next(header_);
    if (!more) return fail(more.error());
    if (!*more) return at_line(1, "there is no header");
    for (const std::string& name : header_) {
      if (std::count(header_.begin(), header_.end(), name) > 1) {
        return at_line(1, "column \"" + name + "\" is there twice");
      }
    }
    for (const std::string& name : id_columns) {
      const auto found = std::find(header_.begin(), header_.end(), name);
      if (found == header_.end()) return at_line(1, "there is no column \"" + name + "\"");
      id_indexes_.push_back(static_cast<std::size_t>(found - header_.begin()));
    }
    return {};
  }

  Result<bool> next(Row& row) override {
    std::vector<std::string> cells;
    do {
      auto more = reader_.next(cells);
      if (!more || !*more) return more;
    } while (cells.size() == 1 && cells.front().empty());  // an empty line
    if (cells.size() != header_.size()) {
      return at_line(reader_.line(), "it has " + std::to_string(cells.size()) +
                                         " cells, the header " + std::to_string(header_.size()));
    }
    row = {collection_, {}, {}};
    for (const std::size_t index : id_indexes_) {
      if (cells[index].empty())
        return at_line(reader_.line(), "column \"" + header_[index] + "\" is empty");
      if (!row.record.empty()) row.record += ',';
      row.record += cells[index];
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool names_record = header_[i] == "id" && id_indexes_ == std::vector{i};
      if (cells[i].empty() || names_record) continue;
      row.fields.emplace(header_[i], cell_value(cells[i], rules_.field(header_[i]).type));
    }
    return true;
  }

  [[nodiscard]] std::size_t line() const override { return reader_.line(); }

 private:
  CsvReader reader_;
  std::string collection_;
  const CollectionRules& rules_;
  std::vector<std::string> header_;
  std::vector<std::size_t> id_indexes_;
};

}  // namespace

tl::unexpected<Error> at_line(std::size_t line, const std::string& what) {
  return fail(Code::kInvalidArgument, "line " + std::to_string(line) + ": " + what);
}

Result<std::unique_ptr<RowSource>> open_csv_rows(std::istream& stream, std::string collection,
                                                 const std::vector<std::string>& id_columns,
                                                 const CollectionRules& rules) {
  auto rows = std::make_unique<CsvRows>(stream, std::move(collection), rules);
  if (auto ok = rows->read_header(id_columns); !ok) return fail(ok.error());
  return rows;
}

}  // namespace syncline::cli
