#include "steps.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include "database.hpp"
#include "rows/import_rows.hpp"
#include "rows/rows.hpp"

namespace syncline::bench {
namespace {

constexpr std::size_t kRows = 24'084;
constexpr std::size_t kQuickRows = 300;
constexpr std::size_t kPeople = 33;

std::string generated_row(std::size_t index, std::size_t hours, std::mt19937& random) {
  const std::size_t hour = index % hours;
  const std::size_t of_day = hour % 24;
  const std::string twelve = std::to_string(of_day % 12 == 0 ? 12 : of_day % 12);
  return std::to_string(1'503'960'366 + index / hours * 37'199'987) + "," +
         std::to_string(3 + hour / 24 / 30) + "/" + std::to_string(1 + hour / 24 % 30) + "/2016 " +
         std::to_string(of_day) + ":00," + (twelve.size() < 2 ? "0" : "") + twelve + ":00:00 " +
         (of_day < 12 ? "AM" : "PM") + "," + std::to_string(random() % 1'200);
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
  if (!file) throw std::runtime_error("cannot read " + path.string());
  const auto source = must(cli::open_csv_rows(file, kStepsCollection, {"Id", "ActivityHour"},
                                              replica.schema().collection(kStepsCollection)));
  cli::ImportCounts counts;
  bool more = true;
  while (more && static_cast<std::size_t>(counts.rows) < rows_max) {
    const std::size_t left = rows_max - static_cast<std::size_t>(counts.rows);
    more = must(cli::import_rows(replica, *source, counts, std::min(left, cli::kRowsPerCommit)));
  }
  return static_cast<std::size_t>(counts.rows);
}

}  // namespace syncline::bench
