#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/forked.hpp"
#include "tests/storage/lmdb_fixture.hpp"
#include "tests/storage/replica_workload.hpp"

// What checking all pages promises: with one flipped bit anywhere, everything that is read is
// right, what is there is found, and writing does no harm; or there is an error that says what is
// damaged. And a store that is sound passes.

namespace syncline::test {
namespace {

constexpr std::size_t kPageBits = 4'096 * 8;
constexpr std::size_t kHeaderBits = 16 * 8;

// The number of the commit, the last field of a meta page, behind its header of 16 bytes.
constexpr std::size_t kNumberBits = (16 + 128) * 8;

// Old is a value that the key had in an earlier commit.
enum class Outcome : int { kRight, kNamed, kAbsent, kOld, kWrong };

using History = std::vector<StoreState>;

Outcome outcome_of_value(const History& history, const StoreState::value_type& entry) {
  const bool old = std::any_of(history.begin(), history.end(), [&](const StoreState& state) {
    const auto found = state.find(entry.first);
    return found != state.end() && found->second == entry.second;
  });
  return old ? Outcome::kOld : Outcome::kWrong;
}

// Reads everything in both ways.
Outcome read_all(const Store& store, const StoreState& expected, const History& history) {
  const Result<StoreState> walked = state_of(store);
  const auto snapshot = store.snapshot();
  if (!snapshot) return Outcome::kNamed;
  bool absent = false;
  bool named = !walked;
  std::vector<std::uint64_t> counts(kKeyspaceCount);
  for (const auto& [place, value] : expected) {
    ++counts.at(static_cast<std::size_t>(place.first));
    const auto found = (*snapshot)->get(static_cast<Keyspace>(place.first), place.second);
    named = named || !found;
    if (found && *found && **found != value) {
      return outcome_of_value(history, {place, std::string(**found)});
    }
    absent = absent || (found && !*found);
  }
  if (walked) {
    for (const auto& entry : *walked) {
      const auto right = expected.find(entry.first);
      if (right == expected.end() || right->second != entry.second) {
        return outcome_of_value(history, entry);
      }
    }
    absent = absent || walked->size() != expected.size();
  }
  for (std::size_t keyspace = 0; keyspace < kKeyspaceCount; ++keyspace) {
    const auto count = (*snapshot)->count(static_cast<Keyspace>(keyspace));
    absent = absent || (count && *count != counts[keyspace]);
  }
  return absent ? Outcome::kAbsent : named ? Outcome::kNamed : Outcome::kRight;
}

struct PageCheckFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  FaultyDisk disk{directory.path()};  // so that nothing waits for the real one
  StoreState state;
  History history;  // the states before it
  std::string file;
  std::mt19937_64 random{20'231'114};

  PageCheckFixture() { options.map_bytes_start = 16 << 20; }

