#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "command.hpp"
#include "database.hpp"
#include "output.hpp"
#include "rows/import_rows.hpp"
#include "rows/rows.hpp"
#include "syncline/slot.hpp"
#include "syncline/store.hpp"
#include "syncline/view.hpp"

namespace syncline::cli {
namespace {

struct Arguments {
  std::string collection;
  std::filesystem::path file;
  std::vector<std::string> id_columns;
};

// An error says which file it is about, also where it is one of several in a script.
Result<void> named(const std::filesystem::path& file, Result<void> done) {
  if (done) return done;
  return fail(done.error().code, file.string() + ": " + done.error().message);
}

tl::unexpected<Error> unreadable() {
  return fail(Code::kStoreIo, "the file cannot be read to its end");
}

// A failing disk looks like the end of a file, and the row before it may be cut short.
class CheckedRows final : public RowSource {
 public:
  CheckedRows(std::ifstream& file, RowSource& rows) : file_(file), rows_(rows) {}

  Result<bool> next(Row& row) override {
    auto read = rows_.next(row);
    if (file_.bad()) return unreadable();
    return read;
  }
  [[nodiscard]] std::size_t line() const override { return rows_.line(); }

 private:
  std::ifstream& file_;
  RowSource& rows_;
};

Result<void> import_all(const Context& context, Replica& replica, std::ifstream& file,
                        RowSource& rows, std::uint64_t size_bytes) {
  CheckedRows source(file, rows);
  ImportCounts counts;
  {
    ProgressBar bar("importing");
    bool more = true;
    while (more) {
      const auto some = import_rows(replica, source, counts);
      if (!some) {
        return fail(some.error().code, some.error().message + "; " +
                                           counted(static_cast<std::uint64_t>(counts.rows), "row") +
                                           " that came before " +
                                           (counts.rows == 1 ? "is" : "are") + " kept");
      }
      more = *some;
      bar.show(more ? static_cast<std::uint64_t>(file.tellg()) : size_bytes, size_bytes);
    }
  }
  if (context.json) {
    print_line(value_to_json(
        Value(Value::Object{{"rows", Value(counts.rows)}, {"written", Value(counts.written)}})));
  } else {
    print_line("imported " + counted(static_cast<std::uint64_t>(counts.rows), "row") + ", " +
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
  Replica& replica = *database->replica;
  if (!csv) {
    return named(arguments.file,
                 import_all(context, replica, file, *open_ndjson_rows(file, arguments.collection),
                            size_bytes));
  }
  const auto rows = open_csv_rows(file, arguments.collection, arguments.id_columns,
                                  replica.schema().collection(arguments.collection));
  if (file.bad()) return named(arguments.file, unreadable());
  if (!rows) return named(arguments.file, fail(rows.error()));
  return named(arguments.file, import_all(context, replica, file, **rows, size_bytes));
}

// A bar that shows how many slots stand before what was exported last. It walks them beside the
// export, in a snapshot of about the same moment; where nobody sees it, it reads nothing. What
// cannot be read is for the export to say.
class ExportBar {
 public:
  // Of one collection; of all where its name is empty.
  ExportBar(const Store& store, const std::string& collection) {
    // On one terminal with the records it would be in their way.
    if (!bar_.is_seen() || isatty(STDOUT_FILENO) == 1) return;
    auto snapshot = store.snapshot();
    if (!snapshot) return;
    auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
    if (!cursor) return;
    snapshot_ = std::move(*snapshot);
    cursor_ = std::move(*cursor);
    if (collection.empty()) {
      total_ = snapshot_->count(Keyspace::kSlots).value_or(0);
      stand(cursor_->seek({}));
    } else {
      const std::string first = collection + '\0';
      stand(cursor_->seek(first));
      total_ = pass_all_before(collection + kAfterName);
      stand(cursor_->seek(first));
    }
  }

  void show_after(const std::string& collection, const std::string& record) {
    done_ += pass_all_before(collection + '\0' + record + kAfterName);
    bar_.show(done_, total_);
  }

 private:
  // Greater than the byte that ends a name, and in no name.
  static constexpr char kAfterName = '\x01';

  void stand(const Result<bool>& moved) { standing_ = moved.value_or(false); }
  std::uint64_t pass_all_before(std::string_view key) {
    std::uint64_t passed = 0;
    for (; standing_ && cursor_->key() < key; ++passed) stand(cursor_->next());
    return passed;
  }

  ProgressBar bar_{"exporting"};
  std::unique_ptr<Snapshot> snapshot_;
  std::unique_ptr<StoreCursor> cursor_;
  bool standing_ = false;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

Result<void> export_collection(const View& view, const std::string& collection, bool named,
                               ExportBar& bar) {
  return view.scan(collection, {}, [&](const Record& record) {
    const bool printed = print_line(record_to_json(record, named ? collection : std::string()));
    bar.show_after(collection, record.id);
    return printed;
  });
}

Result<void> export_records(const Context& context, const Arguments& arguments) {
  const SteadyOutput output;
  const auto database = open_database(context, Access::kRead);
  if (!database) return fail(database.error());
  // All collections of one moment, also where another process is writing.
  const auto view = database->replica->view();
  if (!view) return fail(view.error());
  ExportBar bar(*database->store, arguments.collection);
  if (!arguments.collection.empty()) {
    return export_collection(*view, arguments.collection, false, bar);
  }
  const auto collections = view->collections();
  if (!collections) return fail(collections.error());
  for (const std::string& collection : *collections) {
    // The engine's own are no data of the app, and could not be imported.
    if (is_engine_collection(collection)) continue;
    if (auto ok = export_collection(*view, collection, true, bar); !ok) return ok;
  }
  return {};
}

}  // namespace

void add_transfer_commands(CLI::App& app, const Context& context, Action& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* import = app.add_subcommand(
      "import",
      "Write the records of an NDJSON or CSV file. A line of NDJSON has an \"id\"; what its "
      "\"$fields\" holds are fields, whatever their names");
  import
      ->add_option("COLLECTION", arguments->collection, "or * to take it from each line of NDJSON")
      ->required();
  import->add_option("FILE", arguments->file)->required();
  import->add_option("--id", arguments->id_columns, "the CSV columns that name the record")
      ->delimiter(',');
  import->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return import_file(context, *arguments); };
  });
  CLI::App* exporting = app.add_subcommand("export",
                                           "Print the records as NDJSON. Fields with the name id, "
                                           "collection or $fields are in \"$fields\"");
  exporting->add_option("COLLECTION", arguments->collection, "only this one");
  exporting->callback([&context, &chosen, arguments] {
    chosen = [&context, arguments] { return export_records(context, *arguments); };
  });
}

}  // namespace syncline::cli
