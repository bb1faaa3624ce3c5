#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "command.hpp"
#include "csv.hpp"
#include "database.hpp"
#include "output.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  std::string collection;
  std::filesystem::path file;
  std::vector<std::string> id_columns;
};

// One record of a file.
struct Row {
  std::string collection;
  std::string record;
  Value::Object fields;
};

// The next record of a file; false at its end.
using Source = std::function<Result<bool>(Row&)>;

tl::unexpected<Error> at_line(std::size_t line, const std::string& what) {
  return fail(Code::kInvalidArgument, "line " + std::to_string(line) + ": " + what);
}

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

// The rows of a CSV file. The record's name is what the id columns hold, joined by commas.
class CsvSource {
 public:
  CsvSource(std::istream& stream, const Arguments& arguments, const CollectionRules& rules)
      : reader_(stream), arguments_(arguments), rules_(rules) {}

  Result<void> read_header() {
    auto more = reader_.next(header_);
    if (!more) return fail(more.error());
    if (!*more) return at_line(1, "there is no header");
    for (const std::string& name : header_) {
      if (std::count(header_.begin(), header_.end(), name) > 1) {
        return at_line(1, "column \"" + name + "\" is there twice");
      }
    }
    for (const std::string& name : arguments_.id_columns) {
      const auto found = std::find(header_.begin(), header_.end(), name);
      if (found == header_.end()) return at_line(1, "there is no column \"" + name + "\"");
      id_indexes_.push_back(static_cast<std::size_t>(found - header_.begin()));
    }
    return {};
  }

  Result<bool> next(Row& row) {
    std::vector<std::string> cells;
    do {
      auto more = reader_.next(cells);
      if (!more || !*more) return more;
    } while (cells.size() == 1 && cells.front().empty());  // an empty line
    if (cells.size() != header_.size()) {
      return at_line(reader_.line(), "it has " + std::to_string(cells.size()) +
                                         " cells, the header " + std::to_string(header_.size()));
    }
    row = {arguments_.collection, {}, {}};
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

  [[nodiscard]] std::size_t line() const { return reader_.line(); }

 private:
  CsvReader reader_;
  const Arguments& arguments_;
  const CollectionRules& rules_;
  std::vector<std::string> header_;
  std::vector<std::size_t> id_indexes_;
};

// The records of a file with one JSON object a line.
class NdjsonSource {
 public:
  NdjsonSource(std::istream& stream, const Arguments& arguments)
      : stream_(stream), arguments_(arguments) {}

  Result<bool> next(Row& row) {
    std::string text;
    do {
      ++line_;
      if (!std::getline(stream_, text)) return false;
    } while (text.find_first_not_of(" \t\r") == std::string::npos);
    auto value = value_from_json(text);
    if (!value)
      return fail(value.error().code,
                  "line " + std::to_string(line_) + ": " + value.error().message);
    auto* members = value->if_object();
    if (members == nullptr) return at_line(line_, "it is not a JSON object");
    const auto name = take(*members, "id");
    if (!name) return at_line(line_, "it has no \"id\" that is a string");
    const auto collection = take(*members, "collection");
    const bool all = arguments_.collection == "*";
    if (all && !collection) return at_line(line_, "it has no \"collection\" that is a string");
    if (!all && collection && *collection != arguments_.collection) {
      return at_line(line_, "its collection is \"" + *collection + "\", not \"" +
                                arguments_.collection + "\"");
    }
    row = {all ? *collection : arguments_.collection, *name, std::move(*members)};
    return true;
  }

  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  // Takes a string out of the members.
  static std::optional<std::string> take(Value::Object& members, std::string_view name) {
    const auto found = members.find(name);
    if (found == members.end() || found->second.if_string() == nullptr) return std::nullopt;
    std::string text = *found->second.if_string();
    members.erase(found);
    return text;
  }

  std::istream& stream_;
  const Arguments& arguments_;
  std::size_t line_ = 0;
};

struct ImportCounts {
  std::int64_t rows = 0;
  std::int64_t written = 0;
};

// Writes a row's fields that differ from what the record holds, so that importing a file twice
// changes nothing.
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
  return true;
}

