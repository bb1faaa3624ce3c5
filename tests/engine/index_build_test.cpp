#include <boost/test/unit_test.hpp>

#include "tests/engine/support/lmdb.hpp"
#include "tests/engine/support/queries.hpp"
#include "tests/engine/support/sync.hpp"

// Building an index of what is there already.

namespace syncline::test {
namespace {

constexpr const char* kPlain = R"({"name": "n", "version": 1, "collections": {"c": {}}})";
constexpr const char* kIndexed = R"({"name": "n", "version": 2, "collections": {"c": {
  "fields": {"tags": {"merge": "set"}},
  "indexes": {"by_a": {"fields": ["a"]}, "by_tag": {"fields": ["tags"]}}}}})";
constexpr const char* kLater = R"({"name": "n", "version": 3, "collections": {"c": {}}})";
constexpr int kRecords = 30;

struct BuildFixture {
  Device device{kPlain};

  BuildFixture() {
    device.write([](Transaction& t) -> Result<void> {
      for (int i = 0; i < kRecords; ++i)
        must(t.patch("c", name(i), {{"a", Value(i % 7)}, {"b", Value(i)}}));
      must(t.erase("c", name(3)));
      must(t.patch("before", "x", {{"a", Value(1)}}));
      return t.patch("d", "x", {{"a", Value(1)}});
    });
    device.reopen(kIndexed);
  }
  static std::string name(int i) { return "r" + std::to_string(100 + i); }

  // Builds with transactions of a few slots, at most so many of them. Answers whether all is done.
  bool build(int transactions, std::vector<BuildProgress>* seen = nullptr,
             std::size_t slots_max = 10) {
    return must(device.replica().queries().build({slots_max}, [&](const BuildProgress& progress) {
      if (seen != nullptr) seen->push_back(progress);
      return --transactions > 0;
    }));
  }
  [[nodiscard]] Ids expected() {
    std::vector<std::pair<std::int64_t, std::string>> sorted;
    must(device.replica().scan("c", {}, [&](const Record& record) {
      const auto found = record.fields.find("a");
      sorted.emplace_back(found == record.fields.end() ? -1 : *found->second.if_int64(), record.id);
      return true;
    }));
    std::sort(sorted.begin(), sorted.end());
    Ids ids;
    for (const auto& [a, id] : sorted) ids.push_back(id);
    return ids;
  }
};

BOOST_FIXTURE_TEST_SUITE(index_building, BuildFixture)

BOOST_AUTO_TEST_CASE(an_index_is_built_in_transactions_of_a_bounded_size) {
  const int before = device.store().commits();
  std::vector<BuildProgress> seen;
  BOOST_TEST(build(1'000, &seen));
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == expected());
  BOOST_TEST(ids_of(device, {"c", "by_tag"}).size() == expected().size());
  // Each record has at least 3 slots, and each of the two indexes goes through all.
  BOOST_TEST(device.store().commits() - before > 2 * kRecords * 3 / 13);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].index != seen[i - 1].index) continue;
    BOOST_TEST(seen[i].done - seen[i - 1].done <= 13U);
  }
  BOOST_TEST(seen.back().done == seen.back().total);
  BOOST_TEST(seen.front().total == seen.back().total);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_was_interrupted_goes_on_where_it_stopped) {
  std::vector<BuildProgress> seen;
  BOOST_TEST(!build(3, &seen));
  const std::uint64_t done = seen.back().done;
  BOOST_TEST(done > 20U);
  BOOST_TEST(query_code(device, {"c", "by_a"}) == "index_not_built");
  device.check_fold();
  device.reopen();
  seen.clear();
  BOOST_TEST(build(1'000, &seen));
  BOOST_TEST(seen.front().done > done);
  BOOST_TEST(seen.front().done <= done + 13);
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == expected());
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(what_is_written_meanwhile_is_in_the_index_on_both_sides_of_where_it_stands) {
  BOOST_TEST(!build(4));
  device.patch("c", name(0), {{"a", Value(50)}});
  device.patch("c", name(kRecords - 1), {{"a", Value(50)}});
  device.erase("c", name(1));
  device.erase("c", name(kRecords - 2));
  device.patch("c", "r000", {{"a", Value(51)}});
  device.patch("c", "z", {{"a", Value(51)}});
  take(device,
       page_of(remote_record("c", name(2), "a", Value(52), stamp_at(kPresentMs + 9)), kPresentMs));
  device.check_fold();
  device.reopen();
  BOOST_TEST(build(1'000));
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == expected());
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_is_done_again) {
  device.store().let_pass(2);
  BOOST_TEST(code_of(device.replica().queries().build({10}, {})) == "store_io");
  device.store().let_pass(-1);
  BOOST_TEST(build(1'000));
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == expected());
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_record_that_is_larger_than_a_transaction_is_done_as_a_whole) {
  BOOST_TEST(build(10'000, nullptr, 1));
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == expected());
  BOOST_TEST(build(10'000, nullptr, 0));
}

BOOST_AUTO_TEST_CASE(removing_is_done_in_parts_and_goes_on_too) {
  BOOST_TEST(build(1'000));
  device.reopen(kLater);
  std::vector<BuildProgress> seen;
  BOOST_TEST(!build(2, &seen));
  BOOST_TEST(seen.back().removing);
  BOOST_TEST(seen.back().done == 20U);
  device.check_fold();
  device.reopen();
  seen.clear();
  BOOST_TEST(build(1'000, &seen));
  BOOST_TEST(must(must(device.store().snapshot())->count(Keyspace::kIndexes)) == 0U);
  BOOST_TEST(states_of(device).empty());
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_done) {
  BOOST_TEST(build(1'000));
  const int before = device.store().commits();
  std::vector<BuildProgress> seen;
  BOOST_TEST(build(1'000, &seen));
  BOOST_TEST(seen.empty());
  BOOST_TEST(device.store().commits() == before);
}

BOOST_AUTO_TEST_CASE(an_index_on_the_disk_is_there_after_opening_again) {
  const TemporaryDirectory directory;
  {
    Device disk(open_lmdb(directory), kPlain, 1);
    for (int i = 0; i < kRecords; ++i) disk.patch("c", name(i), {{"a", Value(-i)}});
    disk.reopen(kIndexed);
    static_cast<void>(
        must(disk.replica().queries().build({7}, [](const BuildProgress&) { return false; })));
  }
  Device disk(open_lmdb(directory), kIndexed, 1);
  BOOST_TEST(query_code(disk, {"c", "by_a"}) == "index_not_built");
  BOOST_TEST(must(disk.replica().queries().build({7}, {})));
  const Ids ids = ids_of(disk, {"c", "by_a"});
  BOOST_TEST(ids.size() == static_cast<std::size_t>(kRecords));
  BOOST_TEST(std::is_sorted(ids.rbegin(), ids.rend()));
  disk.check_fold();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
