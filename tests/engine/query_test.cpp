#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/queries.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

constexpr const char* kMeals = R"({"name": "meals", "version": 1, "collections": {
  "meals": {
    "fields": {"tags": {"merge": "set"}, "water": {"merge": "counter"}, "sizes": {"merge": "map"}},
    "groups": {"pressure": {"fields": ["systolic", "diastolic"]}},
    "indexes": {
      "by_date": {"fields": ["date"]},
      "by_kind_and_date": {"fields": ["kind", "date"]},
      "by_tag": {"fields": ["tags"]},
      "by_water": {"fields": ["water"]},
      "by_size": {"fields": ["sizes"]},
      "by_pressure": {"fields": ["systolic", "diastolic"]}}},
  "revived": {"delete": "edit_revives", "indexes": {"by_a": {"fields": ["a"]}}}}})";

struct MealFixture {
  Device device{kMeals};

  void meal(std::string_view id, const Fields& fields) { device.patch("meals", id, fields); }
  [[nodiscard]] Ids by(const std::string& index) { return ids_of(device, {"meals", index}); }
  [[nodiscard]] Ids by(Query query) { return ids_of(device, query); }
  [[nodiscard]] std::string code(const Query& query) { return query_code(device, query); }
};

BOOST_FIXTURE_TEST_SUITE(queries, MealFixture)

BOOST_AUTO_TEST_CASE(records_come_in_the_order_of_the_index_and_then_of_their_names) {
  meal("c", {{"date", "2024-01-02"}});
  meal("b", {{"date", "2024-01-03"}});
  meal("a", {{"date", "2024-01-02"}});
  meal("d", {{"date", "2024-01-01"}});
  BOOST_TEST(by("by_date") == (Ids{"d", "a", "c", "b"}));
  Query backwards{"meals", "by_date"};
  backwards.reverse = true;
  BOOST_TEST(by(backwards) == (Ids{"b", "c", "a", "d"}));
}

BOOST_AUTO_TEST_CASE(each_record_comes_with_all_its_fields) {
  meal("a", {{"date", 1}, {"name", "soup"}});
  std::vector<Record> records;
  must(device.replica().queries().run({"meals", "by_date"}, [&](const Record& record) {
    records.push_back(record);
    return true;
  }));
  BOOST_TEST((records == std::vector<Record>{{"a", {{"date", Value(1)}, {"name", "soup"}}}}));
}

BOOST_AUTO_TEST_CASE(values_of_all_types_have_one_order) {
  const std::vector<Value> ascending{Value(),
                                     Value(false),
                                     Value(true),
                                     Value(-1e300),
                                     Value(std::numeric_limits<std::int64_t>::min()),
                                     Value(-1.5),
                                     Value(-1),
                                     Value(0),
                                     Value(0.5),
                                     Value(std::int64_t{1} << 53),
                                     Value((std::int64_t{1} << 53) + 1),
                                     Value(std::pow(2.0, 53) + 2),
                                     Value(std::numeric_limits<std::int64_t>::max()),
                                     Value(std::pow(2.0, 63)),
                                     Value(""),
                                     Value("a"),
                                     Value(std::string("a\0", 2)),
                                     Value("b"),
                                     Value(Bytes{""}),
                                     Value(Bytes{"a"})};
  Ids expected;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    // Named so that the names say nothing of the order.
    expected.push_back(std::to_string(100 - i));
    meal(expected.back(), {{"date", ascending[i]}});
  }
  BOOST_TEST(by("by_date") == expected);
}

BOOST_AUTO_TEST_CASE(equal_numbers_of_two_types_are_equal) {
  meal("b", {{"date", 1}});
  meal("a", {{"date", 1.0}});
  meal("c", {{"date", 2}});
  meal("z", {{"date", -0.0}});
  meal("y", {{"date", 0}});
  Query one{"meals", "by_date"};
  one.equal = {Value(1)};
  BOOST_TEST(by(one) == (Ids{"a", "b"}));
  one.equal = {Value(0.0)};
  BOOST_TEST(by(one) == (Ids{"y", "z"}));
}

