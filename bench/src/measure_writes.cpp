#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"

namespace syncline::bench {
namespace {

constexpr std::size_t kRecords = 1'000;

std::string record_id(std::size_t index) {
  const std::string digits = std::to_string(index);
  return "2016-" + std::string(6 - digits.size(), '0') + digits;
}

// Writes one field of so many records, which are there already: one op each.
void write_steps(Replica& replica, std::size_t& written, std::size_t ops) {
  must(replica.write([&](Transaction& transaction) -> Result<void> {
    for (std::size_t i = 0; i < ops; ++i, ++written) {
      const Value::Object fields{{"steps", Value(static_cast<std::int64_t>(written))}};
      auto ok = transaction.patch("health_metrics", record_id(written % kRecords), fields);
      if (!ok) return ok;
    }
    return {};
  }));
}

void write_transactions(Replica& replica, std::size_t transactions, std::size_t ops) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < transactions; ++i) write_steps(replica, written, ops);
}

struct Shape {
  std::string name;
  std::size_t transactions;
  std::size_t ops;  // of each
};

void measure_shape(const Settings& settings, Report& report, const Shape& shape) {
  const TemporaryDirectory directory(settings.directory);
  const auto engine_start = directory.path() / "engine";
  const auto raw_start = directory.path() / "raw";
  std::vector<StoreBatch> commits;
  {
    auto database = open_database(engine_start, Recording::kYes);
    std::size_t written = 0;
    write_steps(*database.replica, written, kRecords);
    RawLmdb(raw_start).replay(database.recording->take_commits());
    copy_environment(engine_start, directory.path() / "recorded");
  }
  {
    const auto database = open_database(directory.path() / "recorded", Recording::kYes);
    write_transactions(*database.replica, shape.transactions, shape.ops);
    commits = database.recording->take_commits();
  }
  const Seconds seconds =
      race(settings.repeats(7),
           {[&] {
              const TemporaryDirectory copy(settings.directory);
              copy_environment(engine_start, copy.path() / "engine");
              const auto database = open_database(copy.path() / "engine");
              return std::vector{seconds_of(
                  [&] { write_transactions(*database.replica, shape.transactions, shape.ops); })};
            },
            [&] {
              const TemporaryDirectory copy(settings.directory);
              copy_environment(raw_start, copy.path() / "raw");
              RawLmdb raw(copy.path() / "raw");
              return std::vector{seconds_of([&] { raw.replay(commits); })};
            }});
  const std::size_t ops = shape.transactions * shape.ops;
  report.add(
      {shape.name, Unit::kPerSecond, rates(ops, seconds[0][0]), "raw LMDB",
       rates(ops, seconds[1][0]),
       std::to_string(shape.transactions) + " transactions, " + std::to_string(ops) + " ops"});
}

}  // namespace

void measure_writes(const Settings& settings, Report& report) {
  report.progress("local writes");
  measure_shape(settings, report, {"local ops, 1 a transaction", settings.sized(300, 10), 1});
  measure_shape(settings, report, {"local ops, 1,000 a transaction", settings.sized(30, 2), 1'000});
}

}  // namespace syncline::bench