// Writes up to so many rows in one transaction; `more` says whether there may be more.
Result<void> import_some(Replica& replica, const Source& source,
                         const std::function<std::size_t()>& line, ImportCounts& counts,
                         bool& more) {
  constexpr std::size_t kRowsPerCommit = 1'000;
  constexpr std::size_t kFieldsPerCommit = 20'000;
  ImportCounts these = counts;
  auto done = replica.write([&](Transaction& transaction) -> Result<void> {
    std::size_t fields = 0;
    Row row;
    for (std::size_t i = 0; i < kRowsPerCommit && fields < kFieldsPerCommit; ++i) {
      const auto read = source(row);
      if (!read) return fail(read.error());
      more = *read;
      if (!more) return {};
      fields += row.fields.size();
      auto written = import_row(transaction, row);
      if (!written) {
        return fail(written.error().code,
                    "line " + std::to_string(line()) + ": " + written.error().message);
      }
      ++these.rows;
      these.written += *written ? 1 : 0;
    }
    return {};
  });
  if (done) counts = these;
  return done;
}

Result<void> import_all(const Context& context, Database& database, std::ifstream& file,
                        const Source& source, const std::function<std::size_t()>& line,
                        std::uint64_t size_bytes) {
  ImportCounts counts;
  {
    ProgressBar bar("importing");
    bool more = true;
    while (more) {
      if (auto ok = import_some(*database.replica, source, line, counts, more); !ok) {
        return fail(ok.error().code, ok.error().message + "; the " + std::to_string(counts.rows) +
                                         " rows committed before are kept");
      }
      bar.show(more ? static_cast<std::uint64_t>(file.tellg()) : size_bytes, size_bytes);
    }
  }
  if (context.json) {
    print_line(value_to_json(
        Value(Value::Object{{"rows", Value(counts.rows)}, {"written", Value(counts.written)}})));
  } else {
    print_line("imported " + std::to_string(counts.rows) + " rows, " +
               std::to_string(counts.written) + " of them new or changed");
  }
  return {};
}

Result<void> import_file(const Context& context, const Arguments& arguments) {
  const bool csv = arguments.file.extension() == ".csv" || !arguments.id_columns.empty();
  if (csv && arguments.id_columns.empty())
    throw UsageError{"a CSV file needs --id COLUMN[,COLUMN]"};
  std::ifstream file(arguments.file, std::ios::binary);
  std::error_code size_error;
  const auto size_bytes = std::filesystem::file_size(arguments.file, size_error);
  if (!file || size_error) return fail(Code::kStoreIo, "cannot read " + arguments.file.string());
  auto database = open_database(context, Access::kWrite);
  if (!database) return fail(database.error());
  if (!csv) {
    NdjsonSource source(file, arguments);
    return import_all(
        context, *database, file, [&](Row& row) { return source.next(row); },
        [&] { return source.line(); }, size_bytes);
  }
  CsvSource source(file, arguments, database->replica->schema().collection(arguments.collection));
  if (auto ok = source.read_header(); !ok) return ok;
  return import_all(
      context, *database, file, [&](Row& row) { return source.next(row); },
      [&] { return source.line(); }, size_bytes);
}

Result<void> export_collection(const Replica& replica, const std::string& collection, bool named) {
  Result<void> shown;
  auto done = replica.scan(collection, {}, [&](const Record& record) {
    const auto line = record_to_json(record, named ? collection : std::string());
    if (line) {
      print_line(*line);
    } else {
      shown = fail(line.error());
    }
    return line.has_value();
  });
  return done ? shown : done;
}

Result<void> export_records(const Context& context, const Arguments& arguments) {
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  if (!arguments.collection.empty())
    return export_collection(*database->replica, arguments.collection, false);
  const auto collections = database->replica->collections();
  if (!collections) return fail(collections.error());
  for (const std::string& collection : *collections) {
    if (auto ok = export_collection(*database->replica, collection, true); !ok) return ok;
  }
  return {};
}

}  // namespace

void add_transfer_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* import = app.add_subcommand("import", "Write the records of an NDJSON or CSV file");
  import
      ->add_option("COLLECTION", arguments->collection, "or * to take it from each line of NDJSON")
      ->required();
  import->add_option("FILE", arguments->file)->required();
  import->add_option("--id", arguments->id_columns, "the CSV columns that name the record")
      ->delimiter(',');
  import->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return import_file(context, *arguments); };
  });
  CLI::App* exporting = app.add_subcommand("export", "Print the records as NDJSON");
  exporting->add_option("COLLECTION", arguments->collection, "only this one");
  exporting->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return export_records(context, *arguments); };
  });
}

}  // namespace syncline::cli