BOOST_AUTO_TEST_CASE(a_range_begins_at_its_first_bound_and_ends_before_its_last) {
  for (int day = 1; day <= 5; ++day) meal("m" + std::to_string(day), {{"date", day}});
  Query range{"meals", "by_date"};
  range.from = Value(2);
  range.to = Value(4);
  BOOST_TEST(by(range) == (Ids{"m2", "m3"}));
  range.reverse = true;
  BOOST_TEST(by(range) == (Ids{"m3", "m2"}));
  range.from = Value(4);
  BOOST_TEST(by(range).empty());
  range.to.reset();
  BOOST_TEST(by(range) == (Ids{"m5", "m4"}));
}

BOOST_AUTO_TEST_CASE(what_has_no_place_comes_first_and_is_in_no_range) {
  meal("object", {{"date", Value::Object{{"k", 1}}}});
  meal("absent", {{"name", "soup"}});
  meal("null", {{"date", Value()}});
  meal("one", {{"date", 1}});
  BOOST_TEST(by("by_date") == (Ids{"absent", "object", "null", "one"}));
  Query range{"meals", "by_date"};
  range.to = Value(9);
  BOOST_TEST(by(range) == (Ids{"null", "one"}));
  range.to.reset();
  range.from = Value();
  BOOST_TEST(by(range) == (Ids{"null", "one"}));
}

BOOST_AUTO_TEST_CASE(the_first_fields_may_be_given_and_the_next_be_a_range) {
  meal("1", {{"kind", "dinner"}, {"date", 1}});
  meal("2", {{"kind", "dinner"}, {"date", 2}});
  meal("3", {{"kind", "lunch"}, {"date", 2}});
  meal("4", {{"kind", "dinner"}, {"date", 3}});
  meal("5", {{"kind", "dinner"}});
  meal("6", {{"kind", "dinner2"}, {"date", 2}});
  Query dinners{"meals", "by_kind_and_date"};
  dinners.equal = {Value("dinner")};
  BOOST_TEST(by(dinners) == (Ids{"5", "1", "2", "4"}));
  dinners.from = Value(2);
  BOOST_TEST(by(dinners) == (Ids{"2", "4"}));
  dinners.to = Value(3);
  BOOST_TEST(by(dinners) == Ids{"2"});
  dinners.equal.clear();
  dinners.from = Value("dinner2");
  dinners.to = Value("lunch");
  BOOST_TEST(by(dinners) == Ids{"6"});
  dinners.to.reset();
  dinners.from.reset();
  dinners.equal = {Value("dinner"), Value(3)};
  BOOST_TEST(by(dinners) == Ids{"4"});
}

