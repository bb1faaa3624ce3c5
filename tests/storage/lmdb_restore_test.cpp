#include <cerrno>
#include <csignal>
#include <fstream>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_maintenance.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// A restore makes a new replica of a backup, or nothing.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

constexpr int kMeta = static_cast<int>(Keyspace::kMeta);

struct RestoreFixture {
  TemporaryDirectory directory{memory_directory_path()};
  TemporaryDirectory shelf{memory_directory_path()};
  fs::path backup = shelf.path() / "backup";
  fs::path target = shelf.path() / "restored";
  CountingRandom random{77};
  StoreState original;

  RestoreFixture() {
    const auto store = must(open_lmdb_store(options_at(directory.path())));
    ReplicaWorkload workload;
    must(run_workload(*store, workload));
    must(store->back_up(backup));
    original = must(state_of(*store));
  }

  static LmdbOptions options_at(const fs::path& path) {
    LmdbOptions options = test_options(path);
    options.map_bytes_start = 64 << 20;
    return options;
  }
  Result<Renewal> restore() { return restore_lmdb_store(backup, options_at(target), random); }

  [[nodiscard]] std::string code_of_target() const {
    LmdbOptions options = options_at(target);
    options.create = false;
    options.check_pages = PageCheck::kContents;
    return code_of(open_lmdb_store(options));
  }
  // Everything but what a restore changes is there, under another id.
  void check_restored() const {
    LmdbOptions options = options_at(target);
    options.check_pages = PageCheck::kContents;
    options.create = false;
    const auto store = must(open_lmdb_store(options));
    StoreState restored = must(state_of(*store));
    StoreState expected = original;
    BOOST_TEST((restored.at({kMeta, "replica"}) != expected.at({kMeta, "replica"})));
    BOOST_TEST(!restored.contains({kMeta, "memory"}));
    BOOST_TEST(restored.contains({kMeta, "ancestors"}));
    for (StoreState* state : {&restored, &expected}) {
      for (const char* name : {"replica", "memory", "head", "ancestors"})
        state->erase({kMeta, name});
    }
    BOOST_TEST((restored == expected));
    ReplicaWorkload workload;
    must(workload.open(*store));
    must(workload.verify());
    must(workload.run(3));
    must(workload.verify());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_restore, RestoreFixture)

BOOST_AUTO_TEST_CASE(a_restore_keeps_everything_under_a_new_replica_id) {
  const Renewal renewal = must(restore());
  BOOST_TEST((renewal.before == ReplicaId{1}));
  BOOST_TEST((renewal.now == ReplicaId{77}));
  check_restored();
  BOOST_TEST(!fs::exists(target / "restoring"));
}

BOOST_AUTO_TEST_CASE(a_restore_does_not_touch_the_backup_and_can_be_done_twice) {
  const auto before = fs::last_write_time(backup);
  const Renewal first = must(restore());
  target = shelf.path() / "restored again";
  const Renewal second = must(restore());
  BOOST_TEST((first.now != second.now));
  BOOST_TEST((fs::last_write_time(backup) == before));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_there_is_not_overwritten) {
  must(restore());
  BOOST_TEST(code_of(restore()) == "store_exists");
  target = directory.path();
  BOOST_TEST(code_of(restore()) == "store_exists");
  BOOST_TEST((must(state_of(*must(open_lmdb_store(options_at(target))))) == original));
}

BOOST_AUTO_TEST_CASE(a_data_file_that_cannot_be_read_is_not_overwritten_either) {
  fs::create_directories(target);
  std::ofstream(target / "data.mdb") << "something else";
  BOOST_TEST(code_of(restore()) == "store_exists");
}

BOOST_AUTO_TEST_CASE(a_store_that_is_open_is_not_restored_over) {
  const auto open = must(open_lmdb_store(options_at(target)));
  BOOST_TEST(code_of(restore()) == "store_locked");
}

BOOST_AUTO_TEST_CASE(what_is_no_backup_is_named_and_leaves_nothing) {
  backup = shelf.path() / "none";
  BOOST_TEST(code_of(restore()) == "store_missing");
  std::ofstream(backup) << std::string(20'000, 'x');
  BOOST_TEST(code_of(restore()) == "store_corrupt");
  std::ofstream(backup).flush();
  BOOST_TEST(code_of(restore()) == "store_missing");
  fs::remove(backup);
  fs::create_directory(backup);
  BOOST_TEST(code_of(restore()) == "store_io");
  BOOST_TEST(!fs::exists(target / "data.mdb"));
  BOOST_TEST(!fs::exists(target / "restoring"));
}

BOOST_AUTO_TEST_CASE(a_store_without_a_replica_is_no_backup) {
  const TemporaryDirectory other;
  fs::remove(backup);
  must(must(open_lmdb_store(options_at(other.path())))->back_up(backup));
  BOOST_TEST(code_of(restore()) == "store_missing");
}

BOOST_AUTO_TEST_CASE(a_restore_that_is_stopped_leaves_nothing) {
  const auto stopped = restore_lmdb_store(backup, options_at(target), random,
                                          [](std::uint64_t, std::uint64_t) { return false; });
  BOOST_TEST(code_of(stopped) == "cancelled");
  BOOST_TEST(code_of_target() == "store_missing");
  must(restore());
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_or_breaks_at_any_call_leaves_no_store) {
  for (const int error : {ENOSPC, EIO}) {
    std::size_t failed = 0;
    for (bool through = false; !through; ++failed) {
      fs::remove_all(target);
      FaultyDisk disk(shelf.path());
      disk.fail_at(failed, error, FaultyDisk::Extent::kHalf);
      const auto done = restore();
      through = done.has_value();
      disk.repair();
      if (through) continue;
      BOOST_TEST(code_of(done) == (error == ENOSPC ? "store_full" : "store_io"));
      BOOST_TEST(code_of_target() == "store_missing");
    }
    BOOST_TEST(failed > 6U);
    check_restored();
  }
}

BOOST_AUTO_TEST_CASE(a_restore_killed_at_any_call_leaves_no_store_or_the_new_replica) {
  std::size_t killed = 0;
  std::size_t whole = 0;
  for (const auto extent : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    bool through = false;
    for (std::size_t call = 0; !through; ++call) {
      fs::remove_all(target);
      const Ending ending = in_a_child([&](int) {
        FaultyDisk disk(shelf.path());
        disk.kill_at(call, extent);
        return restore() ? 0 : 1;
      });
      through = ending.signal == 0;
      if (!through) ++killed;
      BOOST_TEST(ending.status == 0);
      BOOST_TEST_CONTEXT("call " << call) {
        const std::string code = code_of_target();
        if (code == "none") {
          ++whole;
        } else {
          BOOST_TEST(code == "store_missing");
          must(restore());
        }
        check_restored();
      }
    }
  }
  BOOST_TEST(killed > 12U);
  BOOST_TEST(whole >= 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
