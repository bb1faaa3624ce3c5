#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <zlib.h>

#include <boost/test/unit_test.hpp>

#include "crc32.hpp"
#include "lmdb_checksum.hpp"
#include "lmdb_format.hpp"
#include "syncline/lmdb_store.hpp"
#include "tests/storage/lmdb_fixture.hpp"

// Damaged files: an error that names what is wrong, never a wrong value and never a crash.

namespace syncline::test {
namespace {

using Model = std::map<std::string, std::string>;

struct DamageFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());
  std::filesystem::path file = directory.path() / "data.mdb";

  [[nodiscard]] std::string read_file() const {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    return bytes.str();
  }
  void write_file(std::string_view bytes) const {
    // A new file, because file systems hurry to the disk with one that was emptied and written
    // again.
    std::filesystem::remove(file);
    std::ofstream(file, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  [[nodiscard]] std::string open_message() const {
    const auto store = open_lmdb_store(options);
    return store ? "none" : code_of(store) + ": " + store.error().message;
  }

  // A few pages of every kind: a tree of two levels, and values outside of it.
  Model make_store() const {
    Model model;
    StoreBatch batch;
    for (int i = 0; i < 120; ++i) {
      const std::string key = "record-" + std::to_string(1000 + i);
      model[key] = "value of " + key + std::string(static_cast<std::size_t>(i), '.');
    }
    model["long"] = std::string(9'000, 'l');
    for (const auto& [key, value] : model) batch.put(Keyspace::kSlots, key, value);
    const auto store = must(open_lmdb_store(options));
    must(store->commit(batch));
    return model;
  }

  // Opens and reads all: whatever is read must be right. Answers whether all of it was there.
  [[nodiscard]] bool reads_nothing_wrong(const Model& model) const {
    const auto store = open_lmdb_store(options);
    if (!store) {
      BOOST_TEST(!store.error().message.empty());
      return false;
    }
    const auto snapshot = (*store)->snapshot();
    if (!snapshot) return false;
    bool whole = true;
    for (const auto& [key, value] : model) {
      const auto found = (*snapshot)->get(Keyspace::kSlots, key);
      if (found && *found) BOOST_TEST((**found == value));
      if (!found) BOOST_TEST(code_of(found) == "store_corrupt");
      whole = whole && found && *found;
    }
    const auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
    if (!cursor) return false;
    std::size_t seen = 0;
    Result<bool> on = (*cursor)->seek("");
    for (; on && *on && seen <= model.size(); on = (*cursor)->next()) {
      const auto expected = model.find(std::string((*cursor)->key()));
      BOOST_TEST((expected != model.end() && expected->second == (*cursor)->value()));
      ++seen;
    }
    return whole && on && seen == model.size();
  }

  // Replaces the format version in the header, with a checksum that is right.
  void write_version(std::string_view version) const {
    static_cast<void>(must(open_lmdb_store(options)));
    std::string bytes = read_file();
    std::string stored(lmdb::kChecksumBytes + version.size(), '\0');
    lmdb::write_checked(lmdb::kHeaderDatabase, "format", version, stored.data());
    std::size_t replaced = 0;
    for (std::size_t at = bytes.find("format"); at != std::string::npos;
         at = bytes.find("format", at + 1)) {
      bytes.replace(at + 6, stored.size(), stored);
      ++replaced;
    }
    BOOST_TEST(replaced > 0U);
    write_file(bytes);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_damage, DamageFixture)

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_a_value_is_an_error_that_names_the_entry) {
  const Model model = make_store();
  const std::string bytes = read_file();
  const std::string value = model.at("record-1007");
  const std::size_t at = bytes.find(value);
  BOOST_REQUIRE(at != std::string::npos);
  BOOST_REQUIRE(bytes.find(value, at + 1) == std::string::npos);
  for (std::size_t byte = at - lmdb::kChecksumBytes; byte < at + value.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[byte] = static_cast<char>(static_cast<unsigned char>(damaged[byte]) ^ (1U << bit));
      write_file(damaged);
      const auto store = must(open_lmdb_store(options));
      const auto snapshot = must(store->snapshot());
      const auto found = snapshot->get(Keyspace::kSlots, "record-1007");
      BOOST_REQUIRE(!found);
      BOOST_TEST(code_of(found) == "store_corrupt");
      BOOST_TEST(found.error().message.find("\"record-1007\" of slots") != std::string::npos);
      const auto cursor = must(snapshot->cursor(Keyspace::kSlots));
      BOOST_TEST(code_of(cursor->seek("record-1007")) == "store_corrupt");
      BOOST_TEST(must(cursor->seek("record-1008")));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_of_a_long_value_is_an_error_that_names_the_entry) {
  const Model model = make_store();
  const std::string bytes = read_file();
  const std::size_t at = bytes.find(model.at("long"));
  BOOST_REQUIRE(at != std::string::npos);
  for (std::size_t byte = at; byte < at + 9'000; byte += 97) {
    std::string damaged = bytes;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x10);
    write_file(damaged);
    const auto store = must(open_lmdb_store(options));
    const auto found = must(store->snapshot())->get(Keyspace::kSlots, "long");
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().message.find("\"long\" of slots") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_stands_under_another_key_is_an_error) {
  const Model model = make_store();
  std::string bytes = read_file();
  const std::size_t at =
      bytes.find(model.at("record-1007")) - lmdb::kChecksumBytes - std::strlen("record-1007");
  BOOST_REQUIRE(bytes.substr(at, 11) == "record-1007");
  bytes[at + 10] = '6';
  write_file(bytes);
  BOOST_TEST(!reads_nothing_wrong(model));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_in_the_file_never_gives_a_wrong_value) {
  const Model model = make_store();
  const std::string bytes = read_file();
  options.check_pages = PageCheck::kContents;
  std::size_t noticed = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 157) {
    std::string damaged = bytes;
    damaged[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << (bit % 8)));
    write_file(damaged);
    if (!reads_nothing_wrong(model)) ++noticed;
  }
  BOOST_TEST(noticed > 100U);
}

BOOST_AUTO_TEST_CASE(a_truncated_file_is_an_error_or_whole) {
  const Model model = make_store();
  const std::string bytes = read_file();
  std::size_t refused = 0;
  for (std::size_t size = 1; size < bytes.size(); size += size < 9'000 ? 501 : 2'048) {
    write_file(std::string_view(bytes).substr(0, size));
    const std::string message = open_message();
    if (message != "none") {
      BOOST_TEST(message.starts_with("store_corrupt: "));
      ++refused;
    } else {
      BOOST_TEST(reads_nothing_wrong(model));
    }
  }
  BOOST_TEST(refused > 10U);
}

// LMDB never writes a page that one transaction takes and gives back, not even at the end of the
// file.
BOOST_AUTO_TEST_CASE(a_file_that_lacks_only_free_pages_is_whole) {
  Model model = make_store();
  {
    const auto store = must(open_lmdb_store(options));
    put(*store, Keyspace::kSlots, "passing", std::string(1'000'000, 'p'));
    StoreBatch batch;
    batch.erase(Keyspace::kSlots, "passing");
    must(store->commit(batch));
    // What is in use moves to the pages that became free.
    for (int i = 0; i < 10; ++i) {
      for (const auto& [key, value] : model) put(*store, Keyspace::kSlots, key, value);
    }
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 50'000);
  BOOST_TEST(reads_nothing_wrong(model));
  {
    const auto store = must(open_lmdb_store(options));
    put(*store, Keyspace::kSlots, "again", model["again"] = std::string(2'000'000, 'a'));
  }
  BOOST_TEST(reads_nothing_wrong(model));
}

BOOST_AUTO_TEST_CASE(a_file_of_something_else_is_an_error) {
  for (const std::string& garbage :
       {std::string("x"), std::string(100'000, 'x'), std::string(100'000, '\0')}) {
    write_file(garbage);
    BOOST_TEST(open_message().starts_with("store_corrupt: "));
    options.read_only = !options.read_only;
    BOOST_TEST(open_message().starts_with("store_corrupt: "));
  }
}

// The two first pages are written at once, and any of it may be missing after a crash.
BOOST_AUTO_TEST_CASE(regression_a_store_whose_making_was_interrupted_is_made_again) {
  static_cast<void>(must(open_lmdb_store(options)));
  const std::string first = read_file().substr(0, 4'096);  // as it was before the first commit
  const std::string zeros(4'096, '\0');
  for (const std::string& left : {first, first.substr(0, 512), zeros,
                                  zeros + first.substr(0, 1'024), zeros + zeros, first + zeros}) {
    write_file(left);
    options.create = false;
    BOOST_TEST(open_message().starts_with("store_missing: "));
    options.create = options.read_only = true;
    BOOST_TEST(open_message().starts_with("store_missing: "));
    options.read_only = false;
    options.must_be_new = true;
    BOOST_TEST(open_message() == "none");
    options.must_be_new = false;
    BOOST_TEST(open_message() == "none");
  }
}

BOOST_AUTO_TEST_CASE(a_store_of_which_only_the_meta_pages_are_left_is_not_made_again) {
  make_store();
  const std::string bytes = read_file();
  for (const std::size_t size : {512U, 4'096U, 4'608U, 8'192U}) {
    write_file(std::string_view(bytes).substr(0, size));
    BOOST_TEST(open_message().starts_with("store_corrupt: "));
  }
}

BOOST_AUTO_TEST_CASE(a_store_of_a_newer_format_is_refused_with_both_versions) {
  write_version({"\0\0\0\x07", 4});
  for (const bool read_only : {false, true}) {
    options.read_only = read_only;
    const std::string message = open_message();
    BOOST_TEST(message.starts_with("store_format_unsupported: "));
    BOOST_TEST(message.find("version 7") != std::string::npos);
    BOOST_TEST(message.find("version 3") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_store_of_a_format_that_never_was_is_refused) {
  write_version({"\0\0\0\0", 4});
  BOOST_TEST(open_message().starts_with("store_format_unsupported: "));
}

BOOST_AUTO_TEST_CASE(a_damaged_format_version_is_an_error) {
  static_cast<void>(must(open_lmdb_store(options)));
  std::string bytes = read_file();
  for (std::size_t at = bytes.find("format"); at != std::string::npos;
       at = bytes.find("format", at + 1)) {
    bytes[at + 6 + 7] = '\x04';
  }
  write_file(bytes);
  BOOST_TEST(open_message().starts_with("store_corrupt: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lmdb_checksum)

BOOST_AUTO_TEST_CASE(the_checksum_is_the_usual_crc_at_every_length) {
  BOOST_TEST(lmdb::crc32_of(0, "123456789") == 0xCBF43926U);
  BOOST_TEST(lmdb::crc32_of(0, {}) == 0U);
  std::string text;
  for (int i = 0; i < 1'200; ++i) {
    const auto* bytes = static_cast<const Bytef*>(static_cast<const void*>(text.data()));
    BOOST_TEST(lmdb::crc32_of(0, text) == crc32_z(0, bytes, text.size()));
    BOOST_TEST(lmdb::crc32_of(lmdb::crc32_of(0, "key"), text) == lmdb::crc32_of(0, "key" + text));
    text += static_cast<char>(i * 7 + 3);
  }
}

BOOST_AUTO_TEST_CASE(the_boundary_of_key_and_value_is_part_of_the_checksum) {
  BOOST_TEST(lmdb::checksum(1, "ab", "c") != lmdb::checksum(1, "a", "bc"));
  BOOST_TEST(lmdb::checksum(1, "a", "b") != lmdb::checksum(2, "a", "b"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lmdb_format)

namespace {
std::string steps;  // the migrations are plain functions
Result<void> from_one(MDB_txn* /*transaction*/) {
  steps += "1>2 ";
  return {};
}
Result<void> from_two(MDB_txn* /*transaction*/) {
  steps += "2>3 ";
  return {};
}
constexpr std::array<lmdb::Migration, 2> kTestMigrations = {{{1, from_one}, {2, from_two}}};
}  // namespace

BOOST_AUTO_TEST_CASE(an_older_store_is_upgraded_one_version_at_a_time) {
  steps.clear();
  must(lmdb::upgrade(nullptr, 1, 3, kTestMigrations));
  BOOST_TEST(steps == "1>2 2>3 ");
  steps.clear();
  must(lmdb::upgrade(nullptr, 2, 3, kTestMigrations));
  BOOST_TEST(steps == "2>3 ");
}

BOOST_AUTO_TEST_CASE(a_store_of_the_current_format_is_left_as_it_is) {
  steps.clear();
  must(lmdb::upgrade(nullptr, 3, 3, kTestMigrations));
  BOOST_TEST(steps.empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_no_migration_starts_from_is_refused) {
  BOOST_TEST(code_of(lmdb::upgrade(nullptr, 0, 3, kTestMigrations)) == "store_format_unsupported");
  BOOST_TEST(code_of(lmdb::upgrade(nullptr, 4, 3, kTestMigrations)) == "store_format_unsupported");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
