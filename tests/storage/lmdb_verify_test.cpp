#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_maintenance.hpp"
#include "syncline/verification.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// What a verification finds in a store on a disk: every page and every entry.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageBytes = 4'096;

struct VerifyFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  FaultyDisk disk{directory.path()};  // so that nothing waits for the real one
  StoreState state;
  std::string file;

  VerifyFixture() {
    options.map_bytes_start = 16 << 20;
    {
      const auto store = must(open_lmdb_store(options));
      ReplicaWorkload workload;
      must(run_workload(*store, workload));
      state = must(state_of(*store));
    }
    std::ostringstream bytes;
    bytes << std::ifstream(directory.path() / "data.mdb", std::ios::binary).rdbuf();
    file = bytes.str();
    BOOST_REQUIRE(file.size() > 12 * kPageBytes);
  }
  void write_file(const std::string& bytes) const {
    fs::remove(directory.path() / "data.mdb");
    std::ofstream(directory.path() / "data.mdb", std::ios::binary) << bytes;
  }
  [[nodiscard]] std::size_t count_of_slots() const {
    return static_cast<std::size_t>(std::count_if(
        state.begin(), state.end(),
        [](const auto& entry) { return entry.first.first == static_cast<int>(Keyspace::kSlots); }));
  }
  // Pages, then entries, as the command does it. Answers how many faults were told.
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> told;
    bool is_followable = true;
    const auto pages = check_lmdb_pages(directory.path());
    if (!pages) return {pages.error().message};
    for (const PageFault& fault : *pages) {
      if (fault.is_structural) told.push_back(fault.what);
      is_followable = is_followable && !fault.is_structural;
    }
    if (!is_followable) return told;
    const auto store = open_lmdb_store(options);
    if (!store) {
      told.push_back(store.error().message);
      return told;
    }
    must(verify_store(**store, [&told](const StoreFault& fault) { told.push_back(fault.what); }));
    return told;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_verify, VerifyFixture)

BOOST_AUTO_TEST_CASE(a_sound_store_has_no_fault) {
  BOOST_TEST(faults().empty());
  BOOST_TEST(must(check_lmdb_pages(directory.path())).empty());
}

BOOST_AUTO_TEST_CASE(every_damaged_entry_is_told_and_those_behind_it_are_looked_at) {
  std::string damaged = file;
  for (std::size_t at = damaged.find("page 2"); at != std::string::npos;
       at = damaged.find("page 2", at)) {
    damaged[at] = 'P';
  }
  write_file(damaged);
  const std::vector<PageFault> pages = must(check_lmdb_pages(directory.path()));
  for (const PageFault& fault : pages) BOOST_TEST(!fault.is_structural);
  BOOST_TEST(pages.size() > 10U);
  std::size_t told = 0;
  const auto store = must(open_lmdb_store(options));
  const Verification found = must(verify_store(*store, [&](const StoreFault& fault) {
    if (fault.kind != FaultKind::kDamaged) return;
    BOOST_TEST(fault.what.find("checksum") != std::string::npos);
    BOOST_TEST(!fault.key.empty());
    ++told;
  }));
  BOOST_TEST(told == pages.size());
  BOOST_TEST(found.slots == count_of_slots());
}

BOOST_AUTO_TEST_CASE(a_damaged_page_does_not_hide_what_is_wrong_with_others) {
  std::string damaged = file;
  std::vector<std::size_t> pages;
  for (std::size_t page = 2; page < file.size() / kPageBytes && pages.size() < 3; ++page) {
    const bool is_leaf = damaged[page * kPageBytes + 10] == 2;
    if (!is_leaf) continue;
    damaged[page * kPageBytes] = static_cast<char>(damaged[page * kPageBytes] + 100);
    pages.push_back(page);
  }
  write_file(damaged);
  BOOST_TEST(must(check_lmdb_pages(directory.path())).size() >= 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_being_written_has_no_fault) {
  write_file("");
  ChildProcess writer({SYNCLINE_STORE_PROCESS, "commit", directory.path()});
  BOOST_TEST(writer.line() == "open");
  for (int round = 0; round < 20; ++round) {
    writer.line();
    BOOST_TEST(must(check_lmdb_pages(directory.path())).empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_store_is_named_and_not_made) {
  const TemporaryDirectory empty;
  BOOST_TEST(code_of(check_lmdb_pages(empty.path())) == "store_missing");
  BOOST_TEST(fs::is_empty(empty.path()));
  write_file(std::string(20'000, 'x'));
  BOOST_TEST(must(check_lmdb_pages(directory.path())).size() == 1U);
  write_file(file.substr(0, file.size() / 2));
  BOOST_TEST(!must(check_lmdb_pages(directory.path())).empty());
}

BOOST_AUTO_TEST_CASE(a_check_of_the_pages_can_be_stopped) {
  std::uint64_t last = 0;
  must(check_lmdb_pages(directory.path(), [&](std::uint64_t done, std::uint64_t total) {
    BOOST_TEST(done > last);
    BOOST_TEST(done <= total);
    last = done;
    return true;
  }));
  BOOST_TEST(last > 0U);
  const auto stopped =
      check_lmdb_pages(directory.path(), [](std::uint64_t, std::uint64_t) { return false; });
  BOOST_TEST(code_of(stopped) == "cancelled");
}

BOOST_AUTO_TEST_CASE(one_flipped_bit_in_any_page_is_found_or_harmless) {
  std::mt19937_64 random(20'231'114);
  std::size_t found = 0;
  std::size_t harmless = 0;
  for (std::size_t page = 0; page < file.size() / kPageBytes; ++page) {
    for (int draw = 0; draw < 60; ++draw) {
      // Half of them in the page's header and list of entries; in a meta page everything is there.
      const std::size_t area = draw % 2 == 0 || page < 2 ? 160 : kPageBytes;
      const std::size_t byte = page * kPageBytes + random() % area;
      const unsigned bit = static_cast<unsigned>(random() % 8);
      // The number of the last commit, which nothing can be held against.
      if (page < 2 && byte % kPageBytes == 144 && bit == 1) continue;
      std::string damaged = file;
      damaged[byte] = static_cast<char>(static_cast<unsigned char>(damaged[byte]) ^ (1U << bit));
      write_file(damaged);
      BOOST_TEST_CONTEXT("bit " << bit << " of byte " << byte) {
        if (!faults().empty()) {
          ++found;
          continue;
        }
        ++harmless;
        BOOST_TEST((must(state_of(*must(open_lmdb_store(options)))) == state));
      }
    }
  }
  BOOST_TEST(found > 300U);
  BOOST_TEST(harmless > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
