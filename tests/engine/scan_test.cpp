#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/device.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(scanning)

using Ids = std::vector<std::string>;

Ids scan(Device& device, const ScanRange& range, std::string_view collection = "c") {
  Ids ids;
  must(device.replica().scan(collection, range, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

void fill(Device& device, const Ids& ids, std::string_view collection = "c") {
  device.write([&](Transaction& t) -> Result<void> {
    for (const std::string& id : ids) must(t.put(collection, id, {{"f", Value(id)}}));
    return {};
  });
}

BOOST_AUTO_TEST_CASE(records_come_in_the_byte_order_of_their_ids) {
  Device device;
  fill(device, {"b", "a", "é", "Z", "aa", "10", "9"});
  BOOST_TEST(scan(device, {}) == (Ids{"10", "9", "Z", "a", "aa", "b", "é"}));
}

BOOST_AUTO_TEST_CASE(each_record_comes_with_its_fields) {
  Device device;
  fill(device, {"a", "b"});
  std::vector<Record> records;
  must(device.replica().scan("c", {}, [&](const Record& record) {
    records.push_back(record);
    return true;
  }));
  BOOST_TEST(
      (records == std::vector<Record>{{"a", {{"f", Value("a")}}}, {"b", {{"f", Value("b")}}}}));
}

BOOST_AUTO_TEST_CASE(a_collection_is_no_prefix_of_another) {
  Device device;
  fill(device, {"1"}, "c");
  fill(device, {"2"}, "cc");
  fill(device, {"3"}, "b");
  BOOST_TEST(scan(device, {}) == Ids{"1"});
  BOOST_TEST(scan(device, {"", "", "", 0, true}) == Ids{"1"});
  BOOST_TEST(scan(device, {}, "d").empty());
}

BOOST_AUTO_TEST_CASE(deleted_records_do_not_appear_nor_count) {
  Device device;
  fill(device, {"a", "b", "c", "d"});
  device.erase("c", "b");
  device.erase("c", "c");
  BOOST_TEST(scan(device, {}) == (Ids{"a", "d"}));
  BOOST_TEST(scan(device, {"", "", "", 2, false}) == (Ids{"a", "d"}));
}

BOOST_AUTO_TEST_CASE(a_visitor_that_answers_false_ends_the_scan) {
  Device device;
  fill(device, {"a", "b", "c"});
  int visited = 0;
  must(device.replica().scan("c", {}, [&](const Record&) { return ++visited < 2; }));
  BOOST_TEST(visited == 2);
}

BOOST_AUTO_TEST_CASE(a_scan_sees_one_moment) {
  Device device;
  fill(device, {"a", "b"});
  Ids ids;
  must(device.replica().scan("c", {}, [&](const Record& record) {
    ids.push_back(record.id);
    device.put("c", "aa", {});
    device.erase("c", "b");
    return true;
  }));
  BOOST_TEST(ids == (Ids{"a", "b"}));
}

bool within(const std::string& id, const ScanRange& range) {
  return id.starts_with(range.prefix) && id >= range.from && (range.to.empty() || id < range.to);
}

Ids naive(Ids ids, const ScanRange& range) {
  std::erase_if(ids, [&](const std::string& id) { return !within(id, range); });
  std::sort(ids.begin(), ids.end());
  if (range.reverse) std::reverse(ids.begin(), ids.end());
  if (range.limit != 0 && ids.size() > range.limit) ids.resize(range.limit);
  return ids;
}

BOOST_AUTO_TEST_CASE(every_combination_of_bounds_is_what_a_naive_filter_gives) {
  Device device;
  const Ids ids{"a", "ab", "abc", "abd", "b", "ba", "é", "éa", "z"};
  fill(device, ids);
  fill(device, {"ab", "zz"}, "b");
  fill(device, {"ab", "0"}, "cc");
  device.put("c", "ac", {});
  device.erase("c", "ac");
  const Ids bounds{
      "", "a", "ab", "abc", "abcd", "b", "é", "z", "zz", "\xFF", std::string("a\0", 2)};
  for (const std::string& prefix : bounds) {
    for (const std::string& from : bounds) {
      for (const std::string& to : bounds) {
        for (const std::size_t limit : {0U, 1U, 3U}) {
          for (const bool reverse : {false, true}) {
            const ScanRange range{prefix, from, to, limit, reverse};
            BOOST_TEST(scan(device, range) == naive(ids, range),
                       "prefix " << prefix << " from " << from << " to " << to << " limit " << limit
                                 << " reverse " << reverse);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(regression_a_scan_goes_on_after_an_id_and_a_zero_byte) {
  using namespace std::string_literals;
  Device device;
  fill(device, {"a", "aa", "b"});
  BOOST_TEST(scan(device, {"", "a\0"s, "", 0, false}) == (Ids{"aa", "b"}));
  BOOST_TEST(scan(device, {"", "", "a\0"s, 0, true}) == Ids{"a"});
}

BOOST_AUTO_TEST_CASE(collections_are_listed_once_and_ascending) {
  Device device;
  fill(device, {"1", "2"}, "b");
  fill(device, {"1"}, "a");
  fill(device, {"1"}, "ba");
  device.erase("a", "1");
  BOOST_TEST(must(device.replica().collections()) == (Ids{"a", "b", "ba"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
