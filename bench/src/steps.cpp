#include "steps.hpp"

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "csv.hpp"
#include "database.hpp"

namespace syncline::bench {
namespace {

constexpr std::size_t kRows = 24'084;
constexpr std::size_t kQuickRows = 300;
constexpr std::size_t kPeople = 33;
constexpr std::size_t kRowsPerCommit = 1'000;

// The columns of the file; the first two name the record.
constexpr std::size_t kPersonColumn = 0;
constexpr std::size_t kHourColumn = 1;

std::string generated_row(std::size_t index, std::size_t hours, std::mt19937& random) {
  const std::size_t hour = index % hours;
  const std::size_t of_day = hour % 24;
  const std::string twelve = std::to_string(of_day % 12 == 0 ? 12 : of_day % 12);
  return std::to_string(1'503'960'366 + index / hours * 37'199'987) + "," +
         std::to_string(3 + hour / 24 / 30) + "/" + std::to_string(1 + hour / 24 % 30) + "/2016 " +
         std::to_string(of_day) + ":00," + (twelve.size() < 2 ? "0" : "") + twelve + ":00:00 " +
         (of_day < 12 ? "AM" : "PM") + "," + std::to_string(random() % 1'200);
}

Value cell_value(const std::string& cell) {
  if (cell.find_first_not_of("0123456789") == std::string::npos) return must(value_from_json(cell));
  return Value(cell);
}

Result<void> write_row(Transaction& transaction, const std::string& record, Value::Object fields) {
  const auto present = transaction.get(kStepsCollection, record);
  if (!present) return fail(present.error());
  if (*present) {
    std::erase_if(fields, [&](const auto& field) {
      const auto known = (*present)->fields.find(field.first);
      return known != (*present)->fields.end() && known->second == field.second;
    });
    if (fields.empty()) return {};
  }
  return transaction.patch(kStepsCollection, record, fields);
}

}  // namespace

std::filesystem::path steps_file(const Settings& settings, const std::filesystem::path& directory) {
  if (!settings.data.empty() && !settings.quick) return settings.data;
  const std::filesystem::path path = directory / "hourly_steps.csv";
  std::ofstream file(path);
  file << "Id,ActivityHour,Time,StepTotal\n";
  std::mt19937 random(1);
  const std::size_t rows = settings.sized(kRows, kQuickRows);
  const std::size_t hours = (rows + kPeople - 1) / kPeople;
  for (std::size_t i = 0; i < rows; ++i) file << generated_row(i, hours, random) << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
  return path;
}

std::size_t import_steps(Replica& replica, const std::filesystem::path& path,
                         std::size_t rows_max) {
  std::ifstream file(path, std::ios::binary);
  cli::CsvReader reader(file);
  std::vector<std::string> header;
  if (!must(reader.next(header))) throw std::runtime_error("cannot read " + path.string());
  std::size_t rows = 0;
  bool more = true;
  std::vector<std::string> cells;
  while (more && rows < rows_max) {
    must(replica.write([&](Transaction& transaction) -> Result<void> {
      for (std::size_t i = 0; i < kRowsPerCommit && rows < rows_max; ++i) {
        const auto read = reader.next(cells);
        if (!read) return fail(read.error());
        more = *read;
        if (!more) return {};
        Value::Object fields;
        for (std::size_t k = 0; k < cells.size(); ++k)
          fields.emplace(header.at(k), cell_value(cells[k]));
        const std::string record = cells.at(kPersonColumn) + "," + cells.at(kHourColumn);
        if (auto ok = write_row(transaction, record, std::move(fields)); !ok) return ok;
        ++rows;
      }
      return {};
    }));
  }
  return rows;
}

}  // namespace syncline::bench
