#include <atomic>
#include <future>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"
#include "steps.hpp"

namespace syncline::bench {
namespace {

using Ids = std::vector<std::string>;

void write_one(Replica& replica, const std::string& id, std::int64_t value) {
  must(replica.write([&](Transaction& transaction) {
    return transaction.patch(kStepsCollection, id, {{"note", Value(value)}});
  }));
}

// The commits as they can be written again and again: what appends would not be behind itself.
std::vector<StoreBatch> repeatable(const std::vector<StoreBatch>& commits) {
  std::vector<StoreBatch> all;
  for (const StoreBatch& commit : commits) {
    StoreBatch& batch = all.emplace_back();
    for (const StoreBatch::Change& change : commit.changes()) {
      if (change.kind == StoreBatch::Kind::kErase)
        batch.erase(change.keyspace, change.key);
      else
        batch.put(change.keyspace, change.key, change.value);
    }
  }
  return all;
}

Ids ids_of(const Replica& replica) {
  Ids ids;
  must(replica.scan(kStepsCollection, {}, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

// How long so many readers take for so many reads each, while another thread writes.
template <class Read, class Write>
std::vector<double> read_beside_a_writer(std::size_t readers, std::size_t reads, const Ids& ids,
                                         const Read& read, const Write& write) {
  std::atomic<bool> is_over{false};
  auto writing = std::async(std::launch::async, [&] {
    for (std::size_t time = 0; !is_over; ++time) write(time);
  });
  const double seconds = seconds_of([&] {
    std::vector<std::future<std::size_t>> reading;
    for (std::size_t reader = 0; reader < readers; ++reader) {
      reading.push_back(std::async(std::launch::async, [&, reader] {
        std::mt19937 random(static_cast<unsigned>(reader));
        std::size_t found = 0;
        for (std::size_t i = 0; i < reads; ++i) found += read(ids[random() % ids.size()]);
        return found;
      }));
    }
    for (auto& reader : reading) {
      if (reader.get() == 0) throw std::runtime_error("nothing was read");
    }
  });
  is_over = true;
  writing.get();
  return {seconds};
}

}  // namespace

void measure_threads(const Settings& settings, Report& report) {
  report.progress("readers beside a writer");
  const TemporaryDirectory directory(settings.directory);
  const auto file = steps_file(settings, directory.path());
  RawLmdb raw(directory.path() / "raw");
  std::vector<StoreBatch> commits;
  {
    const auto recorded = open_database(directory.path() / "engine", Recording::kYes);
    import_steps(*recorded.replica, file);
    raw.replay(recorded.recording->take_commits());
    const Ids ids = ids_of(*recorded.replica);
    for (std::size_t i = 0; i < settings.sized(1'000, 10); ++i)
      write_one(*recorded.replica, ids[i % ids.size()], 0);
    commits = repeatable(recorded.recording->take_commits());
  }
  const auto database = open_database(directory.path() / "engine");
  const Ids ids = ids_of(*database.replica);
  const std::string begin = std::string(kStepsCollection) + '\0';
  const std::size_t reads = settings.sized(40'000, 200);

  for (const std::size_t readers : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
    const Seconds seconds = race(
        settings.repeats(7),
        {[&] {
           return read_beside_a_writer(
               readers, reads, ids,
               [&](const std::string& id) {
                 return must(database.replica->get(kStepsCollection, id)).value().fields.size();
               },
               [&](std::size_t time) {
                 write_one(*database.replica, ids[time % ids.size()],
                           static_cast<std::int64_t>(time));
               });
         },
         [&] {
           return read_beside_a_writer(
               readers, reads, ids,
               [&](const std::string& id) { return raw.read_prefix(begin + id + '\0'); },
               [&](std::size_t time) {
                 raw.replay(std::span(commits).subspan(time % commits.size(), 1));
               });
         }});
    report.add({"records read beside a writer, " + std::to_string(readers) +
                    (readers == 1 ? " thread" : " threads"),
                Unit::kPerSecond, rates(readers * reads, seconds[0][0]), "raw LMDB",
                rates(readers * reads, seconds[1][0]),
                std::to_string(readers * reads) + " records at random"});
  }
}

}  // namespace syncline::bench
