#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"
#include "steps.hpp"

namespace syncline::bench {

void measure_import(const Settings& settings, Report& report) {
  report.progress("the import");
  const TemporaryDirectory directory(settings.directory);
  const auto file = steps_file(settings, directory.path());
  std::vector<StoreBatch> commits;
  std::size_t rows = 0;
  {
    const auto database = open_database(directory.path() / "recorded", Recording::kYes);
    static_cast<void>(database.recording->take_commits());
    rows = import_steps(*database.replica, file);
    commits = database.recording->take_commits();
  }
  const Seconds seconds =
      race(settings.repeats(5),
           {[&] {
              const TemporaryDirectory own(settings.directory);
              const auto database = open_database(own.path() / "engine");
              return std::vector{seconds_of([&] { import_steps(*database.replica, file); })};
            },
            [&] {
              const TemporaryDirectory own(settings.directory);
              RawLmdb raw(own.path() / "raw");
              return std::vector{seconds_of([&] { raw.replay(commits); })};
            }});
  report.add(
      {"records imported from CSV", Unit::kPerSecond, rates(rows, seconds[0][0]), "raw LMDB",
       rates(rows, seconds[1][0]),
       std::to_string(rows) + " records in " + std::to_string(commits.size()) + " transactions"});
}

}  // namespace syncline::bench
