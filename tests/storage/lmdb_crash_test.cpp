#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// A replica on the real LMDB that is killed, or finds the disk full, at every call that it makes to
// the file system: what was answered is there, and what was not is there as a whole or not at all.

namespace syncline::test {
namespace {

LmdbOptions durable(const TemporaryDirectory& directory) {
  LmdbOptions options = test_options(directory.path());
  options.unsafe_no_sync = false;
  options.map_bytes_start = 64 << 20;  // to map and to unmap often is cheaper so
  return options;
}

struct CrashFixture {
  // What the store holds before the first commit and after each, and what the replica reads in the
  // end.
  std::vector<StoreState> states;
  std::vector<Record> records;
  std::size_t calls = 0;

  CrashFixture() {
    const TemporaryDirectory directory{memory_directory_path()};
    FaultyDisk disk(directory.path());
    const auto store = must(open_lmdb_store(durable(directory)));
    states.push_back(must(state_of(*store)));
    WitnessedStore witnessed(*store, [&] { states.push_back(must(state_of(*store))); });
    ReplicaWorkload workload;
    must(run_workload(witnessed, workload));
    records = must(workload.records());
    calls = disk.calls();
    BOOST_REQUIRE(states.size() > ReplicaWorkload::kSteps);
  }

  // The state after `answered` commits, or after the one that followed.
  [[nodiscard]] bool may_be(const StoreState& state, std::size_t answered) const {
    return state == states.at(answered) ||
           (answered + 1 < states.size() && state == states[answered + 1]);
  }

  // What was left holds what it must, and writing goes on from there.
  void check_survivor(LmdbOptions options, std::size_t answered) const {
    options.check_pages = PageCheck::kContents;
    const FaultyDisk disk(options.directory);  // so that nothing waits for the real one
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST(may_be(must(state_of(*store)), answered));
    ReplicaWorkload workload;
    must(workload.open(*store));
    must(workload.verify());
    must(workload.run(3));
    must(workload.run(4));
    must(workload.verify());
  }

  // One life in which the disk fails at this call and works again after the first complaint.
  // Answers whether the store had to be opened again.
  [[nodiscard]] bool check_failure(std::size_t call, int error, FaultyDisk::Extent written) const;

  // Answers how often the store had to be opened again.
  [[nodiscard]] std::size_t check_every_failure(int error, FaultyDisk::Extent written) const {
    std::size_t reopened = 0;
    for (std::size_t call = 0; call < calls; ++call) {
      BOOST_TEST_CONTEXT("call " << call << " of " << calls) {
        if (check_failure(call, error, written)) ++reopened;
      }
    }
    return reopened;
  }
};

// A store and a replica on a disk, until they are opened again.
class Life {
 public:
  explicit Life(LmdbOptions options) : options_(std::move(options)) {}

  Result<void> open() {
    workload_.close();
    witnessed_.reset();
    store_.reset();
    Result<std::unique_ptr<Store>> opened = open_lmdb_store(options_);
    if (!opened) return fail(opened.error());
    store_ = std::move(*opened);
    witnessed_.emplace(*store_, [this] { ++answered_; });
    return {};
  }
  // Opening the replica commits too; that is step 0.
  Result<void> run(std::size_t step) {
    return step == 0 ? workload_.open(*witnessed_) : workload_.run(step - 1);
  }
  [[nodiscard]] Result<StoreState> state() const { return state_of(*store_); }
  [[nodiscard]] std::size_t answered() const { return answered_; }
  ReplicaWorkload& workload() { return workload_; }

