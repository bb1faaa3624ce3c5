#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_maintenance.hpp"
#include "syncline/repair.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// A damaged file is kept as it was, and what can be read of it becomes a sound store.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageBytes = 4'096;

std::string bytes_of(const fs::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

struct RepairFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  fs::path file = directory.path() / "data.mdb";
  fs::path kept = directory.path() / "kept";
  StoreState state;
  std::string sound;

  RepairFixture() {
    options.map_bytes_start = 16 << 20;
    {
      const auto store = must(open_lmdb_store(options));
      ReplicaWorkload workload;
      must(run_workload(*store, workload));
      state = must(state_of(*store));
    }
    sound = bytes_of(file);
  }
  void write_file(const std::string& bytes) const {
    fs::remove(kept);
    fs::remove(file);
    std::ofstream(file, std::ios::binary) << bytes;
  }
  [[nodiscard]] Result<LmdbRepair> repair(const CopyProgress& progress = {}) const {
    return repair_lmdb_store(
        options, kept,
        [&progress](Store& store, bool lost) -> Result<void> {
          CountingRandom random(500);
          const auto done =
              repair_store(store, random, {.entries_may_be_lost = lost}, {}, progress);
          if (!done) return fail(done.error());
          return {};
        },
        progress);
  }
  // What is there by now, which has no fault.
  [[nodiscard]] StoreState check_repaired() const {
    for (const PageFault& fault : must(check_lmdb_pages(directory.path()))) {
      BOOST_TEST_ERROR(fault.what);
    }
    const auto store = must(open_lmdb_store(options));
    must(verify_store(*store, [](const StoreFault& fault) { BOOST_TEST_ERROR(fault.what); }));
    return must(state_of(*store));
  }
  [[nodiscard]] static StoreState slots_of(const StoreState& state) {
    StoreState slots;
    for (const auto& [place, value] : state) {
      if (place.first == static_cast<int>(Keyspace::kSlots)) slots[place] = value;
    }
    return slots;
  }
  // Every slot that is there holds what it held.
  void check_slots(const StoreState& repaired) const {
    for (const auto& [place, value] : slots_of(repaired)) {
      const auto found = state.find(place);
      BOOST_TEST((found != state.end()));
    }
  }
  // A page of a tree's leaves in which the text stands, and which the store uses.
  [[nodiscard]] std::string with_damaged_page(const std::string& text) const {
    for (std::size_t page = 2; page < sound.size() / kPageBytes; ++page) {
      if (sound.find(text, page * kPageBytes) >= (page + 1) * kPageBytes) continue;
      std::string damaged = sound;
      damaged[page * kPageBytes + 10] = 0x55;
      write_file(damaged);
      if (!must(check_lmdb_pages(directory.path())).empty()) return damaged;
    }
    BOOST_FAIL("no page of the store holds " + text);
    return {};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_repair, RepairFixture)

BOOST_AUTO_TEST_CASE(a_damaged_value_is_rebuilt_in_place_and_the_file_is_kept_as_it_was) {
  std::string damaged = sound;
  for (std::size_t at = damaged.find("page 2"); at != std::string::npos;
       at = damaged.find("page 2", at)) {
    damaged[at] = 'P';
  }
  write_file(damaged);
  const LmdbRepair done = must(repair());
  BOOST_TEST(!done.is_rescued);
  BOOST_TEST((bytes_of(done.kept) == damaged));
  check_slots(check_repaired());
}

BOOST_AUTO_TEST_CASE(slots_whose_page_is_lost_are_rebuilt_from_the_log) {
  const std::string damaged = with_damaged_page("row-5");
  const LmdbRepair done = must(repair());
  BOOST_TEST(done.is_rescued);
  BOOST_TEST((bytes_of(done.kept) == damaged));
  const StoreState repaired = check_repaired();
  BOOST_TEST((slots_of(repaired) == slots_of(state)));
  BOOST_TEST(!fs::exists(directory.path() / "repairing"));
}

BOOST_AUTO_TEST_CASE(a_repair_that_is_stopped_anywhere_leaves_the_damaged_file_and_no_copy) {
  const std::string damaged = with_damaged_page("row-5");
  std::uint64_t stopped = 0;
  std::uint64_t calls = 0;
  constexpr std::uint64_t kStep = 97;
  Result<LmdbRepair> done = fail(Code::kCancelled, "");
  for (std::uint64_t calls_max = 1; !done; calls_max += kStep) {
    calls = 0;
    done = repair([&](std::uint64_t part, std::uint64_t total) {
      BOOST_TEST(part <= total);
      return ++calls < calls_max;
    });
    if (done) break;
    ++stopped;
    BOOST_REQUIRE(code_of(done) == "cancelled");
    BOOST_REQUIRE((bytes_of(file) == damaged));
    BOOST_REQUIRE(!fs::exists(kept));
    BOOST_REQUIRE(!fs::exists(directory.path() / "repairing"));
  }
  BOOST_TEST(stopped > 10U);
  BOOST_TEST((slots_of(check_repaired()) == slots_of(state)));
}

BOOST_AUTO_TEST_CASE(a_lost_meta_page_costs_at_most_the_last_commit) {
  for (const std::size_t page : {0U, 1U}) {
    std::string damaged = sound;
    damaged.replace(page * kPageBytes, kPageBytes, kPageBytes, 'x');
    write_file(damaged);
    BOOST_TEST(must(repair()).is_rescued);
    check_slots(check_repaired());
  }
  std::string damaged = sound;
  damaged.replace(0, 2 * kPageBytes, 2 * kPageBytes, 'x');
  write_file(damaged);
  BOOST_TEST(code_of(repair()) == "store_corrupt");
  BOOST_TEST((bytes_of(file) == damaged));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_open_or_missing_is_not_repaired) {
  {
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST(code_of(repair()) == "store_locked");
  }
  {
    ChildProcess reader({SYNCLINE_STORE_PROCESS, "read", directory.path()});
    BOOST_TEST(reader.line() == "open");
    BOOST_TEST(code_of(repair()) == "store_locked");
  }
  std::ofstream(kept) << "an earlier copy";
  BOOST_TEST(code_of(repair()) == "store_exists");
  options.directory /= "none";
  BOOST_TEST(code_of(repair()) == "store_missing");
}

BOOST_AUTO_TEST_CASE(
    a_file_that_has_lost_both_of_its_meta_pages_is_told_and_no_copy_of_it_is_kept) {
  std::string damaged = sound;
  std::fill_n(damaged.begin(), 2 * kPageBytes, '\xFF');
  write_file(damaged);
  const auto faults = must(check_lmdb_pages(directory.path()));
  BOOST_REQUIRE(faults.size() == 1U);
  BOOST_TEST(faults.front().is_total_loss);
  BOOST_TEST(code_of(repair()) == "store_corrupt");
  BOOST_TEST((bytes_of(file) == damaged));
  BOOST_TEST(!fs::exists(kept));
}

BOOST_AUTO_TEST_CASE(one_meta_page_is_enough_for_something_to_be_read) {
  for (const std::size_t page : {std::size_t{0}, std::size_t{1}}) {
    std::string damaged = sound;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page * kPageBytes), kPageBytes,
                '\xFF');
    write_file(damaged);
    for (const PageFault& fault : must(check_lmdb_pages(directory.path())))
      BOOST_TEST(!fault.is_total_loss);
    must(repair());
    check_slots(check_repaired());  // perhaps without the last commit
  }
}

