#include <lmdb.h>

#include <boost/test/unit_test.hpp>

#include "lmdb_checksum.hpp"
#include "lmdb_format.hpp"
#include "syncline/lmdb_store.hpp"
#include "tests/storage/lmdb_fixture.hpp"

// Stores that an earlier version has left behind.

namespace syncline::test {
namespace {

void require(int status) { BOOST_REQUIRE_MESSAGE(status == 0, mdb_strerror(status)); }

// Makes a store what it was in an earlier version: without indexes before version 2, and with that
// number in its header.
void make_version(char number, const std::filesystem::path& directory) {
  MDB_env* environment = nullptr;
  require(mdb_env_create(&environment));
  require(mdb_env_set_maxdbs(environment, 20));
  require(mdb_env_open(environment, directory.c_str(), MDB_NOTLS, 0600));
  MDB_txn* transaction = nullptr;
  require(mdb_txn_begin(environment, nullptr, 0, &transaction));
  MDB_dbi database = 0;
  if (number < 2) {
    require(mdb_dbi_open(transaction, "indexes", 0, &database));
    require(mdb_drop(transaction, database, 1));
  }
  require(mdb_dbi_open(transaction, "header", 0, &database));
  std::string format = "format";
  const std::string version{'\0', '\0', '\0', number};
  std::string stored(lmdb::kChecksumBytes + version.size(), '\0');
  lmdb::write_checked(lmdb::kHeaderDatabase, format, version, stored.data());
  MDB_val key{format.size(), format.data()};
  MDB_val data{stored.size(), stored.data()};
  require(mdb_put(transaction, database, &key, &data, 0));
  require(mdb_txn_commit(transaction));
  mdb_env_close(environment);
}

struct OldStoreFixture {
  TemporaryDirectory directory{memory_directory_path()};
  LmdbOptions options = test_options(directory.path());

  OldStoreFixture() {
    const auto store = must(open_lmdb_store(options));
    put(*store, Keyspace::kSlots, "slot", "value");
    put(*store, Keyspace::kIndexes, "of version 2", "flags");
    options.create = false;
  }
};

BOOST_FIXTURE_TEST_SUITE(lmdb_upgrade, OldStoreFixture)

BOOST_AUTO_TEST_CASE(a_store_of_version_1_gets_indexes_and_keeps_what_it_has) {
  make_version(1, directory.path());
  options.check_pages = PageCheck::kContents;
  {
    const auto store = must(open_lmdb_store(options));
    BOOST_TEST(get(*store, Keyspace::kSlots, "slot").value() == "value");
    BOOST_TEST(count(*store, Keyspace::kIndexes) == 0U);
    put(*store, Keyspace::kIndexes, "key", "flags");
  }
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(get(*store, Keyspace::kIndexes, "key").value() == "flags");
}

BOOST_AUTO_TEST_CASE(a_store_of_version_2_keeps_all_that_it_has) {
  make_version(2, directory.path());
  options.check_pages = PageCheck::kContents;
  const auto store = must(open_lmdb_store(options));
  BOOST_TEST(get(*store, Keyspace::kSlots, "slot").value() == "value");
  BOOST_TEST(get(*store, Keyspace::kIndexes, "of version 2").value() == "flags");
}

void is_told_what_it_takes(char number, LmdbOptions options) {
  make_version(number, options.directory);
  options.read_only = true;
  const auto refused = open_lmdb_store(options);
  BOOST_TEST(code_of(refused) == "store_format_unsupported");
  BOOST_TEST(refused.error().message ==
             "the store has the older format version " + std::to_string(number) +
                 ", and is brought to version 3 when it is next opened for writing");
  options.read_only = false;
  static_cast<void>(must(open_lmdb_store(options)));
  options.read_only = true;
  BOOST_TEST(get(*must(open_lmdb_store(options)), Keyspace::kSlots, "slot").value() == "value");
}

BOOST_AUTO_TEST_CASE(who_only_reads_a_store_of_version_1_is_told_what_it_takes) {
  is_told_what_it_takes(1, options);
}

BOOST_AUTO_TEST_CASE(who_only_reads_a_store_of_version_2_is_told_what_it_takes) {
  is_told_what_it_takes(2, options);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
