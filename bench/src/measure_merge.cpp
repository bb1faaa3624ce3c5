#include <array>
#include <string>

#include "database.hpp"
#include "groups.hpp"
#include "raw_lmdb.hpp"
#include "remote_pages.hpp"
#include "sqlite_peer.hpp"
#include "syncline/replication.hpp"

namespace syncline::bench {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

// What is merged, one after the other, into a replica that is empty at first: every slot, every
// slot again with a greater stamp, and the same once more.
struct Parts {
  std::array<std::vector<RemotePage>, 3> pages;
  std::array<std::vector<StoreBatch>, 3> commits;  // of the engine, recorded
  std::size_t ops = 0;
};
constexpr std::size_t kReplayPart = 2;
constexpr std::array<const char*, 3> kPartNames = {"remote ops merged, nothing there",
                                                   "remote ops merged, lesser stamps there",
                                                   "remote ops merged, a replay"};

void take_pages(Database& database, const std::vector<RemotePage>& pages, bool replay) {
  const std::int64_t now_ms = database.wall->now_ms();
  for (const RemotePage& page : pages) {
    const auto outcome =
        must(database.replica->replication().take_reply(page.reply, nullptr, now_ms, now_ms));
    if (outcome.merged != (replay ? 0 : page.ops.size()))
      throw std::runtime_error("a page was not merged as it should be");
  }
}

Parts make_parts(const Settings& settings) {
  Parts parts;
  const std::size_t records = settings.sized(20'000, 400);
  parts.ops = records * kSlotsPerRecord;
  const std::int64_t now_ms = system_wall_clock()->now_ms();
  std::uint64_t sequence = 0;
  parts.pages = {make_remote_pages(records, now_ms - 2 * kHourMs, sequence),
                 make_remote_pages(records, now_ms - kHourMs, sequence),
                 make_remote_pages(records, now_ms - kHourMs, sequence)};
  for (auto& pages : parts.pages) {
    for (RemotePage& page : pages) page.reply.time_ms = now_ms;
  }
  const TemporaryDirectory directory(settings.directory);
  Database database = open_database(directory.path() / "recorded", Recording::kYes);
  static_cast<void>(database.recording->take_commits());
  for (std::size_t part = 0; part < parts.pages.size(); ++part) {
    take_pages(database, parts.pages.at(part), part == kReplayPart);
    parts.commits.at(part) = database.recording->take_commits();
  }
  return parts;
}

std::vector<double> run_engine(const Settings& settings, const Parts& parts) {
  const TemporaryDirectory directory(settings.directory);
  Database database = open_database(directory.path() / "engine");
  std::vector<double> seconds;
  for (std::size_t part = 0; part < parts.pages.size(); ++part) {
    seconds.push_back(
        seconds_of([&] { take_pages(database, parts.pages.at(part), part == kReplayPart); }));
  }
  return seconds;
}

std::vector<double> run_raw(const Settings& settings, const Parts& parts) {
  const TemporaryDirectory directory(settings.directory);
  RawLmdb raw(directory.path() / "raw");
  std::vector<double> seconds;
  for (std::size_t part = 0; part < parts.pages.size(); ++part) {
    seconds.push_back(seconds_of([&] {
      for (std::size_t i = 0; i < parts.commits.at(part).size(); ++i) {
        if (part == kReplayPart && raw.compare(parts.pages.at(part).at(i).ops) != 0)
          throw std::runtime_error("a replay should replace nothing");
        raw.replay({&parts.commits.at(part).at(i), 1});
      }
    }));
  }
  return seconds;
}

std::vector<double> run_sqlite(const Settings& settings, const Parts& parts) {
  const TemporaryDirectory directory(settings.directory);
  SqlitePeer peer(directory.path() / "peer.sqlite");
  std::vector<double> seconds;
  for (const auto& pages : parts.pages) {
    seconds.push_back(seconds_of([&] {
      for (const RemotePage& page : pages) peer.merge_page(page.ops);
    }));
  }
  return seconds;
}

}  // namespace

void measure_merge(const Settings& settings, Report& report) {
  report.progress("merges");
  const Parts parts = make_parts(settings);
  const Seconds seconds = race(settings.repeats(5), {[&] { return run_engine(settings, parts); },
                                                     [&] { return run_raw(settings, parts); },
                                                     [&] { return run_sqlite(settings, parts); }});
  const std::string note = std::to_string(parts.ops) + " ops in " +
                           std::to_string(parts.pages.front().size()) + " pages";
  for (std::size_t part = 0; part < parts.pages.size(); ++part) {
    const auto figures = rates(parts.ops, seconds[0][part]);
    report.add({kPartNames.at(part), Unit::kPerSecond, figures, "raw LMDB",
                rates(parts.ops, seconds[1][part]), note});
    report.add({kPartNames.at(part), Unit::kPerSecond, figures, "SQLite",
                rates(parts.ops, seconds[2][part]), note});
  }
}

}  // namespace syncline::bench
