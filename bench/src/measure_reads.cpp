#include <algorithm>
#include <random>
#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"
#include "steps.hpp"

namespace syncline::bench {

void measure_reads(const Settings& settings, Report& report) {
  report.progress("reads");
  const TemporaryDirectory directory(settings.directory);
  const auto file = steps_file(settings, directory.path());
  RawLmdb raw(directory.path() / "raw");
  {
    const auto recorded = open_database(directory.path() / "engine", Recording::kYes);
    import_steps(*recorded.replica, file);
    raw.replay(recorded.recording->take_commits());
  }
  const auto database = open_database(directory.path() / "engine");

  std::vector<std::string> ids;
  must(database.replica->scan(kStepsCollection, {}, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  const std::size_t rows = ids.size();
  std::shuffle(ids.begin(), ids.end(), std::mt19937(1));
  const std::string begin = std::string(kStepsCollection) + '\0';
  std::size_t found = 0;
  std::size_t bytes = 0;

  const Seconds gets =
      race(settings.repeats(7),
           {[&] {
              return std::vector{seconds_of([&] {
                for (const std::string& id : ids) {
                  found += must(database.replica->get(kStepsCollection, id)).value().fields.size();
                }
              })};
            },
            [&] {
              return std::vector{seconds_of([&] {
                for (const std::string& id : ids) bytes += raw.read_prefix(begin + id + '\0');
              })};
            }});
  report.add({"records read, one by one", Unit::kPerSecond, rates(rows, gets[0][0]), "raw LMDB",
              rates(rows, gets[1][0]), std::to_string(rows) + " records at random"});

  const Seconds scans =
      race(settings.repeats(7),
           {[&] {
              return std::vector{seconds_of([&] {
                must(database.replica->scan(kStepsCollection, {}, [&](const Record& record) {
                  found += record.fields.size();
                  return true;
                }));
              })};
            },
            [&] { return std::vector{seconds_of([&] { bytes += raw.read_prefix(begin); })}; }});
  report.add({"records read, a scan", Unit::kPerSecond, rates(rows, scans[0][0]), "raw LMDB",
              rates(rows, scans[1][0]), std::to_string(rows) + " records"});
  if (found == 0 || bytes == 0) throw std::runtime_error("nothing was read");
}

}  // namespace syncline::bench