  // Trees of one level and of two, values outside of them, and many free pages.
  void make_store() {
    {
      const auto store = must(open_lmdb_store(options));
      for (int version = 0; version < 4; ++version) {
        const char letter = static_cast<char>('a' + version);
        StoreBatch batch;
        for (int i = 0; i < 90; ++i) {
          batch.put(Keyspace::kSlots, "record-" + std::to_string(100 + i * (version + 1) % 90),
                    std::string(static_cast<std::size_t>(40 + i), letter));
        }
        batch.put(Keyspace::kMeta, "version", std::to_string(version));
        batch.put(Keyspace::kLog, "long", std::string(9'000, letter));
        batch.put(Keyspace::kOutbox, "passing", std::string(20'000, letter));
        must(store->commit(batch));
        history.push_back(must(state_of(*store)));
      }
      StoreBatch batch;
      batch.erase(Keyspace::kOutbox, "passing");
      must(store->commit(batch));
      state = must(state_of(*store));
    }
    std::ostringstream bytes;
    bytes << std::ifstream(directory.path() / "data.mdb", std::ios::binary).rdbuf();
    file = bytes.str();
    BOOST_REQUIRE(file.size() > 30 * kPageBits / 8);
  }

  // Bits of every page, those of its header above all.
  std::vector<std::size_t> draw(std::size_t of_headers, std::size_t of_pages) {
    std::vector<std::size_t> bits;
    for (std::size_t page = 0; page < file.size() * 8; page += kPageBits) {
      // In a meta page everything is in the first sector.
      const std::size_t rest = page < 2 * kPageBits ? 160 * 8 : kPageBits;
      for (std::size_t i = 0; i < of_headers; ++i) bits.push_back(page + random() % kHeaderBits);
      for (std::size_t i = 0; i < of_pages; ++i) bits.push_back(page + random() % rest);
    }
    return bits;
  }
  void flip(std::size_t bit) const {
    std::string damaged = file;
    char& byte = damaged[bit / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
    std::filesystem::remove(directory.path() / "data.mdb");
    std::ofstream(directory.path() / "data.mdb", std::ios::binary)
        .write(damaged.data(), static_cast<std::streamsize>(damaged.size()));
  }

  [[nodiscard]] Outcome open_and_read() const {
    const auto store = open_lmdb_store(options);
    return store ? read_all(**store, state, history) : Outcome::kNamed;
  }
  [[nodiscard]] Outcome open_and_use() const {
    const auto store = open_lmdb_store(options);
    if (!store) {
      BOOST_TEST(!store.error().message.empty());
      return Outcome::kNamed;
    }
    StoreState expected = state;
    Outcome outcome = read_all(**store, expected, history);
    for (int i = 0; i < 3 && outcome == Outcome::kRight; ++i) {
      StoreBatch batch;
      const std::string changed = "record-" + std::to_string(120 + i * 20);
      const std::string erased = "record-" + std::to_string(170 + i);
      batch.put(Keyspace::kSlots, changed, "changed");
      batch.put(Keyspace::kLog, changed, std::string(6'000, 'n'));
      batch.erase(Keyspace::kSlots, erased);
      if (!(*store)->commit(batch)) return Outcome::kNamed;
      for (const StoreBatch::Change& change : batch.changes()) {
        const std::pair place{static_cast<int>(change.keyspace), change.key};
        if (change.kind == StoreBatch::Kind::kErase) {
          expected.erase(place);
        } else {
          expected[place] = change.value;
        }
      }
      outcome = read_all(**store, expected, history);
    }
    return outcome;
  }

  // How many bits were told, and of those how many left a store that opens.
  struct Flipped {
    std::size_t named = 0;
    std::size_t readable = 0;
  };
  // Uses the store with one bit flipped after the other, each of which has to be told or harmless.
  Flipped flip_and_use() {
    Flipped flipped;
    for (const std::size_t bit : draw(16, 24)) {
      // The one number that nothing else in the file can be held against: see below.
      if (bit < 2 * kPageBits && bit % kPageBits == kNumberBits + 1) continue;
      flip(bit);
      BOOST_TEST_CONTEXT("bit " << bit % 8 << " of byte " << bit / 8) {
        const Outcome outcome = open_and_use();
        BOOST_TEST((outcome == Outcome::kRight || outcome == Outcome::kNamed));
        if (outcome != Outcome::kNamed) continue;
        ++flipped.named;
        if (open_lmdb_store(options)) ++flipped.readable;
      }
    }
    return flipped;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_page_check, PageCheckFixture)

BOOST_AUTO_TEST_CASE(one_flipped_bit_in_any_page_is_harmless_or_named_when_pages_are_checked) {
  make_store();
  options.check_pages = PageCheck::kContents;
  BOOST_TEST(flip_and_use().named > 300U);
}

BOOST_AUTO_TEST_CASE(
    one_flipped_bit_in_any_page_is_an_error_and_no_wrong_value_when_their_shape_is_checked) {
  make_store();
  options.check_pages = PageCheck::kPages;
  const Flipped flipped = flip_and_use();
  BOOST_TEST(flipped.named > 300U);
  // A damaged value alone is no reason to refuse the others.
  BOOST_TEST(flipped.readable > 100U);
}

// It may be one of an earlier commit, where a damaged number leads to a page that is free by now.
// LMDB follows a damaged page wherever it leads, into a signal or an assertion of its own, so each
// is opened by a process of its own.
BOOST_AUTO_TEST_CASE(one_flipped_bit_in_any_page_gives_no_wrong_value_when_they_are_not_checked) {
  make_store();
  std::size_t endings = 0;
  for (const std::size_t bit : draw(6, 6)) {
    flip(bit);
    BOOST_TEST_CONTEXT("bit " << bit % 8 << " of byte " << bit / 8) {
      const Ending ending = in_a_child([this](int /*output*/) {
        if (std::freopen("/dev/null", "w", stderr) == nullptr) return 98;
        return static_cast<int>(open_and_read());
      });
      BOOST_TEST(ending.status != static_cast<int>(Outcome::kWrong));
      if (ending.signal == 0) ++endings;
    }
  }
  BOOST_TEST(endings > 300U);
}

BOOST_AUTO_TEST_CASE(regression_a_key_that_damage_put_in_the_wrong_place_is_not_taken_for_absent) {
  make_store();
  options.check_pages = PageCheck::kContents;
  // In leaves and, where it stands a second time, in the branch above them.
  std::size_t keys = 0;
  for (std::size_t at = file.find("record-1"); at != std::string::npos;
       at = file.find("record-1", at + 1)) {
    flip((at + 8) * 8 + 2);
    BOOST_TEST((open_and_use() != Outcome::kAbsent));
    ++keys;
  }
  BOOST_TEST(keys > 90U);
}

// Unless the wrong number is that of the commit before it or after it, which takes the second bit
// of one of the two: then the commit before the last is the newest.
BOOST_AUTO_TEST_CASE(regression_a_meta_page_with_a_wrong_number_brings_no_older_commit_back) {
  make_store();
  std::size_t stepped_back = 0;
  for (const std::size_t page : {0U, 1U}) {
    for (std::size_t bit = 0; bit < 64; ++bit) {
      flip(page * kPageBits + kNumberBits + bit);
      const auto store = open_lmdb_store(options);
      if (!store) BOOST_TEST(code_of(store) == "store_corrupt");
      if (!store) continue;
      BOOST_TEST(bit == 1U);
      BOOST_TEST((must(state_of(**store)) == history.back()));
      ++stepped_back;
    }
  }
  BOOST_TEST(stepped_back <= 2U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_sound_passes_after_any_commits) {
  options.check_pages = PageCheck::kContents;
  StoreState expected;
  for (int round = 0; round < 80; ++round) {
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST((must(state_of(*store)) == expected));
    for (int commit = 0; commit < 3; ++commit) {
      StoreBatch batch;
      for (int i = 0; i < 60; ++i) {
        const auto keyspace = static_cast<Keyspace>(random() % 3);
        const std::string key = std::to_string(random() % 1'500) +
                                std::string(random() % 4 == 0 ? random() % 400 : 0, 'k');
        const std::pair place{static_cast<int>(keyspace), key};
        // It grows for a time, and then it shrinks.
        if (random() % 80 < static_cast<unsigned>(round)) {
          const auto victim = expected.lower_bound(place);
          if (victim == expected.end()) continue;
          batch.erase(static_cast<Keyspace>(victim->first.first), victim->first.second);
          expected.erase(victim);
        } else {
          const std::size_t bytes = random() % 10 == 0 ? random() % 20'000 : random() % 300;
          batch.put(keyspace, key, expected[place] = std::string(bytes, 'v'));
        }
      }
      must(store->commit(batch));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
