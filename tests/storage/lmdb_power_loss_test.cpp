#include <algorithm>
#include <fstream>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/power_loss.hpp"
#include "tests/storage/replica_workload.hpp"

// The power goes at any moment in the life of a replica: what was answered is there, whatever
// became of the writes that were under way. LMDB writes the pages of a commit to free places, syncs
// them, and then writes the 120 bytes of a meta page that make them count, which lie in one sector:
// so there is no torn meta page as long as a disk writes whole sectors.

namespace syncline::test {
namespace {

struct PowerLossFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  std::vector<DiskCall> trace;
  std::vector<StoreState> states;  // before the first commit and after each
  std::mt19937_64 random{20'231'114};
  std::size_t files = 0;
  std::size_t newer = 0;  // held a commit that was not answered
  std::size_t lost = 0;   // did not hold what was answered
  std::size_t refused = 0;

  PowerLossFixture() { options.map_bytes_start = 64 << 20; }

  void live() {
    const TemporaryDirectory lived{memory_directory_path()};
    LmdbOptions durable = options;
    durable.directory = lived.path();
    FaultyDisk disk(lived.path());
    disk.record("data.mdb");
    const auto store = must(open_lmdb_store(durable));
    states.push_back(must(state_of(*store)));
    disk.mark();
    WitnessedStore witnessed(*store, [&] {
      states.push_back(must(state_of(*store)));
      disk.mark();
    });
    ReplicaWorkload workload;
    must(run_workload(witnessed, workload));
    trace = disk.trace();
    BOOST_REQUIRE(states.size() > ReplicaWorkload::kSteps);
  }

  void write_file(const std::string& bytes) {
    std::filesystem::remove(directory.path() / "data.mdb");
    std::ofstream(directory.path() / "data.mdb", std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    ++files;
  }

  // Opening the store is the first mark, and each commit one more. The state after the last of
  // them, or after the one that followed.
  bool holds_what_was_answered(const PowerLoss& loss, const StoreState& state) {
    const std::size_t answered = loss.marks() == 0 ? 0 : loss.marks() - 1;
    if (state == states[answered]) return true;
    if (answered + 1 == states.size() || state != states[answered + 1]) return false;
    ++newer;
    return true;
  }

  void check_durable(const PowerLoss& loss, const std::string& file) {
    write_file(file);
    const FaultyDisk disk(directory.path());  // so that nothing waits for the real one
    const auto store = must(open_lmdb_store(options));
    const StoreState state = must(state_of(*store));
    BOOST_TEST(holds_what_was_answered(loss, state));
    ReplicaWorkload workload;
    must(workload.open(*store));
    must(workload.verify());
    must(workload.run(3));
    must(workload.verify());
  }

  // Without syncs: an error that is named, or nothing but what was once written; pages of several
  // commits may be among each other.
  void check_never_synced(const PowerLoss& loss, const std::string& file) {
    write_file(file);
    const FaultyDisk disk(directory.path());
    const auto store = open_lmdb_store(options);
    if (!store) {
      BOOST_TEST(code_of(store) == "store_corrupt");
      ++refused;
      return;
    }
    const StoreState state = must(state_of(**store));
    for (const auto& entry : state) {
      BOOST_TEST(std::any_of(states.begin(), states.end(), [&entry](const StoreState& once) {
        const auto found = once.find(entry.first);
        return found != once.end() && found->second == entry.second;
      }));
    }
    if (!holds_what_was_answered(loss, state)) ++lost;
    StoreBatch batch;
    for (int i = 0; i < 40; ++i) {
      batch.put(Keyspace::kSlots, "after-" + std::to_string(i), std::string(200, 'a'));
    }
    must((*store)->commit(batch));
  }

  template <typename Check>
  void for_every_file(std::size_t drawn, const Check& check) {
    for (std::size_t calls = 0; calls <= trace.size(); ++calls) {
      const PowerLoss loss(trace, calls);
      BOOST_TEST_CONTEXT("after call " << calls << " of " << trace.size()) {
        check(loss, loss.with_nothing());
        if (loss.pending() == 0) continue;
        check(loss, loss.with_all(false));
        check(loss, loss.with_all(true));
        for (std::size_t i = 0; i < drawn; ++i) check(loss, loss.with_some(random));
        for (std::size_t i = 0; i < drawn; ++i) check(loss, loss.torn(random));
        if (loss.pending() == 1) continue;
        for (std::size_t i = 0; i < loss.pending(); ++i) {
          check(loss, loss.with_only(i));
          check(loss, loss.with_all_but(i));
        }
      }
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_power_loss, PowerLossFixture)

BOOST_AUTO_TEST_CASE(a_loss_of_power_at_any_moment_loses_nothing_that_was_answered) {
  options.unsafe_no_sync = false;
  live();
  for (const PageCheck check_pages : {PageCheck::kNone, PageCheck::kContents}) {
    options.check_pages = check_pages;
    for_every_file(
        8, [this](const PowerLoss& loss, const std::string& file) { check_durable(loss, file); });
  }
  BOOST_TEST(files > 500U);
  BOOST_TEST(newer > 10U);
}

// Which also shows that the files are as bad as they should be.
BOOST_AUTO_TEST_CASE(a_loss_of_power_without_syncs_loses_commits_but_ends_no_process) {
  live();
  options.check_pages = PageCheck::kContents;
  for_every_file(1, [this](const PowerLoss& loss, const std::string& file) {
    check_never_synced(loss, file);
  });
  BOOST_TEST(refused > 50U);
  BOOST_TEST(lost > 50U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
