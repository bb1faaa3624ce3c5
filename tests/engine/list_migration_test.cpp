#include <initializer_list>
#include <string>

#include <boost/test/unit_test.hpp>

#include "syncline/schema_change.hpp"
#include "tests/engine/support/two_devices.hpp"

// What becomes of items that several devices carry into a list, each when it is updated.

namespace syncline::test {
namespace {

std::string field(const std::string& merge, int version) {
  return R"({"name":"diary","version":)" + std::to_string(version) +
         R"(,"collections":{"days":{"fields":{"f":{"merge":")" + merge + "\"}}}}}";
}

void put(Device& device, const Value::Array& items) {
  device.patch("days", "d", {{"f", Value(items)}});
}

// What the device's rule, which is not the list's yet, makes of one more item.
void add_item(Device& device, const std::string& merge, const Value& item) {
  device.wall().advance(1);
  if (merge == "set") {
    device.write([&](Transaction& t) { return t.add("days", "d", "f", {item}); });
    return;
  }
  Value::Array items;
  if (const auto record = must(device.replica().get("days", "d"));
      record && record->fields.contains("f"))
    items = *record->fields.at("f").if_array();
  items.push_back(item);
  put(device, items);
}

BOOST_AUTO_TEST_SUITE(list_migration)

BOOST_AUTO_TEST_CASE(regression_items_that_two_devices_carry_into_a_list_at_other_times_are_one) {
  for (const std::string merge : {"set", "lww", "multi"}) {
    for (const bool sync_between : {false, true}) {
      BOOST_TEST_CONTEXT(merge) {
        TinyServer server;
        Device early(field(merge, 1), 1);
        Device late(field(merge, 1), 2);
        add_item(early, merge, Value("a"));
        add_item(early, merge, Value("b"));
        settle(server, early, late);
        early.migrate(field("list", 2));
        BOOST_TEST(early.read("days", "d") == R"({"f":["a","b"]})");
        if (sync_between) exchange(server, early, late);
        add_item(late, merge, Value("z"));
        late.migrate(field("list", 2));
        settle(server, early, late);
        BOOST_TEST(early.read("days", "d") == R"({"f":["a","b","z"]})");
        early.migrate(field("list", 2));
        settle(server, early, late);
        BOOST_TEST(early.read("days", "d") == R"({"f":["a","b","z"]})");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_list_takes_in_what_the_old_rule_wrote_since_and_keeps_its_own_order) {
  for (const std::string merge : {"set", "lww", "multi"}) {
    BOOST_TEST_CONTEXT(merge) {
      TinyServer server;
      Device migrated(field(merge, 1), 1);
      Device behind(field(merge, 1), 2);
      for (const char* item : {"a", "b", "c"}) add_item(migrated, merge, Value(item));
      settle(server, migrated, behind);
      migrated.migrate(field("list", 2));
      migrated.write([](Transaction& t) { return t.move("days", "d", "f", 2, 0); });
      migrated.write([](Transaction& t) { return t.insert("days", "d", "f", 1, {Value("own")}); });
      BOOST_TEST(migrated.read("days", "d") == R"({"f":["c","own","a","b"]})");
      migrated.write([](Transaction& t) { return t.remove_at("days", "d", "f", 2, 1); });
      behind.wall().advance(9);
      add_item(behind, merge, Value("d"));
      exchange(server, migrated, behind);
      migrated.migrate(field("list", 2));
      // What was put as a whole after the removal names the item anew; the set does not.
      BOOST_TEST(
          migrated.read("days", "d") ==
          (merge == "set" ? R"({"f":["c","d","own","b"]})" : R"({"f":["c","d","own","a","b"]})"));
      const auto slots = slots_of(migrated.store());
      migrated.migrate(field("list", 2));
      BOOST_CHECK(slots_of(migrated.store()) == slots);
      migrated.check_fold();
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_removed_from_a_list_comes_back_only_if_it_was_written_anew) {
  TinyServer server;
  Device migrated(field("set", 1), 1);
  Device behind(field("set", 1), 2);
  for (const char* item : {"a", "b"}) add_item(migrated, "set", Value(item));
  settle(server, migrated, behind);
  migrated.migrate(field("list", 2));
  migrated.wall().advance(1);
  migrated.write([](Transaction& t) { return t.remove_at("days", "d", "f", 0, 1); });
  behind.wall().advance(9);
  add_item(behind, "set", Value("z"));
  exchange(server, migrated, behind);
  migrated.migrate(field("list", 2));
  BOOST_TEST(migrated.read("days", "d") == R"({"f":["b","z"]})");
  add_item(behind, "set", Value("a"));
  exchange(server, migrated, behind);
  migrated.migrate(field("list", 2));
  BOOST_TEST(migrated.read("days", "d") == R"({"f":["a","b","z"]})");
}

BOOST_AUTO_TEST_CASE(equal_items_of_an_array_are_as_many_in_the_list_whoever_carries_them) {
  TinyServer server;
  Device left(field("lww", 1), 1);
  Device right(field("lww", 1), 2);
  put(left, {Value("a"), Value("b"), Value("a")});
  settle(server, left, right);
  left.migrate(field("list", 2));
  add_item(right, "lww", Value("b"));
  right.migrate(field("list", 2));
  settle(server, left, right);
  BOOST_TEST(left.read("days", "d") == R"({"f":["a","b","a","b"]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
