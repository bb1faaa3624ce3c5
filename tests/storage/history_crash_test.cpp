#include <csignal>
#include <cstdint>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "syncline/history.hpp"
#include "syncline/lmdb_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/verification.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/store_support.hpp"

// A process that is killed while commits drop old ops from the log: every write that was told is
// there, and nothing is lost that was not to go.

namespace syncline::test {
namespace {

constexpr const char* kKeepsNothing = R"({"name": "n", "version": 1, "collections": {"rows": {
  "history": {"keep_ops": 0}}}})";
constexpr int kRows = 3;
constexpr int kBefore = 63;  // writes after which a few more begin a pass
constexpr int kWrites = 20;

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

  explicit Opened(const LmdbOptions& options)
      : store(must(open_lmdb_store(options))),
        replica(must(Replica::open(*store, wall, random, kKeepsNothing))) {}

  void write(int number) {
    must(replica->write([&](Transaction& t) {
      return t.patch("rows", std::to_string(number % kRows), {{"number", Value(number)}});
    }));
  }
  [[nodiscard]] std::int64_t greatest() const {
    std::int64_t greatest = 0;
    must(replica->scan("rows", {}, [&greatest](const Record& record) {
      greatest = std::max(greatest, *record.fields.at("number").if_int64());
      return true;
    }));
    return greatest;
  }
  // Nothing is amiss, and the log lacks nothing that was not dropped.
  [[nodiscard]] Verification verified() const {
    return must(verify_store(*store, [](const StoreFault& fault) { BOOST_ERROR(fault.what); }));
  }
};

void fill(const LmdbOptions& options) {
  Opened device(options);
  for (int number = 0; number < kBefore; ++number) device.write(number);
}

void write_and_compact(const LmdbOptions& options, const std::function<void()>& after_each) {
  Opened device(options);
  for (int number = kBefore; number < kBefore + kWrites; ++number) {
    device.write(number);
    after_each();
  }
  must(device.replica->history().compact());
}

// The number of calls to the disk that the whole life makes.
std::size_t calls_of_a_life() {
  const TemporaryDirectory directory{memory_directory_path()};
  fill(durable(directory));
  FaultyDisk disk(directory.path());
  write_and_compact(durable(directory), [] {});
  return disk.calls();
}

BOOST_AUTO_TEST_SUITE(history_crash)

BOOST_AUTO_TEST_CASE(a_compaction_killed_at_any_call_to_the_disk_loses_nothing) {
  const std::size_t calls = calls_of_a_life();
  std::size_t compacted = 0;
  for (const auto extent : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    for (std::size_t call = 0; call < calls; ++call) {
      BOOST_TEST_CONTEXT("call " << call << " of " << calls) {
        const TemporaryDirectory directory{memory_directory_path()};
        {
          const FaultyDisk quick(directory.path());
          fill(durable(directory));
        }
        const Ending ending = in_a_child([&](int answers) {
          FaultyDisk disk(directory.path());
          disk.kill_at(call, extent);
          write_and_compact(durable(directory),
                            [answers] { BOOST_REQUIRE(::write(answers, "d", 1) == 1); });
          return 0;
        });
        BOOST_TEST(ending.signal == SIGKILL);
        const FaultyDisk quick(directory.path());
        LmdbOptions options = durable(directory);
        options.check_pages = PageCheck::kContents;
        Opened device(options);
        const Verification found = device.verified();
        BOOST_TEST(found.log_missing_ops == 0U);
        BOOST_TEST(device.greatest() >= kBefore - 1 + static_cast<int>(ending.said.size()));
        if (found.log_ops < static_cast<std::uint64_t>(kBefore)) ++compacted;
        device.write(1'000);
        must(device.replica->history().compact());
        BOOST_TEST(device.verified().log_missing_ops == 0U);
        BOOST_TEST(device.greatest() == 1'000);
      }
    }
  }
  BOOST_TEST(compacted > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
