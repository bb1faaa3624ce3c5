#include "ledger.hpp"

#include <boost/test/unit_test.hpp>

#include "invariants.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

Register at(std::int64_t milliseconds, std::string value = "\x03") {
  return {stamp_at(milliseconds), std::move(value)};
}

BOOST_AUTO_TEST_SUITE(ledger)

BOOST_AUTO_TEST_CASE(the_greatest_register_of_each_slot_is_expected) {
  Ledger ledger;
  ledger.write("a", at(2));
  ledger.write("a", at(3));
  ledger.write("a", at(1));
  ledger.write("b", at(1));
  BOOST_TEST((ledger.expected() == Slots{{"a", at(3)}, {"b", at(1)}}));
}

BOOST_AUTO_TEST_CASE(what_is_withdrawn_is_not_expected) {
  Ledger ledger;
  ledger.write("a", at(1));
  ledger.write("a", at(9));
  ledger.withdraw("a", at(9));
  BOOST_TEST((ledger.expected() == Slots{{"a", at(1)}}));
  BOOST_TEST(!ledger.was_written("a", at(9)));
}

BOOST_AUTO_TEST_CASE(what_two_devices_wrote_alike_is_withdrawn_once_for_each) {
  Ledger ledger;
  ledger.write("a", at(9));
  ledger.write("a", at(9));
  ledger.withdraw("a", at(9));
  BOOST_TEST((ledger.expected() == Slots{{"a", at(9)}}));
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_is_one_of_an_epoch) {
  Ledger ledger;
  ledger.acknowledge("a", at(1), "one");
  BOOST_TEST(ledger.was_acknowledged("a", at(1)));
  BOOST_TEST(ledger.was_acknowledged("a", at(1), "one"));
  BOOST_TEST(!ledger.was_acknowledged("a", at(1), "two"));
  BOOST_TEST(!ledger.was_acknowledged("a", at(2)));
}

BOOST_AUTO_TEST_CASE(an_invariant_s_finding_has_its_name) {
  const auto finding = invariants::nothing_acknowledged_is_lost({{"a", at(1)}}, {}, "device 0");
  BOOST_REQUIRE(finding.has_value());
  BOOST_TEST(finding->invariant == "nothing_acknowledged_is_lost");
  BOOST_TEST(!invariants::nothing_acknowledged_is_lost({{"a", at(1)}}, {{"a", at(1)}}, "device 0"));
}

BOOST_AUTO_TEST_CASE(a_slot_that_nobody_has_written_is_found) {
  const auto finding = invariants::nothing_acknowledged_is_lost({}, {{"a", at(1)}}, "device 0");
  BOOST_REQUIRE(finding.has_value());
}

BOOST_AUTO_TEST_CASE(synced_above_a_pending_op_is_found) {
  DeviceAccount account;
  account.pending["a"].sequence = 4;
  Status status;
  status.synced = true;
  status.synced_sequence = 3;
  BOOST_TEST(!invariants::synced_is_never_shown_with_work_pending(account, status));
  status.synced_sequence = 4;
  BOOST_TEST(invariants::synced_is_never_shown_with_work_pending(account, status).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
