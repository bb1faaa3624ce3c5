#include <stdexcept>
#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"
#include "steps.hpp"
#include "syncline/query.hpp"

namespace syncline::bench {
namespace {

constexpr const char* kIndexedSteps = R"({"name": "bench", "version": 1, "collections": {
  "steps": {"indexes": {"by_total": {"fields": ["StepTotal"]}}}}})";
constexpr const char* kIndexedDays = R"({"name": "bench", "version": 1, "collections": {
  "days": {"indexes": {"by_steps": {"fields": ["steps"]}}}}})";
constexpr const char* kPlainDays =
    R"({"name": "bench", "version": 1, "collections": {"days": {}}})";

constexpr std::size_t kRecords = 1'000;

// Every step in a row of the index is a step to another place among the slots.
void measure_range(const Settings& settings, Report& report) {
  const TemporaryDirectory directory(settings.directory);
  const auto file = steps_file(settings, directory.path());
  RawLmdb raw(directory.path() / "raw");
  {
    const auto recorded =
        open_database(directory.path() / "engine", Recording::kYes, kIndexedSteps);
    import_steps(*recorded.replica, file);
    raw.replay(recorded.recording->take_commits());
  }
  const auto database = open_database(directory.path() / "engine");
  const Query query{
      .collection = kStepsCollection, .index = "by_total", .from = Value(0), .to = Value(1e9)};
  const auto run = [&](const Queries::Visitor& visitor) {
    static_cast<void>(must(database.replica->queries().run(query, visitor)));
  };
  std::vector<std::string> prefixes;
  run([&](const Record& record) {
    prefixes.push_back(std::string(kStepsCollection) + '\0' + record.id + '\0');
    return true;
  });
  std::size_t found = 0;
  std::size_t bytes = 0;
  const Seconds seconds = race(
      settings.repeats(7),
      {[&] {
         return std::vector{seconds_of([&] {
           run([&](const Record& record) {
             found += record.fields.size();
             return true;
           });
         })};
       },
       [&] { return std::vector{seconds_of([&] { bytes += raw.read_by_index(prefixes); })}; }});
  if (found == 0 || bytes == 0) throw std::runtime_error("nothing was read");
  report.add({"records read, a range of an index", Unit::kPerSecond,
              rates(prefixes.size(), seconds[0][0]), "raw LMDB",
              rates(prefixes.size(), seconds[1][0]), std::to_string(prefixes.size()) + " records"});
}

void write_days(Replica& replica, std::size_t transactions, std::size_t ops) {
  std::size_t written = 0;
  for (std::size_t transaction = 0; transaction < transactions; ++transaction) {
    must(replica.write([&](Transaction& t) -> Result<void> {
      for (std::size_t i = 0; i < ops; ++i, ++written) {
        // Never the same as before, so that each write moves its record in the index.
        const Value steps(static_cast<std::int64_t>(written * 7919 % 20'011));
        auto ok = t.patch("days", std::to_string(written % kRecords), {{"steps", steps}});
        if (!ok) return ok;
      }
      return {};
    }));
  }
}

void measure_upkeep(const Settings& settings, Report& report, const std::string& name,
                    std::size_t transactions, std::size_t ops) {
  const auto contender = [&](const char* schema) -> Contender {
    return [&settings, schema, transactions, ops] {
      const TemporaryDirectory directory(settings.directory);
      const auto database = open_database(directory.path() / "engine", Recording::kNo, schema);
      write_days(*database.replica, 1, kRecords);
      return std::vector{seconds_of([&] { write_days(*database.replica, transactions, ops); })};
    };
  };
  const Seconds seconds =
      race(settings.repeats(7), {contender(kIndexedDays), contender(kPlainDays)});
  const std::size_t total = transactions * ops;
  report.add({name, Unit::kPerSecond, rates(total, seconds[0][0]), "without an index",
              rates(total, seconds[1][0]),
              std::to_string(transactions) + " transactions, " + std::to_string(total) + " ops"});
}

}  // namespace

void measure_queries(const Settings& settings, Report& report) {
  report.progress("queries");
  measure_range(settings, report);
  measure_upkeep(settings, report, "local ops indexed, 1 a transaction", settings.sized(300, 10),
                 1);
  measure_upkeep(settings, report, "local ops indexed, 1,000 a transaction", settings.sized(30, 2),
                 1'000);
}

}  // namespace syncline::bench
