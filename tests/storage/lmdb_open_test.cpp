#include <chrono>
#include <fstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/lmdb_fixture.hpp"

// Opening, locking, growing: what the LMDB store does beside the contract.

namespace syncline::test {
namespace {

struct DirectoryFixture {
  TemporaryDirectory directory;
  LmdbOptions options = test_options(directory.path());

  [[nodiscard]] std::string open_code() const { return code_of(open_lmdb_store(options)); }
  [[nodiscard]] std::string process(const std::string& mode) const {
    return ChildProcess({SYNCLINE_STORE_PROCESS, mode, directory.path()}).line();
  }
};

void fill(Store& store, int from, int to, std::size_t value_bytes) {
  for (int i = from; i < to; ++i) {
    put(store, Keyspace::kLog, "k" + std::to_string(i), std::string(value_bytes, 'x'));
  }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_open, DirectoryFixture)

BOOST_AUTO_TEST_CASE(what_was_committed_is_there_after_opening_again) {
  options.unsafe_no_sync = false;
  put(*must(open_lmdb_store(options)), Keyspace::kMeta, "clock", "12");
  options.create = false;
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(get(*store, Keyspace::kMeta, "clock").value() == "12");
}

BOOST_AUTO_TEST_CASE(a_missing_store_is_not_made_unless_asked) {
  options.create = false;
  BOOST_TEST(open_code() == "store_missing");
  options.directory /= "deeper";
  BOOST_TEST(open_code() == "store_missing");
  BOOST_TEST(!std::filesystem::exists(options.directory));
  options.read_only = true;
  BOOST_TEST(open_code() == "store_missing");
}

BOOST_AUTO_TEST_CASE(a_look_at_the_pages_of_a_store_that_is_stopped_opens_none) {
  must(open_lmdb_store(options));
  options.check_pages = PageCheck::kContents;
  options.check_progress = [](std::uint64_t, std::uint64_t) { return false; };
  BOOST_TEST(code_of(open_lmdb_store(options)) == "cancelled");
  std::uint64_t looked = 0;
  options.check_progress = [&looked](std::uint64_t done, std::uint64_t total) {
    BOOST_TEST(done <= total);
    return ++looked > 0;
  };
  must(open_lmdb_store(options));
  BOOST_TEST(looked > 0U);
}

BOOST_AUTO_TEST_CASE(a_store_is_made_in_directories_that_are_not_there_yet) {
  options.directory = directory.path() / "one" / "two";
  BOOST_TEST(open_code() == "none");
}

BOOST_AUTO_TEST_CASE(a_store_that_must_be_new_refuses_one_that_exists) {
  options.must_be_new = true;
  BOOST_TEST(open_code() == "none");
  BOOST_TEST(open_code() == "store_exists");
}

BOOST_AUTO_TEST_CASE(a_store_that_must_be_new_refuses_to_overwrite_any_data_file) {
  std::ofstream(directory.path() / "data.mdb") << "something else";
  options.must_be_new = true;
  BOOST_TEST(open_code() == "store_exists");
}

BOOST_AUTO_TEST_CASE(an_empty_data_file_of_a_creation_that_was_cut_short_is_no_store) {
  std::ofstream(directory.path() / "data.mdb").flush();
  options.create = false;
  BOOST_TEST(open_code() == "store_missing");
  options.create = true;
  options.must_be_new = true;
  BOOST_TEST(open_code() == "none");
}

BOOST_AUTO_TEST_CASE(an_unusable_directory_is_an_error_that_names_it) {
  std::ofstream(directory.path() / "file") << "x";
  options.directory = directory.path() / "file";
  const auto store = open_lmdb_store(options);
  BOOST_REQUIRE(!store);
  BOOST_TEST(code_of(store) == "store_io");
  BOOST_TEST(store.error().message.find(options.directory.string()) != std::string::npos);
  options.directory.clear();
  BOOST_TEST(open_code() == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(one_process_opens_a_store_once) {
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(open_code() == "store_locked");
  options.read_only = true;
  BOOST_TEST(open_code() == "store_locked");
  std::filesystem::create_directory_symlink(directory.path(), directory.path() / "again");
  options.directory = directory.path() / "again";
  BOOST_TEST(open_code() == "store_locked");
}

BOOST_AUTO_TEST_CASE(a_second_process_may_not_write) {
  {
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST(process("write") == "store_locked");
  }
  BOOST_TEST(process("write") == "open");
}

BOOST_AUTO_TEST_CASE(the_refusal_names_the_process_that_writes) {
  ChildProcess holder({SYNCLINE_STORE_PROCESS, "write", directory.path()});
  BOOST_TEST(holder.line() == "open");
  const auto store = open_lmdb_store(options);
  BOOST_TEST(code_of(store) == "store_locked");
  BOOST_TEST(store.error().message.find("another process (") == 0U);
}

BOOST_AUTO_TEST_CASE(the_lock_of_a_process_that_was_killed_is_free) {
  ChildProcess holder({SYNCLINE_STORE_PROCESS, "write", directory.path()});
  BOOST_TEST(holder.line() == "open");
  BOOST_TEST(open_code() == "store_locked");
  holder.kill();
  BOOST_TEST(open_code() == "none");
}

BOOST_AUTO_TEST_CASE(another_process_reads_what_this_one_writes) {
  const auto store = must(open_lmdb_store(options));
  ChildProcess reader({SYNCLINE_STORE_PROCESS, "read", directory.path()});
  BOOST_TEST(reader.line() == "open");
  BOOST_TEST(reader.ask("count") == "0");
  fill(*store, 0, 10, 10);
  BOOST_TEST(reader.ask("count") == "10");
}

BOOST_AUTO_TEST_CASE(a_reader_follows_a_store_that_outgrows_its_map) {
  const auto store = must(open_lmdb_store(options));
  ChildProcess reader({SYNCLINE_STORE_PROCESS, "read", directory.path(), "1"});
  BOOST_TEST(reader.line() == "open");
  fill(*store, 0, 100, 50'000);
  BOOST_TEST(reader.ask("count") == "100");
  fill(*store, 100, 200, 50'000);
  BOOST_TEST(reader.ask("count") == "200");
}

BOOST_AUTO_TEST_CASE(a_store_that_is_read_only_refuses_commits) {
  put(*must(open_lmdb_store(options)), Keyspace::kMeta, "clock", "12");
  options.read_only = true;
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(get(*store, Keyspace::kMeta, "clock").value() == "12");
  BOOST_TEST(code_of(store->commit({})) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(a_damaged_lock_file_of_no_process_does_no_harm) {
  put(*must(open_lmdb_store(options)), Keyspace::kMeta, "clock", "12");
  std::ofstream(directory.path() / "lock.mdb") << std::string(5'000, 'x');
  std::ofstream(directory.path() / "writer.lock") << std::string(5'000, 'x');
  BOOST_TEST(get(*must(open_lmdb_store(options)), Keyspace::kMeta, "clock").value() == "12");
}

BOOST_AUTO_TEST_CASE(a_process_that_is_killed_leaves_whole_commits) {
  std::string newest;
  for (int round = 0; round < 8; ++round) {
    ChildProcess writer({SYNCLINE_STORE_PROCESS, "commit", directory.path()});
    BOOST_TEST(writer.line() == "open");
    for (int i = 0; i <= round; ++i) newest = writer.line();
    writer.kill();
    options.check_pages = PageCheck::kContents;
    const auto store = must(open_lmdb_store(options));
    const Entries slots = entries(*must(store->snapshot()), Keyspace::kSlots);
    BOOST_TEST(slots.size() == 40U);
    for (const auto& [key, value] : slots) BOOST_TEST((value == slots.front().second));
    BOOST_TEST(std::stoi(slots.front().second) >= std::stoi(newest));
  }
}

BOOST_AUTO_TEST_CASE(a_small_map_grows_as_often_as_it_has_to) {
  options.map_bytes_start = 1;
  const auto store = must(open_lmdb_store(options));
  fill(*store, 0, 200, 40'000);
  StoreBatch large;
  large.put(Keyspace::kLog, "large", std::string(40'000'000, 'y'));
  must(store->commit(large));
  const auto snapshot = must(store->snapshot());
  BOOST_TEST(must(snapshot->count(Keyspace::kLog)) == 201U);
  BOOST_TEST((get(*snapshot, Keyspace::kLog, "large") == std::string(40'000'000, 'y')));
  BOOST_TEST((get(*snapshot, Keyspace::kLog, "k0") == std::string(40'000, 'x')));
}

BOOST_AUTO_TEST_CASE(a_map_of_the_usual_size_needs_no_growth_under_an_open_snapshot) {
  const auto store = must(open_lmdb_store(options));
  put(*store, Keyspace::kMeta, "clock", "12");
  const auto snapshot = must(store->snapshot());
  const std::string_view kept = must(snapshot->get(Keyspace::kMeta, "clock")).value();
  fill(*store, 0, 100, 1'000'000);
  BOOST_TEST(kept == "12");
  BOOST_TEST(must(snapshot->count(Keyspace::kLog)) == 0U);
}

BOOST_AUTO_TEST_CASE(a_small_map_waits_for_the_snapshots_of_other_threads) {
  options.map_bytes_start = 1;
  const auto store = must(open_lmdb_store(options));
  put(*store, Keyspace::kMeta, "clock", "12");
  for (int doubling = 0; doubling < 4; ++doubling) {
    std::unique_ptr<Snapshot> snapshot;
    std::thread([&] { snapshot = std::move(store->snapshot().value()); }).join();
    const std::string_view kept = must(snapshot->get(Keyspace::kMeta, "clock")).value();
    std::string seen;
    std::thread closer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      seen = kept;  // the view is still good
      snapshot.reset();
    });
    const std::size_t bytes = std::size_t{100'000} << static_cast<unsigned>(doubling);
    put(*store, Keyspace::kLog, "k" + std::to_string(doubling), std::string(bytes, 'x'));
    closer.join();
    BOOST_TEST(seen == "12");
  }
  BOOST_TEST(count(*store, Keyspace::kLog) == 4U);
}

BOOST_AUTO_TEST_CASE(a_small_map_never_waits_for_a_snapshot_of_the_committing_thread) {
  options.map_bytes_start = 1;
  const auto store = must(open_lmdb_store(options));
  StoreBatch batch;
  batch.put(Keyspace::kLog, "large", std::string(1'000'000, 'x'));
  auto snapshot = must(store->snapshot());
  BOOST_TEST(code_of(store->commit(batch)) == "store_full");
  BOOST_TEST(must(snapshot->count(Keyspace::kLog)) == 0U);
  snapshot.reset();
  must(store->commit(batch));
  BOOST_TEST(count(*store, Keyspace::kLog) == 1U);
}

BOOST_AUTO_TEST_CASE(a_small_map_gives_up_on_a_snapshot_that_stays_open) {
  options.map_bytes_start = 1;
  options.growth_wait_max = std::chrono::milliseconds(10);
  const auto store = must(open_lmdb_store(options));
  std::unique_ptr<Snapshot> snapshot;
  std::thread([&] { snapshot = std::move(store->snapshot().value()); }).join();
  StoreBatch batch;
  batch.put(Keyspace::kLog, "large", std::string(1'000'000, 'x'));
  BOOST_TEST(code_of(store->commit(batch)) == "store_full");
  BOOST_TEST(must(snapshot->count(Keyspace::kLog)) == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_full_keeps_what_it_has_and_goes_on_working) {
  options.map_bytes_start = 1;
  options.map_bytes_max = 2'000'000;
  const auto store = must(open_lmdb_store(options));
  int written = 0;
  std::string code;
  while (code.empty()) {
    StoreBatch batch;
    batch.put(Keyspace::kMeta, "written", std::to_string(written + 1));
    batch.put(Keyspace::kLog, "k" + std::to_string(written), std::string(30'000, 'x'));
    const Result<void> done = store->commit(batch);
    if (done) ++written;
    if (!done) code = code_of(done);
  }
  BOOST_TEST(code == "store_full");
  BOOST_TEST(written > 40);
  BOOST_TEST(get(*store, Keyspace::kMeta, "written").value() == std::to_string(written));
  BOOST_TEST(count(*store, Keyspace::kLog) == static_cast<unsigned>(written));
  StoreBatch batch;
  for (int i = 0; i < 10; ++i) batch.erase(Keyspace::kLog, "k" + std::to_string(i));
  must(store->commit(batch));
  put(*store, Keyspace::kMeta, "after", "yes");
  fill(*store, 0, 3, 30'000);
  BOOST_TEST(count(*store, Keyspace::kLog) == static_cast<unsigned>(written - 7));
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_what_was_committed_and_the_store_goes_on_working) {
  ChildProcess process({SYNCLINE_STORE_PROCESS, "fill", directory.path(), "2000000"});
  BOOST_TEST(process.line() == "open");
  BOOST_TEST(process.line() == "store_full");
  const std::string commits = process.line();
  BOOST_TEST(process.line() == "done");
  process.kill();
  options.check_pages = PageCheck::kContents;
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(get(*store, Keyspace::kMeta, "commits").value() == commits);
  BOOST_TEST(count(*store, Keyspace::kLog) == static_cast<unsigned>(std::stoi(commits)));
  BOOST_TEST(get(*store, Keyspace::kMeta, "after").value() == "yes");
}

BOOST_AUTO_TEST_CASE(regression_a_reader_that_was_killed_does_not_make_the_file_grow) {
  const auto store = must(open_lmdb_store(options));
  fill(*store, 0, 4, 100'000);
  {
    ChildProcess reader({SYNCLINE_STORE_PROCESS, "hold", directory.path()});
    BOOST_TEST(reader.line() == "open");
    BOOST_TEST(reader.ask("count") == "4");
  }
  for (int i = 0; i < 100; ++i) fill(*store, 0, 4, 100'000);
  BOOST_TEST(std::filesystem::file_size(directory.path() / "data.mdb") < 8'000'000U);
}

BOOST_AUTO_TEST_CASE(regression_a_map_that_a_killed_reader_filled_need_not_grow) {
  options.map_bytes_start = 1;
  options.map_bytes_max = 1'000'000;
  const auto store = must(open_lmdb_store(options));
  fill(*store, 0, 2, 100'000);
  {
    ChildProcess reader({SYNCLINE_STORE_PROCESS, "hold", directory.path()});
    BOOST_TEST(reader.line() == "open");
    BOOST_TEST(reader.ask("count") == "2");
  }
  for (int i = 0; i < 20; ++i) fill(*store, 0, 2, 100'000);
  BOOST_TEST(count(*store, Keyspace::kLog) == 2U);
}

BOOST_AUTO_TEST_CASE(as_many_snapshots_as_asked_for_may_be_open) {
  options.readers_max = 8;
  const auto store = must(open_lmdb_store(options));
  std::vector<std::unique_ptr<Snapshot>> snapshots;
  for (int i = 0; i < 8; ++i) snapshots.push_back(must(store->snapshot()));
  BOOST_TEST(code_of(store->snapshot()) == "store_io");
  snapshots.pop_back();
  BOOST_TEST(code_of(store->snapshot()) == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
