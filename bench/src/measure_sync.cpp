#include <array>
#include <memory>
#include <random>
#include <string>

#include "database.hpp"
#include "device.hpp"
#include "groups.hpp"
#include "raw_https.hpp"
#include "steps.hpp"

namespace syncline::bench {
namespace {

constexpr std::size_t kChanged = 10;
constexpr const char* kRawHttps = "bare HTTPS exchanges";

std::string new_email() {
  return "bench-" + to_hex(ReplicaId{system_random()->next()}) + "@example.org";
}

// A database with imported records, to be copied.
struct Start {
  std::filesystem::path directory;
  std::size_t records = 0;
  std::size_t ops = 0;
  double plain_bytes = 0;  // of keys, stamps and values as they are
};

Start make_start(const std::filesystem::path& directory, const std::filesystem::path& file,
                 std::size_t rows_max) {
  Start start{directory};
  const auto database = open_database(directory);
  start.records = import_steps(*database.replica, file, rows_max);
  must(database.replica->replication().read_log(1, [&](const LogItem& item) {
    ++start.ops;
    start.plain_bytes +=
        static_cast<double>(item.op.key.bytes().size() + kStampBytes + item.op.value.size());
    return true;
  }));
  return start;
}

// Two devices of a new account, and what their first syncs did. The first has the records.
struct Pair {
  std::unique_ptr<Device> writer;
  std::unique_ptr<Device> reader;
  Synced up;
  Synced down;
};

Pair sync_first(const Settings& settings, const Start& start,
                const std::filesystem::path& directory) {
  const std::string email = new_email();
  copy_environment(start.directory, directory / "writer");
  Pair pair;
  pair.writer =
      std::make_unique<Device>(settings, directory / "writer", email, Device::Entry::kRegister);
  pair.reader =
      std::make_unique<Device>(settings, directory / "reader", email, Device::Entry::kLogin);
  pair.up = pair.writer->sync();
  pair.down = pair.reader->sync();
  if (pair.up.summary.sent_ops != start.ops || pair.down.summary.merged_ops != start.ops)
    throw std::runtime_error("a first sync did not carry every op");
  return pair;
}

void add_direction(Report& report, const std::string& name, const Start& start,
                   const std::vector<double>& seconds, const std::vector<double>& raw,
                   const std::vector<double>& bytes, std::size_t requests) {
  const std::string note = std::to_string(start.records) + " records, " +
                           std::to_string(start.ops) + " ops, " + std::to_string(requests) +
                           " requests";
  std::vector<double> per_op;
  for (const double size : bytes) per_op.push_back(size / static_cast<double>(start.ops));
  report.add({name + ": time", Unit::kSeconds, seconds, kRawHttps, raw, note});
  report.add({name + ": ops", Unit::kPerSecond, rates(start.ops, seconds), kRawHttps,
              rates(start.ops, raw), note});
  report.add({name + ": on the wire",
              Unit::kBytesPerOp,
              per_op,
              "key, stamp and value",
              {start.plain_bytes / static_cast<double>(start.ops)},
              note});
}

void measure_first(const Settings& settings, Report& report, const Start& start) {
  report.progress("first syncs");
  Synced up;
  Synced down;
  const Seconds parts =
      race(settings.repeats(3),
           {[&] {
              const TemporaryDirectory directory(settings.directory);
              Pair pair = sync_first(settings, start, directory.path());
              up = std::move(pair.up);
              down = std::move(pair.down);
              return std::vector{up.seconds, down.seconds, up.bytes(), down.bytes()};
            },
            [&] {
              return std::vector{exchange_raw(settings, up.exchanges),
                                 exchange_raw(settings, down.exchanges)};
            }});
  add_direction(report, "first sync, up", start, parts[0][0], parts[1][0], parts[0][2],
                up.exchanges.size());
  add_direction(report, "first sync, down", start, parts[0][1], parts[1][1], parts[0][3],
                down.exchanges.size());
}

// Changes one field of some records, as far apart as they lie.
void change_records(Replica& replica, std::mt19937& random) {
  std::vector<std::string> ids;
  must(replica.scan(kStepsCollection, {}, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  must(replica.write([&](Transaction& transaction) -> Result<void> {
    for (std::size_t i = 0; i < kChanged; ++i) {
      const std::string& id = ids[(i * ids.size() + random() % ids.size()) / kChanged];
      auto ok = transaction.patch(kStepsCollection, id,
                                  {{"StepTotal", Value(static_cast<std::int64_t>(random()))}});
      if (!ok) return ok;
    }
    return {};
  }));
}

// Two devices in step, of which one changes something again and again.
struct Again {
  std::string stored;
  std::size_t records = 0;
  std::unique_ptr<TemporaryDirectory> directory;
  Pair pair;
  std::array<Synced, 2> last;
};

std::vector<double> sync_again(Again& again, std::mt19937& random) {
  change_records(again.pair.writer->replica(), random);
  again.last = {again.pair.writer->sync(), again.pair.reader->sync()};
  if (again.last[1].summary.merged_ops != kChanged)
    throw std::runtime_error("a sync did not carry every change");
  return {again.last[0].seconds + again.last[1].seconds,
          static_cast<double>(again.last[0].exchanges.size() + again.last[1].exchanges.size()),
          again.last[0].bytes() + again.last[1].bytes()};
}

void measure_again(const Settings& settings, Report& report, std::vector<Again>& stores) {
  report.progress("syncs of a few changes");
  std::mt19937 random(1);
  std::vector<Contender> contenders;
  for (Again& again : stores) {
    contenders.emplace_back([&] { return sync_again(again, random); });
    contenders.emplace_back([&] {
      return std::vector{exchange_raw(settings, again.last[0].exchanges) +
                         exchange_raw(settings, again.last[1].exchanges)};
    });
  }
  const Seconds parts = race(settings.repeats(9), contenders);
  const auto few = parts[0];
  const auto line = [&](std::size_t which, const std::string& part, Unit unit,
                        const std::vector<double>& samples, const std::string& baseline,
                        const std::vector<double>& baseline_samples) {
    report.add({"10 changes, " + stores[which].stored + ": " + part, unit, samples, baseline,
                baseline_samples,
                std::to_string(stores[which].records) + " records stored, up and down"});
  };
  for (std::size_t i = 0; i < stores.size(); ++i) {
    line(i, "time", Unit::kMilliseconds, milliseconds(parts[2 * i][0]), kRawHttps,
         milliseconds(parts[2 * i + 1][0]));
  }
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const std::string which = i == 0 ? "" : stores[0].stored;
    const auto base = [&](std::size_t part) { return i == 0 ? std::vector<double>() : few[part]; };
    if (i != 0)
      line(i, "time", Unit::kMilliseconds, milliseconds(parts[2 * i][0]), which,
           milliseconds(few[0]));
    line(i, "requests", Unit::kRequests, parts[2 * i][1], which, base(1));
    line(i, "bytes", Unit::kBytes, parts[2 * i][2], which, base(2));
  }
}

}  // namespace

void measure_sync(const Settings& settings, Report& report) {
  if (settings.server.empty()) {
    report.add({"first sync", Unit::kSeconds, {}, {}, {}, "not measured without --server"});
    report.add({"10 changes", Unit::kMilliseconds, {}, {}, {}, "not measured without --server"});
    return;
  }
  const TemporaryDirectory directory(settings.directory);
  const auto file = steps_file(settings, directory.path());
  const Start few = make_start(directory.path() / "few", file, settings.sized(1'000, 100));
  const Start many = make_start(directory.path() / "many", file, settings.sized(10'000, 200));
  const Start all = make_start(directory.path() / "all", file, static_cast<std::size_t>(-1));
  measure_first(settings, report, all);
  std::vector<Again> stores;
  for (const auto& [stored, start] :
       {std::pair{"few stored", &few}, {"many stored", &many}, {"all stored", &all}}) {
    Again again{
        stored, start->records, std::make_unique<TemporaryDirectory>(settings.directory), {}, {}};
    again.pair = sync_first(settings, *start, again.directory->path());
    stores.push_back(std::move(again));
  }
  measure_again(settings, report, stores);
}

}  // namespace syncline::bench