 private:
  LmdbOptions options_;
  std::unique_ptr<Store> store_;
  std::optional<WitnessedStore> witnessed_;
  ReplicaWorkload workload_;
  std::size_t answered_ = 0;
};

bool CrashFixture::check_failure(std::size_t call, int error, FaultyDisk::Extent written) const {
  const TemporaryDirectory directory{memory_directory_path()};
  const std::string expected = error == ENOSPC ? "store_full" : "store_io";
  FaultyDisk disk(directory.path());
  disk.fail_at(call, error, written);
  Life life(durable(directory));
  if (const Result<void> opened = life.open(); !opened) {
    BOOST_TEST(code_of(opened) == expected);
    disk.repair();
    must(life.open());
  }
  bool reopened = false;
  for (std::size_t step = 0; step <= ReplicaWorkload::kSteps; ++step) {
    const Result<void> first = life.run(step);
    if (first) continue;
    BOOST_TEST(code_of(first) == expected);
    disk.repair();
    const Result<StoreState> state = life.state();
    if (state) BOOST_TEST((*state == states[life.answered()]));
    const Result<void> second = life.run(step);
    if (second) continue;
    BOOST_TEST(code_of(second) == "store_io");
    reopened = true;
    must(life.open());
    BOOST_TEST(may_be(must(life.state()), life.answered()));
    must(life.run(0));
    must(life.run(step));
  }
  must(life.workload().verify());
  BOOST_TEST((must(life.workload().records()) == records));
  return reopened;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_crash, CrashFixture)

BOOST_AUTO_TEST_CASE(a_replica_killed_at_any_call_to_the_disk_keeps_whole_commits) {
  std::size_t cut_short = 0;
  for (const auto extent : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    for (std::size_t call = 0; call <= calls; ++call) {
      const TemporaryDirectory directory{memory_directory_path()};
      const LmdbOptions options = durable(directory);
      const Ending ending = in_a_child([&](int answers) {
        FaultyDisk disk(directory.path());
        disk.kill_at(call, extent);
        const auto store = must(open_lmdb_store(options));
        WitnessedStore witnessed(*store,
                                 [answers] { BOOST_REQUIRE(::write(answers, "a", 1) == 1); });
        ReplicaWorkload workload;
        return run_workload(witnessed, workload) ? 0 : 1;
      });
      BOOST_TEST_CONTEXT("call " << call << " of " << calls) {
        BOOST_TEST(ending.signal == (call < calls ? SIGKILL : 0));
        BOOST_TEST(ending.status == 0);
        check_survivor(options, ending.said.size());
      }
      if (ending.said.size() + 1 < states.size()) ++cut_short;
    }
  }
  BOOST_TEST(cut_short > states.size());
}

BOOST_AUTO_TEST_CASE(regression_a_disk_that_fills_up_while_a_store_is_made_is_called_full) {
  std::string code;
  for (std::size_t call = 0; code != "none"; ++call) {
    const TemporaryDirectory directory{memory_directory_path()};
    FaultyDisk disk(directory.path());
    disk.fail_at(call, ENOSPC, FaultyDisk::Extent::kHalf);
    code = code_of(open_lmdb_store(durable(directory)));
    BOOST_TEST((code == "none" || code == "store_full"));
  }
}

// LMDB gives up, so that the store has to be opened again, when it cannot write a meta page, which
// needs no space on most file systems; and only then.
BOOST_AUTO_TEST_CASE(a_disk_that_is_full_at_any_call_loses_nothing_and_writing_goes_on) {
  for (const auto written : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    BOOST_TEST(check_every_failure(ENOSPC, written) == states.size() - 1);
  }
}

BOOST_AUTO_TEST_CASE(a_disk_that_breaks_at_any_call_loses_nothing_and_writing_goes_on) {
  for (const auto written : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kAll}) {
    BOOST_TEST(check_every_failure(EIO, written) == states.size() - 1);
  }
}

BOOST_AUTO_TEST_CASE(a_map_that_is_full_at_any_page_loses_nothing_and_may_be_made_larger) {
  std::size_t most_answered = 0;
  std::size_t pages = 16;
  for (; most_answered + 1 < states.size(); ++pages) {
    const TemporaryDirectory directory{memory_directory_path()};
    LmdbOptions options = test_options(directory.path());
    options.map_bytes_start = 1;
    options.map_bytes_max = pages * 4'096;
    std::size_t answered = 0;
    {
      const FaultyDisk disk(directory.path());
      const auto store = must(open_lmdb_store(options));
      WitnessedStore witnessed(*store, [&] { ++answered; });
      ReplicaWorkload workload;
      const Result<void> done = run_workload(witnessed, workload);
      BOOST_TEST(code_of(done) == (answered + 1 < states.size() ? "store_full" : "none"));
      BOOST_TEST((must(state_of(*store)) == states[answered]));
    }
    most_answered = std::max(most_answered, answered);
    options.map_bytes_max = 64 << 20;
    check_survivor(options, answered);
  }
  BOOST_TEST(pages > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
