#include <cerrno>

#include <boost/test/unit_test.hpp>

#include "syncline/lmdb_store.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/lmdb_fixture.hpp"

// The store on a disk that fails, at every call that it makes to the file system.

namespace syncline::test {
namespace {

LmdbOptions durable(const TemporaryDirectory& directory) {
  LmdbOptions options = test_options(directory.path());
  options.unsafe_no_sync = false;
  options.map_bytes_start = 64 << 20;  // to map and to unmap often is cheaper so
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lmdb_crash)

BOOST_AUTO_TEST_CASE(regression_a_disk_that_fills_up_while_a_store_is_made_is_called_full) {
  std::string code;
  for (std::size_t call = 0; code != "none"; ++call) {
    const TemporaryDirectory directory;
    FaultyDisk disk(directory.path());
    disk.fail_at(call, ENOSPC, FaultyDisk::Extent::kHalf);
    code = code_of(open_lmdb_store(durable(directory)));
    BOOST_TEST((code == "none" || code == "store_full"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
