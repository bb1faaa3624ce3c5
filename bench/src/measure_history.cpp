#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "syncline/history.hpp"

namespace syncline::bench {
namespace {

constexpr const char* kKeepsAll = R"({"name": "bench", "version": 1, "collections": {
  "days": {"history": {"keep_ops": 1000000}}}})";
constexpr const char* kKeepsLittle = R"({"name": "bench", "version": 1, "collections": {
  "days": {"history": {"keep_ops": 0}}}})";

constexpr std::size_t kRecords = 1'000;

void write_days(Replica& replica, std::size_t transactions, std::size_t ops) {
  std::size_t written = 0;
  for (std::size_t transaction = 0; transaction < transactions; ++transaction) {
    must(replica.write([&](Transaction& t) -> Result<void> {
      for (std::size_t i = 0; i < ops; ++i, ++written) {
        const Value steps(static_cast<std::int64_t>(written));
        auto ok = t.patch("days", std::to_string(written % kRecords), {{"steps", steps}});
        if (!ok) return ok;
      }
      return {};
    }));
  }
}

// Ops in the log for each op that a slot holds.
double ops_per_slot(const Database& database) {
  std::size_t ops = 0;
  std::size_t current = 0;
  must(database.replica->history().visit({}, [&](const HistoryItem& item) {
    ++ops;
    if (item.state == OpState::kCurrent || item.state == OpState::kPending) ++current;
    return true;
  }));
  return static_cast<double>(ops) / static_cast<double>(current);
}

// Every write takes the place of an older one.
void measure_overwrites(const Settings& settings, Report& report, const std::string& shape,
                        std::size_t transactions, std::size_t ops) {
  std::vector<std::vector<double>> kept(2);
  const auto contender = [&](std::size_t number, const char* schema) -> Contender {
    return [&settings, &kept, number, schema, transactions, ops] {
      const TemporaryDirectory directory(settings.directory);
      const auto database = open_database(directory.path() / "engine", Recording::kNo, schema);
      write_days(*database.replica, 1, kRecords);
      const double seconds = seconds_of([&] { write_days(*database.replica, transactions, ops); });
      kept[number].push_back(ops_per_slot(database));
      return std::vector{seconds};
    };
  };
  const Seconds seconds =
      race(settings.repeats(7), {contender(0, kKeepsLittle), contender(1, kKeepsAll)});
  const std::size_t total = transactions * ops;
  const std::string note =
      std::to_string(transactions) + " transactions, " + std::to_string(total) + " ops";
  report.add({"local ops compacted, " + shape, Unit::kPerSecond, rates(total, seconds[0][0]),
              "nothing dropped", rates(total, seconds[1][0]), note});
  report.add(
      {"log compacted, " + shape, Unit::kOpsPerSlot, kept[0], "nothing dropped", kept[1], note});
}

}  // namespace

void measure_history(const Settings& settings, Report& report) {
  report.progress("history");
  measure_overwrites(settings, report, "1 a transaction", settings.sized(3'000, 100), 1);
  measure_overwrites(settings, report, "1,000 a transaction", settings.sized(100, 6), 1'000);
}

}  // namespace syncline::bench
