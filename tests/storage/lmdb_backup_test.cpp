#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// A backup is one moment of the store, whole under its name or not there.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

struct BackupFixture {
  TemporaryDirectory directory{memory_directory_path()};
  TemporaryDirectory shelf{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  fs::path file = shelf.path() / "backup";

  BackupFixture() { options.map_bytes_start = 64 << 20; }

  [[nodiscard]] std::unique_ptr<LmdbStore> open() const { return must(open_lmdb_store(options)); }

  // What a backup holds, read as a store of its own whose pages are all checked.
  [[nodiscard]] StoreState state_of_backup() const {
    const TemporaryDirectory other{memory_directory_path()};
    fs::copy_file(file, other.path() / "data.mdb");
    LmdbOptions reading = test_options(other.path());
    reading.check_pages = PageCheck::kContents;
    reading.map_bytes_start = options.map_bytes_start;
    return must(state_of(*must(open_lmdb_store(reading))));
  }
  [[nodiscard]] std::vector<std::string> names_on_shelf() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(shelf.path())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  static void run_all(Store& store) {
    ReplicaWorkload workload;
    must(run_workload(store, workload));
  }
};

std::string bytes_of(const fs::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

// Commits in which all values are the same number.
void commit_numbers(Store& store, int number) {
  StoreBatch batch;
  for (int key = 0; key < 50; ++key) {
    batch.put(
        Keyspace::kSlots, "k" + std::to_string(key),
        std::to_string(number) + std::string(static_cast<std::size_t>(number % 5) * 700, '.'));
  }
  must(store.commit(batch));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_backup, BackupFixture)

BOOST_AUTO_TEST_CASE(a_backup_holds_everything_that_was_committed) {
  const auto store = open();
  run_all(*store);
  const std::uint64_t bytes = must(store->back_up(file));
  BOOST_TEST(bytes == fs::file_size(file));
  BOOST_TEST((state_of_backup() == must(state_of(*store))));
  BOOST_TEST((names_on_shelf() == std::vector<std::string>{"backup"}));
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_backup_leaves_out_free_pages) {
  const auto store = open();
  put(*store, Keyspace::kLog, "long", std::string(3'000'000, 'x'));
  StoreBatch batch;
  batch.erase(Keyspace::kLog, "long");
  must(store->commit(batch));
  const std::uint64_t bytes = must(store->back_up(file));
  const StoreUsage usage = must(store->usage());
  BOOST_TEST(usage.file_bytes > 3'000'000U);
  BOOST_TEST(bytes <= usage.used_bytes);
  BOOST_TEST(usage.used_bytes < 200'000U);
}

BOOST_AUTO_TEST_CASE(backups_are_whole_moments_while_another_thread_writes) {
  const auto store = open();
  commit_numbers(*store, 0);
  std::atomic<bool> done = false;
  std::atomic<int> answered = 0;
  std::thread writer([&] {
    for (int number = 1; !done; ++number) {
      commit_numbers(*store, number);
      answered = number;
    }
  });
  for (int round = 0; round < 20; ++round) {
    const int before = answered;
    must(store->back_up(file));
    const StoreState state = state_of_backup();
    BOOST_TEST(state.size() == 50U);
    const int number = std::stoi(state.begin()->second);
    BOOST_TEST(number >= before);
    for (const auto& [place, value] : state) BOOST_TEST(std::stoi(value) == number);
    fs::remove(file);
  }
  done = true;
  writer.join();
}

BOOST_AUTO_TEST_CASE(a_process_that_only_reads_backs_up_what_another_is_writing) {
  ChildProcess writer({SYNCLINE_STORE_PROCESS, "commit", directory.path()});
  BOOST_TEST(writer.line() == "open");
  const int before = std::stoi(writer.line());
  options.create = false;
  options.read_only = true;
  must(open()->back_up(file));
  writer.kill();
  std::optional<int> version;
  for (const auto& [place, value] : state_of_backup()) {
    if (place.first != static_cast<int>(Keyspace::kSlots)) continue;
    if (!version) version = std::stoi(value);
    BOOST_TEST(std::stoi(value) == *version);
  }
  BOOST_TEST(version.value() >= before);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_not_overwritten) {
  std::ofstream(file) << "an earlier backup";
  const auto store = open();
  BOOST_TEST(code_of(store->back_up(file)) == "store_exists");
  BOOST_TEST(code_of(store->back_up(directory.path() / "data.mdb")) == "store_exists");
  BOOST_TEST(bytes_of(file) == "an earlier backup");
}

BOOST_AUTO_TEST_CASE(what_a_killed_backup_left_behind_is_overwritten) {
  std::ofstream(shelf.path() / "backup.partial") << std::string(5'000'000, 'x');
  const auto store = open();
  run_all(*store);
  must(store->back_up(file));
  BOOST_TEST((names_on_shelf() == std::vector<std::string>{"backup"}));
  BOOST_TEST((state_of_backup() == must(state_of(*store))));
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_an_error_that_names_the_file) {
  const auto done = open()->back_up(shelf.path() / "none" / "backup");
  BOOST_TEST(code_of(done) == "store_io");
  BOOST_TEST(done.error().message.find("none/backup") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(progress_counts_to_the_end_and_may_stop_it) {
  const auto store = open();
  put(*store, Keyspace::kLog, "long", std::string(2'000'000, 'x'));
  double last = 0;
  unsigned read_back = 0;
  const std::uint64_t bytes = must(store->back_up(file, [&](std::uint64_t done, std::uint64_t all) {
    // Of what is copied and what is read back.
    const double part = static_cast<double>(done) / static_cast<double>(all);
    BOOST_TEST((last <= part && part <= 1.0));
    if (part > 0.5) ++read_back;
    last = part;
    return true;
  }));
  BOOST_TEST(last == 1.0);
  BOOST_TEST(read_back > 2U);
  BOOST_TEST(bytes == fs::file_size(file));
  fs::remove(file);
  const auto stopped = store->back_up(file, [](std::uint64_t, std::uint64_t) { return false; });
  BOOST_TEST(code_of(stopped) == "cancelled");
  BOOST_TEST(names_on_shelf().empty());
  put(*store, Keyspace::kMeta, "after", "yes");
}

BOOST_AUTO_TEST_CASE(damage_is_found_by_the_copy_and_named) {
  put(*open(), Keyspace::kSlots, "record", "a value that will be damaged");
  std::string bytes = bytes_of(directory.path() / "data.mdb");
  const std::size_t at = bytes.rfind("will be damaged");
  BOOST_REQUIRE(at != std::string::npos);
  bytes[at] = 'W';
  std::ofstream(directory.path() / "data.mdb", std::ios::binary) << bytes;
  const auto done = open()->back_up(file);
  BOOST_TEST(code_of(done) == "store_corrupt");
  BOOST_TEST(done.error().message.find("record") != std::string::npos);
  BOOST_TEST(names_on_shelf().empty());
}

// LMDB refuses to compact such a file.
BOOST_AUTO_TEST_CASE(a_page_that_is_neither_used_nor_free_does_not_hinder_a_backup) {
  run_all(*open());
  const StoreState expected = must(state_of(*open()));
  std::string bytes = bytes_of(directory.path() / "data.mdb");
  constexpr std::size_t kPageBytes = 4'096;
  constexpr std::size_t kLastPageAt = 16 + 24 + 2 * 48;
  for (const std::size_t page : {0U, 1U}) {
    std::uint64_t last = 0;
    std::memcpy(&last, bytes.data() + page * kPageBytes + kLastPageAt, sizeof last);
    ++last;
    std::memcpy(bytes.data() + page * kPageBytes + kLastPageAt, &last, sizeof last);
  }
  bytes.append(2 * kPageBytes, '\0');
  std::ofstream(directory.path() / "data.mdb", std::ios::binary) << bytes;
  must(open()->back_up(file));
  BOOST_TEST((state_of_backup() == expected));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_or_breaks_at_any_call_leaves_nothing_behind) {
  const auto store = open();
  run_all(*store);
  const StoreState expected = must(state_of(*store));
  for (const int error : {ENOSPC, EIO}) {
    std::size_t failed = 0;
    for (bool through = false; !through; ++failed) {
      FaultyDisk disk(shelf.path());
      disk.fail_at(failed, error, FaultyDisk::Extent::kHalf);
      const auto done = store->back_up(file);
      through = done.has_value();
      if (through) break;
      BOOST_TEST(code_of(done) == (error == ENOSPC ? "store_full" : "store_io"));
      BOOST_TEST(names_on_shelf().empty());
    }
    BOOST_TEST(failed >= 3U);
    BOOST_TEST((state_of_backup() == expected));
    fs::remove(file);
  }
}

BOOST_AUTO_TEST_CASE(a_backup_killed_at_any_call_is_whole_or_not_there) {
  run_all(*open());
  const StoreState expected = must(state_of(*open()));
  std::size_t killed = 0;
  std::size_t whole = 0;
  for (bool through = false; !through; ++killed) {
    const Ending ending = in_a_child([&](int) {
      FaultyDisk disk(shelf.path());
      disk.kill_at(killed, FaultyDisk::Extent::kHalf);
      return open()->back_up(file) ? 0 : 1;
    });
    through = ending.signal == 0;
    BOOST_TEST(ending.signal == (through ? 0 : SIGKILL));
    BOOST_TEST(ending.status == 0);
    if (fs::exists(file)) {
      ++whole;
      BOOST_TEST((state_of_backup() == expected));
      fs::remove(file);
    }
  }
  BOOST_TEST(killed > 3U);
  BOOST_TEST(whole >= 2U);
  const auto store = open();
  must(store->back_up(file));
  BOOST_TEST((state_of_backup() == expected));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
