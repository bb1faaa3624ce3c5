#include <boost/test/unit_test.hpp>

#include "store_directory.hpp"
#include "tests/storage/lmdb_fixture.hpp"

// What has to reach the disk when the store's directory is made.

namespace syncline::test {
namespace {

using Paths = std::vector<std::filesystem::path>;

struct WorkingDirectory {
  TemporaryDirectory directory;
  std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::path here;

  WorkingDirectory() {
    std::filesystem::current_path(directory.path());
    here = std::filesystem::current_path();
  }
  ~WorkingDirectory() { std::filesystem::current_path(before); }
};

BOOST_FIXTURE_TEST_SUITE(lmdb_directory, WorkingDirectory)

BOOST_AUTO_TEST_CASE(regression_the_parent_of_every_level_that_is_made_is_known) {
  BOOST_TEST((lmdb::parents_of_missing("data") == Paths{here}));
  BOOST_TEST((lmdb::parents_of_missing("data/") == Paths{here}));
  BOOST_TEST((lmdb::parents_of_missing("./data//") == Paths{here}));
  const Paths three{here, here / "one", here / "one" / "two"};
  BOOST_TEST((lmdb::parents_of_missing("one/two/three") == three));
  BOOST_TEST((lmdb::parents_of_missing(here / "one" / "two" / "three") == three));
  BOOST_TEST((lmdb::parents_of_missing("one/x/../two/three/") == three));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_there_has_none) {
  BOOST_TEST(lmdb::parents_of_missing(".").empty());
  BOOST_TEST(lmdb::parents_of_missing("/").empty());
}

BOOST_AUTO_TEST_CASE(a_store_is_made_in_a_relative_directory) {
  must(open_lmdb_store(test_options("one/two/")));
  BOOST_TEST(std::filesystem::exists(here / "one" / "two" / "data.mdb"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