BOOST_AUTO_TEST_CASE(one_flipped_bit_in_any_page_is_repaired_or_named) {
  const FaultyDisk disk(directory.path());  // so that nothing waits for the real one
  std::mt19937_64 random(20'231'114);
  std::size_t repaired = 0;
  std::size_t whole = 0;
  for (std::size_t page = 0; page < sound.size() / kPageBytes; ++page) {
    for (int draw = 0; draw < 16; ++draw) {
      const std::size_t area = draw % 2 == 0 || page < 2 ? 160 : kPageBytes;
      const std::size_t byte = page * kPageBytes + random() % area;
      const unsigned bit = static_cast<unsigned>(random() % 8);
      if (page < 2 && byte % kPageBytes == 144 && bit == 1) continue;
      std::string damaged = sound;
      damaged[byte] = static_cast<char>(static_cast<unsigned char>(damaged[byte]) ^ (1U << bit));
      write_file(damaged);
      BOOST_TEST_CONTEXT("bit " << bit << " of byte " << byte) {
        const auto done = repair();
        if (!done) {
          BOOST_TEST(code_of(done) == "store_format_unsupported");
          continue;
        }
        BOOST_TEST((bytes_of(kept) == damaged));
        ++repaired;
        const StoreState after = check_repaired();
        check_slots(after);
        if (slots_of(after) == slots_of(state)) ++whole;
      }
    }
  }
  BOOST_TEST(repaired > 300U);
  // The slots and the log say the same twice, in other pages.
  BOOST_TEST(whole * 20 > repaired * 19);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_at_any_call_leaves_the_damaged_file_as_it_was) {
  const std::string damaged = with_damaged_page("row-5");
  std::size_t failed = 0;
  for (bool through = false; !through; ++failed) {
    write_file(damaged);
    FaultyDisk disk(directory.path());
    disk.fail_at(failed, ENOSPC, FaultyDisk::Extent::kHalf);
    const auto done = repair();
    disk.repair();
    through = done.has_value();
    if (through) continue;
    BOOST_TEST(code_of(done) == "store_full");
    BOOST_TEST(!fs::exists(kept));
    BOOST_TEST((bytes_of(file) == damaged));
    BOOST_TEST(!fs::exists(directory.path() / "repairing"));
  }
  BOOST_TEST(failed > 8U);
  BOOST_TEST((slots_of(check_repaired()) == slots_of(state)));
}

BOOST_AUTO_TEST_CASE(a_repair_killed_at_any_call_leaves_the_damaged_file_or_the_repaired_one) {
  const std::string damaged = with_damaged_page("row-5");
  std::size_t killed = 0;
  bool through = false;
  for (std::size_t call = 0; !through; ++call) {
    write_file(damaged);
    const Ending ending = in_a_child([&](int) {
      FaultyDisk disk(directory.path());
      disk.kill_at(call, FaultyDisk::Extent::kHalf);
      return repair() ? 0 : 1;
    });
    through = ending.signal == 0;
    BOOST_TEST(ending.status == 0);
    if (!through) ++killed;
    if (bytes_of(file) == damaged) {
      fs::remove(kept);
      must(repair());
    }
    BOOST_TEST((slots_of(check_repaired()) == slots_of(state)));
  }
  BOOST_TEST(killed > 8U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
