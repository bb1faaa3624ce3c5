#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/queries.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

constexpr const char* kSchema = R"({"name": "n", "version": 1, "collections": {
  "c": {"fields": {"tags": {"merge": "set"}},
        "indexes": {"by_a": {"fields": ["a"]}, "by_tag": {"fields": ["tags"]}}}}})";

struct LiveFixture {
  Device device{kSchema};
  std::vector<std::string> told;  // a line a difference
  std::vector<Record> shown;      // what an app would show
  Subscription subscription;

  void put(std::string_view id, const Value& a) { device.patch("c", id, {{"a", a}}); }

  void watch(const Query& query) {
    subscription = must(
        device.replica().queries().watch(query, [this](const Result<QueryDifference>& difference) {
          told.push_back(difference ? line(*difference) : code_of(difference));
          if (difference) shown = apply_difference(*difference, std::move(shown));
        }));
  }
  static std::string line(const QueryDifference& difference) {
    std::string text;
    for (const auto& one : difference.removed)
      text += "-" + one.id + "@" + std::to_string(one.position) + " ";
    for (const auto& one : difference.added)
      text += "+" + one.record.id + "@" + std::to_string(one.position) + " ";
    for (const auto& one : difference.changed)
      text += "*" + one.record.id + "@" + std::to_string(one.position) + " ";
    return text;
  }
  [[nodiscard]] Ids shown_ids() const {
    Ids ids;
    for (const Record& record : shown) ids.push_back(record.id);
    return ids;
  }
};

using Lines = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(live_queries, LiveFixture)

BOOST_AUTO_TEST_CASE(what_is_there_comes_first_and_then_what_each_commit_changes) {
  put("x", 2);
  put("y", 1);
  watch({"c", "by_a"});
  BOOST_TEST(told == Lines{"+y@0 +x@1 "});
  put("z", 3);
  device.erase("c", "y");
  device.patch("c", "x", {{"b", Value("other")}});
  put("x", 4);
  BOOST_TEST(told == (Lines{"+y@0 +x@1 ", "+z@2 ", "-y@0 ", "*x@0 ", "*x@1 "}));
  BOOST_TEST(shown_ids() == (Ids{"z", "x"}));
}

BOOST_AUTO_TEST_CASE(one_commit_is_one_difference) {
  put("a", 1);
  put("b", 2);
  watch({"c", "by_a"});
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("c", "a", {{"a", Value(5)}}));
    must(t.patch("c", "n", {{"a", Value(0)}}));
    return t.erase("c", "b").map([](bool) {});
  });
  BOOST_TEST(told.back() == "-b@1 +n@0 *a@1 ");
  BOOST_TEST(shown_ids() == (Ids{"n", "a"}));
}

BOOST_AUTO_TEST_CASE(a_commit_that_changes_nothing_of_it_tells_nothing) {
  put("a", 1);
  Query range{"c", "by_a"};
  range.to = Value(5);
  watch(range);
  put("b", 7);
  device.patch("other", "a", {{"a", Value(1)}});
  put("a", 1);
  BOOST_TEST(told.size() == 1U);
  put("b", 3);
  put("b", 9);
  BOOST_TEST(told == (Lines{"+a@0 ", "+b@1 ", "-b@1 "}));
}

BOOST_AUTO_TEST_CASE(an_empty_result_is_told_as_such) {
  watch({"c", "by_a"});
  BOOST_TEST(told == Lines{""});
}

BOOST_AUTO_TEST_CASE(a_limit_lets_the_next_in_when_one_goes) {
  for (int i = 0; i < 4; ++i) put("m" + std::to_string(i), i);
  Query latest{"c", "by_a"};
  latest.limit = 2;
  latest.reverse = true;
  watch(latest);
  BOOST_TEST(told == Lines{"+m3@0 +m2@1 "});
  device.erase("c", "m3");
  BOOST_TEST(told.back() == "-m3@0 +m1@1 ");
  put("m9", 9);
  BOOST_TEST(told.back() == "-m1@1 +m9@0 ");
  put("m0", -5);
  BOOST_TEST(told.size() == 3U);
  BOOST_TEST(shown_ids() == (Ids{"m9", "m2"}));
}

BOOST_AUTO_TEST_CASE(what_arrives_is_told_too) {
  put("a", 1);
  watch({"c", "by_a"});
  take(device, page_of(remote_record("c", "r", "a", Value(0), stamp_at(kPresentMs)), kPresentMs));
  BOOST_TEST(told.back() == "+r@0 ");
}

BOOST_AUTO_TEST_CASE(a_record_of_several_places_moves_with_its_first) {
  device.write([](Transaction& t) { return t.add("c", "a", "tags", {Value(3), Value(8)}); });
  device.write([](Transaction& t) { return t.add("c", "b", "tags", {Value(5)}); });
  watch({"c", "by_tag"});
  BOOST_TEST(told == Lines{"+a@0 +b@1 "});
  device.write([](Transaction& t) { return t.remove("c", "a", "tags", {Value(3)}); });
  BOOST_TEST(told.back() == "*a@1 ");
}

BOOST_AUTO_TEST_CASE(a_subscription_that_is_gone_is_told_nothing) {
  watch({"c", "by_a"});
  subscription = {};
  put("a", 1);
  BOOST_TEST(told.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_observer_may_write_and_query) {
  int left = 3;
  Ids seen;
  const auto watched = must(
      device.replica().queries().watch({"c", "by_a"}, [&](const Result<QueryDifference>& told_now) {
        seen = ids_of(device, {"c", "by_a"});
        if (told_now && --left > 0) put("w" + std::to_string(left), left);
      }));
  BOOST_TEST(left == 0);
  BOOST_TEST(seen == (Ids{"w1", "w2"}));
}

BOOST_AUTO_TEST_CASE(a_query_that_cannot_be_answered_is_not_watched) {
  const auto refused = device.replica().queries().watch({"c", "by_b"}, [](const auto&) {});
  BOOST_TEST(code_of(refused) == "not_found");
}

BOOST_AUTO_TEST_CASE(writers_of_many_threads_are_followed_one_commit_after_the_other) {
  watch({"c", "by_a"});
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < 50; ++i) {
        static_cast<void>(device.replica().write([&](Transaction& t) {
          return t.patch("c", std::to_string(writer * 10 + i % 10), {{"a", Value(i)}});
        }));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  BOOST_TEST(shown_ids() == ids_of(device, {"c", "by_a"}));
  device.check_fold();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
