#include "syncline/simulation/faults.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(each_fault_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const std::string_view name = fault_name(static_cast<Fault>(i));
    BOOST_TEST(!name.empty());
    BOOST_TEST(names.insert(name).second, name);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_survived_yet_has_no_standard_rate) {
  const FaultRates rates = FaultRates::standard();
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    if (!is_survived(fault)) BOOST_TEST(rates.of(fault) == 0U, fault_name(fault));
  }
}

BOOST_AUTO_TEST_CASE(counts_add_up) {
  FaultCounts a;
  a.add(Fault::kCrash);
  FaultCounts b;
  b.add(Fault::kCrash);
  b.add(Fault::kDelay);
  a.add(b);
  BOOST_TEST(a.of(Fault::kCrash) == 2U);
  BOOST_TEST(a.of(Fault::kDelay) == 1U);
  BOOST_TEST(a.of(Fault::kReplyLost) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
