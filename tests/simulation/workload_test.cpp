#include "syncline/simulation/workload.hpp"

#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

constexpr const char* kCounted = R"({"name": "counted", "version": 1, "collections": {
  "c": {"fields": {"n": {"merge": "counter"}}, "delete": "edit_revives"}}})";

BOOST_AUTO_TEST_SUITE(workload)

BOOST_AUTO_TEST_CASE(regression_an_increment_finds_what_came_before_the_record_was_live) {
  Device writer(kCounted, 2);
  for (const char* record : {"r0", "r1", "r2", "r3"}) writer.increment("c", record, "n", 5);
  std::vector<Op> page;
  for (const LogItem& item : log_of(writer)) {
    if (!item.op.key.field().empty()) page.push_back(item.op);
  }
  Device device(kCounted);
  take(device, page_of(page, kPresentMs));
  BOOST_TEST(device.read("c", "r0") == "absent");

  const auto app = make_schema_workload();
  SeededRandom random(1);
  std::set<std::string> incremented;
  for (int i = 0; i < 100; ++i) {
    const Act act = app->act(device.replica(), random);
    BOOST_TEST(!act.surprise.has_value(), act.surprise.value_or(""));
    if (act.what.starts_with("increment c/")) incremented.insert(act.what.substr(12, 2));
  }
  BOOST_TEST(incremented.size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