BOOST_AUTO_TEST_CASE(a_record_is_found_by_each_item_of_a_set_and_given_once) {
  device.write([](Transaction& t) -> Result<void> {
    must(t.add("meals", "soup", "tags", {Value("hot"), Value("a")}));
    must(t.add("meals", "tea", "tags", {Value("hot")}));
    return t.patch("meals", "bread", {{"name", "bread"}});
  });
  Query hot{"meals", "by_tag"};
  hot.equal = {Value("hot")};
  BOOST_TEST(by(hot) == (Ids{"soup", "tea"}));
  BOOST_TEST(by("by_tag") == (Ids{"bread", "soup", "tea"}));
  Query backwards{"meals", "by_tag"};
  backwards.reverse = true;
  BOOST_TEST(by(backwards) == (Ids{"tea", "soup", "bread"}));
  BOOST_TEST(ids_by_pages(device, backwards, 1) == (Ids{"tea", "soup", "bread"}));
  Query range{"meals", "by_tag"};
  range.from = Value("b");
  BOOST_TEST(by(range) == (Ids{"soup", "tea"}));
  device.write([](Transaction& t) { return t.remove("meals", "soup", "tags", {Value("hot")}); });
  BOOST_TEST(by(hot) == Ids{"tea"});
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(long_values_are_in_a_range_by_all_of_them) {
  const std::string begin(kIndexValueBytesMax, 'x');
  meal("c", {{"date", begin + "1"}});
  meal("b", {{"date", begin + "3"}});
  meal("a", {{"date", begin + "5"}});
  meal("whole", {{"date", begin}});
  BOOST_TEST(by("by_date") == (Ids{"whole", "a", "b", "c"}));
  Query range{"meals", "by_date"};
  range.from = Value(begin + "3");
  BOOST_TEST(by(range) == (Ids{"a", "b"}));
  range.to = Value(begin + "5");
  BOOST_TEST(by(range) == Ids{"b"});
  range.from.reset();
  BOOST_TEST(by(range) == (Ids{"whole", "b", "c"}));
  Query equal{"meals", "by_date"};
  equal.equal = {Value(begin + "5")};
  BOOST_TEST(by(equal) == Ids{"a"});
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_index_follows_what_fields_resolve_to) {
  device.increment("meals", "a", "water", 5);
  device.increment("meals", "b", "water", 3);
  BOOST_TEST(by("by_water") == (Ids{"b", "a"}));
  device.increment("meals", "b", "water", 3);
  BOOST_TEST(by("by_water") == (Ids{"a", "b"}));
  meal("c", {{"systolic", 120}});
  meal("d", {{"systolic", 120}, {"diastolic", 70}});
  meal("c", {{"diastolic", 80}});
  Query pressure{"meals", "by_pressure"};
  pressure.equal = {Value(120)};
  BOOST_TEST(by(pressure) == (Ids{"d", "c"}));
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_deleted_record_leaves_every_index_and_may_come_back) {
  meal("a", {{"date", 1}});
  meal("b", {{"date", 2}});
  device.erase("meals", "a");
  BOOST_TEST(by("by_date") == Ids{"b"});
  device.put("meals", "a", {{"date", 3}});
  BOOST_TEST(by("by_date") == (Ids{"b", "a"}));
  BOOST_TEST(by("by_tag") == (Ids{"a", "b"}));
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_arrives_is_in_the_index_with_its_page) {
  meal("a", {{"date", 5}});
  auto ops = remote_record("meals", "r", "date", Value(1), stamp_at(kPresentMs));
  const auto more = remote_record("meals", "a", "date", Value(9), stamp_at(kPresentMs + 1));
  ops.insert(ops.end(), more.begin(), more.end());
  take(device, page_of(ops, kPresentMs));
  BOOST_TEST(by("by_date") == (Ids{"r", "a"}));
  const std::vector<Op> deletion{
      op_of("meals", "r", "", stamp_at(kPresentMs + 2), Value(true), kDeadElement)};
  take(device, page_of(deletion, kPresentMs, 2));
  BOOST_TEST(by("by_date") == Ids{"a"});
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_edit_that_revives_brings_the_record_back_into_the_index) {
  device.patch("revived", "a", {{"a", 1}});
  const auto early = stamp_at(kPresentMs - 5'000);
  device.erase("revived", "a");
  BOOST_TEST(ids_of(device, {"revived", "by_a"}).empty());
  take(device, page_of(remote_record("revived", "a", "a", Value(2), early), kPresentMs));
  BOOST_TEST(ids_of(device, {"revived", "by_a"}).empty());
  take(device, page_of(remote_record("revived", "a", "a", Value(3), stamp_at(kPresentMs + 5'000)),
                       kPresentMs, 2));
  BOOST_TEST(ids_of(device, {"revived", "by_a"}) == Ids{"a"});
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(stamping_anew_leaves_indexes_as_the_records_are) {
  device.wall().set(kPresentMs + 3'600'000);
  device.increment("meals", "a", "water", 4);
  device.erase("meals", "a");
  device.increment("meals", "a", "water", 2);
  const auto push = next_push(device);
  take(device, verdicts_reply(std::string(push.items.size(), 'r'), kPresentMs), &push);
  BOOST_TEST(by("by_water") == Ids{"a"});
  Query two{"meals", "by_water"};
  two.equal = {Value(2)};
  BOOST_TEST(by(two) == Ids{"a"});
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_leaves_the_index) {
  meal("a", {{"date", 1}});
  device.store().fail_commits(true);
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.patch("meals", "a", {{"date", Value(9)}});
             })) == "store_io");
  device.store().fail_commits(false);
  meal("b", {{"date", 5}});
  BOOST_TEST(by("by_date") == (Ids{"a", "b"}));
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_limit_ends_with_a_cursor_that_goes_on) {
  for (int i = 0; i < 7; ++i) meal("m" + std::to_string(i), {{"date", i / 2}});
  const Ids all = by("by_date");
  for (const std::size_t limit : {1U, 2U, 3U, 7U, 8U}) {
    BOOST_TEST(ids_by_pages(device, {"meals", "by_date"}, limit) == all);
    Query backwards{"meals", "by_date"};
    backwards.reverse = true;
    BOOST_TEST(ids_by_pages(device, backwards, limit) == Ids(all.rbegin(), all.rend()));
  }
}

BOOST_AUTO_TEST_CASE(a_visitor_that_ends_the_query_can_go_on_too) {
  for (int i = 0; i < 3; ++i) meal("m" + std::to_string(i), {{"date", i}});
  Query query{"meals", "by_date"};
  const auto stop = [](const Record&) { return false; };
  query.cursor = must(device.replica().queries().run(query, stop));
  BOOST_TEST(by(query) == (Ids{"m1", "m2"}));
  query.cursor = must(device.replica().queries().run(query, stop));
  BOOST_TEST(must(device.replica().queries().run(query, stop)).empty());
}

BOOST_AUTO_TEST_CASE(a_cursor_stays_good_whatever_is_written) {
  for (int i = 0; i < 4; ++i) meal("m" + std::to_string(i), {{"date", i}});
  Query query{"meals", "by_date"};
  query.limit = 2;
  query.cursor = must(device.replica().queries().run(query, [](const Record&) { return true; }));
  query.limit = 0;
  device.erase("meals", "m1");
  meal("early", {{"date", -1}});
  meal("late", {{"date", 2.5}});
  BOOST_TEST(by(query) == (Ids{"m2", "late", "m3"}));
  device.reopen();
  BOOST_TEST(by(query) == (Ids{"m2", "late", "m3"}));
}

BOOST_AUTO_TEST_CASE(a_query_that_cannot_be_answered_says_why) {
  meal("a", {{"date", 1}});
  meal("b", {{"date", 2}});
  BOOST_TEST(code({"meals", "by_name"}) == "not_found");
  BOOST_TEST(code({"others", "by_date"}) == "not_found");
  BOOST_TEST(code({"", "by_date"}) == "key_malformed");
  Query query{"meals", "by_date"};
  query.equal = {Value(1), Value(2)};
  BOOST_TEST(code(query) == "invalid_argument");
  query.equal = {Value(1)};
  query.from = Value(2);
  BOOST_TEST(code(query) == "invalid_argument");
  query.equal.clear();
  query.from = Value(Value::Array{});
  BOOST_TEST(code(query) == "invalid_argument");
  query.from = Value(std::nan(""));
  BOOST_TEST(code(query) == "value_not_finite");
}

BOOST_AUTO_TEST_CASE(a_cursor_of_something_else_is_refused) {
  meal("a", {{"date", 1}, {"kind", "x"}});
  meal("b", {{"date", 2}, {"kind", "y"}});
  Query query{"meals", "by_date"};
  query.limit = 1;
  const std::string cursor =
      must(device.replica().queries().run(query, [](const Record&) { return true; }));
  BOOST_REQUIRE(!cursor.empty());
  query.cursor = cursor;
  BOOST_TEST(code(query) == "none");
  query.reverse = true;
  BOOST_TEST(code(query) == "cursor_malformed");
  Query other{"meals", "by_kind_and_date"};
  other.cursor = cursor;
  BOOST_TEST(code(other) == "cursor_malformed");
  query.reverse = false;
  for (const std::string& bad :
       {std::string("x"), std::string("????"), cursor + "A", cursor.substr(0, cursor.size() - 8),
        std::string(kQueryCursorBytesMax + 4, 'A')}) {
    query.cursor = bad;
    BOOST_TEST(code(query) == "cursor_malformed");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
