#include "syncline/view.hpp"

#include <thread>
#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/device.hpp"
#include "tests/engine/support/lmdb.hpp"
#include "tests/engine/support/queries.hpp"

namespace syncline::test {
namespace {

constexpr const char* kSchema = R"({"name": "bank", "version": 1, "collections": {
  "accounts": {"indexes": {"by_owner": {"fields": ["owner"]}}}}})";

struct BankFixture {
  Device device{kSchema};

  BankFixture() {
    device.put("accounts", "a", {{"owner", "Ada"}});
    device.put("accounts", "b", {{"owner", "Bob"}});
  }
  [[nodiscard]] View view() { return must(device.replica().view()); }
};

std::string owner(const View& view, std::string_view account) {
  const auto found = must(view.get("accounts", account));
  return found ? value_to_json(found->fields.at("owner")) : "absent";
}

Ids scanned(const View& view) {
  Ids ids;
  must(view.scan("accounts", {}, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

Ids by_owner(const View& view) {
  Ids ids;
  must(view.run({"accounts", "by_owner"}, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

BOOST_FIXTURE_TEST_SUITE(views, BankFixture)

BOOST_AUTO_TEST_CASE(all_that_a_view_reads_is_of_one_moment) {
  const View before = view();
  device.put("accounts", "a", {{"owner", "Zoe"}});
  device.erase("accounts", "b");
  device.put("accounts", "c", {{"owner", "Cyd"}});
  device.put("notes", "n", {{"text", "new"}});

  BOOST_TEST(owner(before, "a") == R"("Ada")");
  BOOST_TEST(owner(before, "b") == R"("Bob")");
  BOOST_TEST(owner(before, "c") == "absent");
  BOOST_TEST(scanned(before) == (Ids{"a", "b"}));
  BOOST_TEST(by_owner(before) == (Ids{"a", "b"}));
  BOOST_TEST(must(before.collections()) == (Ids{"accounts"}));
}

BOOST_AUTO_TEST_CASE(a_view_that_is_taken_later_sees_what_was_committed_meanwhile) {
  const View before = view();
  device.put("accounts", "a", {{"owner", "Zoe"}});
  const View after = view();
  BOOST_TEST(owner(before, "a") == R"("Ada")");
  BOOST_TEST(owner(after, "a") == R"("Zoe")");
  BOOST_TEST(by_owner(before) == (Ids{"a", "b"}));
  BOOST_TEST(by_owner(after) == (Ids{"b", "a"}));
}

BOOST_AUTO_TEST_CASE(a_view_says_which_indexes_there_were) {
  const View before = view();
  const std::vector<IndexInfo> built{{"accounts", "by_owner", IndexState::kBuilt}};
  BOOST_TEST((must(before.indexes()) == built));
}

BOOST_AUTO_TEST_CASE(the_pages_of_one_view_leave_nothing_out_and_give_nothing_twice) {
  const View one = view();
  Query query{"accounts", "by_owner"};
  query.limit = 1;
  Ids ids;
  do {
    query.cursor = must(one.run(query, [&](const Record& record) {
      ids.push_back(record.id);
      return true;
    }));
    // Between the pages the next record moves to the front.
    device.put("accounts", "b", {{"owner", "Abe"}});
  } while (!query.cursor.empty());
  BOOST_TEST(ids == (Ids{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(names_that_are_malformed_are_errors) {
  const View one = view();
  BOOST_TEST(code_of(one.get("", "a")) == "key_malformed");
  BOOST_TEST(code_of(one.get("accounts", "")) == "key_malformed");
  BOOST_TEST(code_of(one.scan("", {}, [](const Record&) { return true; })) == "key_malformed");
  BOOST_TEST(code_of(one.run({"accounts", "by_age"}, [](const Record&) { return true; })) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_gives_no_view) {
  device.store().fail_snapshots(true);
  BOOST_TEST(code_of(device.replica().view()) == "store_io");
}

BOOST_AUTO_TEST_CASE(a_view_moves_but_is_not_copied) {
  static_assert(std::is_nothrow_move_constructible_v<View>);
  static_assert(std::is_nothrow_move_assignable_v<View>);
  static_assert(!std::is_copy_constructible_v<View>);
  static_assert(!std::is_copy_assignable_v<View>);
  static_assert(!std::is_default_constructible_v<View>);
  View first = view();
  device.put("accounts", "a", {{"owner", "Zoe"}});
  View moved = std::move(first);
  BOOST_TEST(owner(moved, "a") == R"("Ada")");
  moved = view();
  BOOST_TEST(owner(moved, "a") == R"("Zoe")");
}

BOOST_AUTO_TEST_CASE(a_view_may_be_read_in_another_thread_than_took_it) {
  View one = view();
  device.put("accounts", "a", {{"owner", "Zoe"}});
  std::string seen;
  std::thread([&, mine = std::move(one)] { seen = owner(mine, "a"); }).join();
  BOOST_TEST(seen == R"("Ada")");
}

BOOST_AUTO_TEST_CASE(the_body_of_a_write_sees_by_a_view_what_was_there_before_it) {
  std::string seen;
  device.write([&](Transaction& t) -> Result<void> {
    must(t.put("accounts", "a", {{"owner", "Zoe"}}));
    seen = owner(view(), "a");
    return {};
  });
  BOOST_TEST(seen == R"("Ada")");
}

BOOST_AUTO_TEST_CASE(an_observer_may_take_a_view_and_write_beside_it) {
  bool has_written = false;
  const Subscription subscription = device.replica().observe([&](const std::vector<Change>&) {
    if (std::exchange(has_written, true)) return;
    const View after = view();
    BOOST_TEST(owner(after, "a") == R"("Zoe")");
    device.put("accounts", "a", {{"owner", "Yan"}});
    BOOST_TEST(owner(after, "a") == R"("Zoe")");
  });
  device.put("accounts", "a", {{"owner", "Zoe"}});
  BOOST_TEST(device.read("accounts", "a") == R"({"owner":"Yan"})");
}

BOOST_AUTO_TEST_CASE(a_view_that_is_destroyed_after_its_replica_does_no_harm) {
  const View one = view();
  device.reopen();
  BOOST_TEST(owner(view(), "a") == R"("Ada")");
}

BOOST_AUTO_TEST_SUITE_END()

// The greatest growth that a test can ask for without writing much.
struct SmallMapFixture {
  TemporaryDirectory directory;
  std::unique_ptr<Store> store = open_lmdb(directory, 1);
  ManualWall wall;
  CountingRandom random;
  std::unique_ptr<Replica> replica = must(Replica::open(*store, wall, random));

  Result<void> write_much() {
    return replica->write([](Transaction& t) {
      return t.put("notes", "long", {{"text", Value(std::string(60'000, 'x'))}});
    });
  }
};

BOOST_FIXTURE_TEST_SUITE(views_of_a_small_map, SmallMapFixture)

BOOST_AUTO_TEST_CASE(a_thread_that_holds_a_view_and_writes_is_told_so_and_waits_for_nothing) {
  auto view = std::make_optional(must(replica->view()));
  const auto written = write_much();
  BOOST_TEST(code_of(written) == "store_full");
  BOOST_TEST(message_of(written).find("the thread that needs it holds a snapshot") !=
             std::string::npos);
  BOOST_TEST(!must(view->get("notes", "long")));
  view.reset();
  must(write_much());
  BOOST_TEST(must(replica->get("notes", "long")).has_value());
}

BOOST_AUTO_TEST_CASE(a_write_waits_for_the_views_of_other_threads) {
  std::optional<View> view;
  std::thread([&] { view.emplace(must(replica->view())); }).join();
  std::thread closer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    view.reset();
  });
  must(write_much());
  closer.join();
  BOOST_TEST(must(replica->get("notes", "long")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
