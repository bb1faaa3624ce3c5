#include <cerrno>
#include <csignal>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_maintenance.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// Compaction gives space back and changes nothing else.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

struct CompactFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  fs::path file = directory.path() / "data.mdb";
  StoreState state;

  CompactFixture() {
    options.map_bytes_start = 64 << 20;
    const auto store = must(open_lmdb_store(options));
    ReplicaWorkload workload;
    must(run_workload(*store, workload));
    put(*store, Keyspace::kQuarantine, "passing", std::string(400'000, 'x'));
    StoreBatch batch;
    batch.erase(Keyspace::kQuarantine, "passing");
    must(store->commit(batch));
    state = must(state_of(*store));
  }

  // The store is what it was, and writing goes on.
  void check_store() const {
    LmdbOptions checked = options;
    checked.create = false;
    checked.check_pages = PageCheck::kContents;
    {
      const auto store = must(open_lmdb_store(checked));
      BOOST_TEST((must(state_of(*store)) == state));
    }
    checked.read_only = true;
    BOOST_TEST((must(state_of(*must(open_lmdb_store(checked)))) == state));
  }
  void keep() const { fs::copy_file(file, directory.path() / "kept"); }
  void bring_back() const {
    fs::copy_file(directory.path() / "kept", file, fs::copy_options::overwrite_existing);
    fs::remove(directory.path() / "data.mdb.partial");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_compact, CompactFixture)

BOOST_AUTO_TEST_CASE(compaction_gives_free_space_back_and_keeps_everything) {
  const std::uint64_t before = fs::file_size(file);
  const Compaction compaction = must(compact_lmdb_store(options));
  BOOST_TEST(compaction.before_bytes == before);
  BOOST_TEST(compaction.after_bytes == fs::file_size(file));
  BOOST_TEST(compaction.after_bytes + 300'000 < before);
  check_store();
  const auto store = must(open_lmdb_store(options));
  ReplicaWorkload workload;
  must(workload.open(*store));
  must(workload.run(3));
  must(workload.verify());
}

BOOST_AUTO_TEST_CASE(compacting_again_gives_nothing_and_harms_nothing) {
  must(compact_lmdb_store(options));
  const Compaction again = must(compact_lmdb_store(options));
  BOOST_TEST(again.before_bytes == again.after_bytes);
  BOOST_TEST(!fs::exists(directory.path() / "data.mdb.partial"));
  check_store();
}

BOOST_AUTO_TEST_CASE(a_meta_page_that_is_damaged_after_a_compaction_is_repaired_by_the_other) {
  must(compact_lmdb_store(options));
  fs::copy_file(file, directory.path() / "compacted");
  constexpr std::size_t kPageBytes = 4'096;
  // The fields of a meta page from its magic number to the number of its transaction.
  constexpr std::size_t kMetaBegin = 16;
  constexpr std::size_t kMetaEnd = kMetaBegin + 136;
  for (const std::size_t page : {0U, 1U}) {
    for (std::size_t at = kMetaBegin; at < kMetaEnd; ++at) {
      // Another version may be that of a newer LMDB, and such a file is left alone.
      if (at >= kMetaBegin + 4 && at < kMetaBegin + 8) continue;
      fs::copy_file(directory.path() / "compacted", file, fs::copy_options::overwrite_existing);
      fs::remove(directory.path() / "damaged");
      {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekg(static_cast<std::streamoff>(page * kPageBytes + at));
        const int before = bytes.get();
        bytes.seekp(static_cast<std::streamoff>(page * kPageBytes + at));
        bytes.put(static_cast<char>(before ^ 0x10));
      }
      const auto repaired = repair_lmdb_store(options, directory.path() / "damaged",
                                              [](Store&, bool) -> Result<void> { return {}; });
      BOOST_TEST(code_of(repaired) == "none", "byte " << at << " of page " << page);
      BOOST_TEST((must(state_of(*must(open_lmdb_store(options)))) == state));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_store_that_is_open_is_not_compacted) {
  {
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST(code_of(compact_lmdb_store(options)) == "store_locked");
  }
  for (const char* mode : {"write", "read"}) {
    ChildProcess other({SYNCLINE_STORE_PROCESS, mode, directory.path()});
    BOOST_TEST(other.line() == "open");
    BOOST_TEST(code_of(compact_lmdb_store(options)) == "store_locked");
    other.kill();
  }
  must(compact_lmdb_store(options));
}

BOOST_AUTO_TEST_CASE(no_process_opens_a_store_that_is_being_compacted) {
  std::string writer;
  std::string reader;
  must(compact_lmdb_store(options, [&](std::uint64_t, std::uint64_t) {
    if (!writer.empty()) return true;
    writer = ChildProcess({SYNCLINE_STORE_PROCESS, "write", directory.path()}).line();
    reader = ChildProcess({SYNCLINE_STORE_PROCESS, "read", directory.path()}).line();
    return true;
  }));
  BOOST_TEST(writer == "store_locked");
  BOOST_TEST(reader == "store_locked");
}

BOOST_AUTO_TEST_CASE(a_compaction_tells_how_far_it_is_and_can_be_stopped_anywhere) {
  const auto size = fs::file_size(file);
  Result<Compaction> done = fail(Code::kCancelled, "");
  std::uint64_t stopped = 0;
  for (std::uint64_t calls_max = 1; !done; calls_max += 7) {
    std::uint64_t calls = 0;
    double last = 0;
    done = compact_lmdb_store(options, [&](std::uint64_t part, std::uint64_t total) {
      const double now = static_cast<double>(part) / static_cast<double>(total);
      BOOST_TEST((last <= now && now <= 1.0));
      last = now;
      return ++calls < calls_max;
    });
    if (done) break;
    ++stopped;
    BOOST_REQUIRE(code_of(done) == "cancelled");
    BOOST_REQUIRE(fs::file_size(file) == size);
    BOOST_REQUIRE(!fs::exists(file.string() + ".partial"));
  }
  BOOST_TEST(stopped > 2U);
  BOOST_TEST(must(done).after_bytes < size);
}

BOOST_AUTO_TEST_CASE(a_missing_store_is_not_made) {
  options.directory /= "deeper";
  BOOST_TEST(code_of(compact_lmdb_store(options)) == "store_missing");
  BOOST_TEST(!fs::exists(options.directory));
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_not_compacted) {
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(3 * 4'096) << "damage";
  const auto size = fs::file_size(file);
  BOOST_TEST(code_of(compact_lmdb_store(options)) == "store_corrupt");
  BOOST_TEST(fs::file_size(file) == size);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_or_breaks_at_any_call_leaves_the_store_as_it_was) {
  keep();
  for (const int error : {ENOSPC, EIO}) {
    std::size_t failed = 0;
    for (bool through = false; !through; ++failed) {
      bring_back();
      FaultyDisk disk(directory.path());
      disk.fail_at(failed, error, FaultyDisk::Extent::kHalf);
      const auto done = compact_lmdb_store(options);
      disk.repair();
      through = done.has_value();
      if (!through) BOOST_TEST(code_of(done) == (error == ENOSPC ? "store_full" : "store_io"));
      BOOST_TEST(!fs::exists(directory.path() / "data.mdb.partial"));
      check_store();
    }
    BOOST_TEST(failed > 3U);
  }
}

BOOST_AUTO_TEST_CASE(a_compaction_killed_at_any_call_leaves_the_old_file_or_the_new_one) {
  keep();
  const auto before = fs::file_size(file);
  std::size_t killed = 0;
  std::size_t compacted = 0;
  for (const auto extent : {FaultyDisk::Extent::kNothing, FaultyDisk::Extent::kHalf}) {
    bool through = false;
    for (std::size_t call = 0; !through; ++call) {
      bring_back();
      const Ending ending = in_a_child([&](int) {
        FaultyDisk disk(directory.path());
        disk.kill_at(call, extent);
        return compact_lmdb_store(options) ? 0 : 1;
      });
      through = ending.signal == 0;
      BOOST_TEST(ending.status == 0);
      if (!through) ++killed;
      if (fs::file_size(file) < before) ++compacted;
      check_store();
      must(compact_lmdb_store(options));
      check_store();
    }
  }
  BOOST_TEST(killed > 6U);
  BOOST_TEST(compacted >= 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
