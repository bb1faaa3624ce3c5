#include <algorithm>
#include <csignal>
#include <cstdint>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "syncline/query.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/store_support.hpp"

// A process that is killed while it builds an index: what it had done stays done, and the next
// process goes on from there.

namespace syncline::test {
namespace {

constexpr const char* kPlain = R"({"name": "n", "version": 1, "collections": {"rows": {}}})";
constexpr const char* kIndexed = R"({"name": "n", "version": 2, "collections": {"rows": {
  "indexes": {"by_rank": {"fields": ["rank"]}}}}})";
constexpr int kRows = 60;
constexpr std::size_t kSlotsMax = 25;  // of a transaction: 12 or 13 rows

LmdbOptions durable(const TemporaryDirectory& directory) {
  LmdbOptions options = test_options(directory.path());
  options.unsafe_no_sync = false;
  options.map_bytes_start = 64 << 20;
  return options;
}

// A replica over a store on the disk.
struct Opened {
  std::unique_ptr<Store> store;
  ManualWall wall;
  CountingRandom random;
  std::unique_ptr<Replica> replica;

  Opened(const LmdbOptions& options, const char* schema)
      : store(must(open_lmdb_store(options))),
        replica(must(Replica::open(*store, wall, random, schema))) {}

  void write(int row, int rank) {
    must(replica->write([&](Transaction& t) {
      return t.patch("rows", std::to_string(1'000 + row), {{"rank", Value(rank)}});
    }));
  }
  // Answers what each transaction came to.
  std::vector<std::uint64_t> build(const std::function<void()>& after_each = [] {}) {
    std::vector<std::uint64_t> done;
    BOOST_REQUIRE(must(replica->queries().build({kSlotsMax}, [&](const BuildProgress& progress) {
      done.push_back(progress.done);
      after_each();
      return true;
    })));
    return done;
  }
  [[nodiscard]] std::vector<std::int64_t> ranks() {
    std::vector<std::int64_t> ranks;
    static_cast<void>(must(replica->queries().run({"rows", "by_rank"}, [&](const Record& record) {
      ranks.push_back(*record.fields.at("rank").if_int64());
      return true;
    })));
    return ranks;
  }
};

void fill(const LmdbOptions& options) {
  Opened device(options, kPlain);
  for (int row = 0; row < kRows; ++row) device.write(row, row * 37 % kRows);
}

struct Life {
  Ending ending;
  std::size_t told = 0;  // transactions that the process has said were done
};

Life build_in_a_child(const TemporaryDirectory& directory, std::size_t kill_at,
                      FaultyDisk::Extent extent) {
  Life life;
  life.ending = in_a_child([&](int answers) {
    FaultyDisk disk(directory.path());
    disk.kill_at(kill_at, extent);
    Opened device(durable(directory), kIndexed);
    device.build([answers] { BOOST_REQUIRE(::write(answers, "d", 1) == 1); });
    return 0;
  });
  life.told = life.ending.said.size();
  return life;
}

// The number of calls to the disk that the whole life makes.
std::size_t calls_of_a_life() {
  const TemporaryDirectory directory{memory_directory_path()};
  fill(durable(directory));
  FaultyDisk disk(directory.path());
  Opened(durable(directory), kIndexed).build();
  return disk.calls();
}

BOOST_AUTO_TEST_SUITE(index_crash)

BOOST_AUTO_TEST_CASE(a_build_killed_at_any_call_to_the_disk_goes_on_where_it_was) {
  const std::size_t calls = calls_of_a_life();
  std::size_t resumed = 0;
  for (const auto extent : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    for (std::size_t call = 0; call < calls; ++call) {
      BOOST_TEST_CONTEXT("call " << call << " of " << calls) {
        const TemporaryDirectory directory{memory_directory_path()};
        {
          const FaultyDisk quick(directory.path());
          fill(durable(directory));
        }
        const Life life = build_in_a_child(directory, call, extent);
        BOOST_TEST(life.ending.signal == SIGKILL);
        const FaultyDisk quick(directory.path());
        LmdbOptions options = durable(directory);
        options.check_pages = PageCheck::kContents;
        Opened device(options, kIndexed);
        must(device.replica->replication().verify());
        // On both sides of where the build stands.
        device.write(0, 900);
        device.write(kRows - 1, 901);
        const auto done = device.build();
        must(device.replica->replication().verify());
        const auto ranks = device.ranks();
        BOOST_TEST(ranks.size() == static_cast<std::size_t>(kRows));
        BOOST_TEST(std::is_sorted(ranks.begin(), ranks.end()));
        // What was told as done is not done again.
        if (life.told > 0 && !done.empty()) {
          BOOST_TEST(done.front() >= life.told * kSlotsMax);
          ++resumed;
        }
      }
    }
  }
  BOOST_TEST(resumed > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
