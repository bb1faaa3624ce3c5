#include <boost/test/unit_test.hpp>

#include "tests/engine/support/lmdb.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

// The replica over the store that lies on a disk.

BOOST_AUTO_TEST_SUITE(durable)

BOOST_AUTO_TEST_CASE(a_replica_is_found_again_in_its_directory) {
  TemporaryDirectory directory;
  Slots before;
  {
    Device device(open_lmdb(directory), {}, 7);
    device.put("c", "r", {{"f", Value(1)}});
    before = slots_of(device.store());
  }
  Device device(open_lmdb(directory), {}, 8);
  BOOST_TEST((device.replica().id() == ReplicaId{7}));
  BOOST_TEST((slots_of(device.store()) == before));
  BOOST_TEST(device.state().pending_ops == 2U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(writing_may_make_the_store_grow) {
  TemporaryDirectory directory;
  Device device(open_lmdb(directory, std::uint64_t{1} << 18), {}, 1);
  for (int i = 0; i < 40; ++i) {
    device.put("c", std::to_string(i), {{"f", Value(std::string(60'000, 'x'))}});
  }
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(regression_a_page_may_make_the_store_grow) {
  TemporaryDirectory directory;
  Device device(open_lmdb(directory, std::uint64_t{1} << 18), {}, 1);
  std::vector<Op> ops;
  for (int i = 0; i < 15; ++i) {
    ops.push_back(
        op_of("c", std::to_string(i), "f", stamp_at(kPresentMs), Value(std::string(60'000, 'x'))));
  }
  BOOST_TEST(take(device, page_of(ops, kPresentMs)).merged == 15U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(stamping_anew_may_make_the_store_grow) {
  TemporaryDirectory directory;
  Device device(open_lmdb(directory, std::uint64_t{1} << 18), {}, 1);
  TinyServer server;
  device.wall().set(kYear2262Ms);
  for (int i = 0; i < 15; ++i) {
    device.put("c", std::to_string(i), {{"f", Value(std::string(60'000, 'x'))}});
  }
  BOOST_TEST(server.round(device).restamped == 30U);
  device.check_fold();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
