#include <functional>
#include <tuple>

#include <boost/test/unit_test.hpp>

#include "examples/strategy/longest_text.hpp"
#include "schema/former_rules.hpp"
#include "syncline/query.hpp"
#include "syncline/schema_change.hpp"
#include "tests/engine/support/scripted_strategy.hpp"
#include "tests/engine/support/two_devices.hpp"

// What a migration makes of what a field holds.

namespace syncline::test {
namespace {

std::string document(const std::string& members, int version) {
  return R"({"name":"diary","version":)" + std::to_string(version) + R"(,"collections":{"days":{)" +
         members + "}}}";
}

std::string field(const std::string& merge, int version) {
  return document(R"("fields":{"f":{"merge":")" + merge + "\"}}", version);
}

std::string grouped(const std::string& parts, int version) {
  return document(R"("groups":{"g":{"fields":[)" + parts + "]}}", version);
}

using Change = std::function<Result<void>(Transaction&)>;

Change put(const Value& value) {
  return [value](Transaction& t) { return t.patch("days", "d", {{"f", value}}); };
}
Change count(std::int64_t amount) {
  return [amount](Transaction& t) { return t.increment("days", "d", "f", amount); };
}

Value array(std::initializer_list<Value> items) { return Value(Value::Array(items)); }

BOOST_AUTO_TEST_SUITE(schema_migration)

struct Case {
  std::string before;
  Value value;
  std::string after;
  std::string read;  // what the field reads then; empty for nothing
};

BOOST_AUTO_TEST_CASE(each_rule_takes_over_what_the_one_before_held) {
  const std::vector<Case> cases{
      {"lww", Value(500), "counter", "500"},
      {"lww", Value(-7), "counter", "-7"},
      {"lww", Value("much"), "counter", ""},
      {"lww", Value(1.5), "counter", ""},
      {"lww", Value(1.5), "min", "1.5"},
      {"lww", Value(3), "max", "3"},
      {"lww", array({Value("b"), Value("a")}), "set", R"(["a","b"])"},
      {"lww", Value("a"), "set", R"(["a"])"},
      {"lww", array({Value("b"), Value("a")}), "list", R"(["b","a"])"},
      {"lww", Value("a"), "list", R"(["a"])"},
      {"lww", Value(Value::Object{{"waist", Value(80)}}), "map", R"({"waist":80})"},
      {"lww", Value("a"), "map", ""},
      {"lww", array({Value("a")}), "multi", R"([["a"]])"},
      {"lww", Value("a"), "merge_text", R"("a")"},
      {"lww", Value(1), "merge_text", ""},
      {"counter", Value(8), "lww", "8"},
      {"counter", Value(8), "max", "8"},
      {"counter", Value(8), "min", "8"},
      {"counter", Value(8), "multi", "[8]"},
      {"counter", Value(8), "set", "[8]"},
      {"min", Value(3), "counter", "3"},
      {"max", Value(2.5), "lww", "2.5"},
      {"min", Value(3), "max", "3"},
      {"set", array({Value("b"), Value("a")}), "lww", R"(["a","b"])"},
      {"set", array({Value("b"), Value("a")}), "list", R"(["a","b"])"},
      {"set", array({Value("b"), Value("a")}), "multi", R"(["b","a"])"},
      {"set", array({Value("b"), Value("a")}), "merge_text", R"("b\n\na")"},
      {"multi", array({Value("b"), Value("a")}), "set", R"(["a","b"])"},
      {"multi", array({Value("b"), Value("a")}), "list", R"(["b","a"])"},
      {"multi", Value(4), "counter", "4"},
      {"multi", Value(4), "lww", "4"},
      {"merge_text", Value("a"), "lww", R"("a")"},
      {"merge_text", Value("a"), "list", R"(["a"])"},
      {"merge_text", Value("a"), "set", R"(["a"])"},
      {"list", array({Value("b"), Value("a")}), "lww", R"(["b","a"])"},
      {"list", array({Value("b"), Value("a")}), "set", R"(["a","b"])"},
      {"list", array({Value("b"), Value("a")}), "multi", R"(["b","a"])"},
      {"map", Value(Value::Object{{"waist", Value(80)}}), "lww", R"({"waist":80})"},
      {"map", Value(Value::Object{{"waist", Value(80)}}), "counter", ""}};
  for (const Case& one : cases) {
    BOOST_TEST_CONTEXT(one.before + " to " + one.after) {
      Device device(field(one.before, 1));
      device.put("days", "d", {{"f", one.value}});
      const auto before = slots_of(device.store());
      device.migrate(field(one.after, 2));
      const std::string read = one.read.empty() ? "{}" : R"({"f":)" + one.read + "}";
      BOOST_TEST(device.read("days", "d") == read);
      // Nothing is taken away, and nothing is written a second time.
      const auto after = slots_of(device.store());
      for (const auto& [key, value] : before) BOOST_TEST(after.contains(key));
      device.migrate(field(one.after, 3));
      BOOST_CHECK(slots_of(device.store()) == after);
      device.check_fold();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_migration_says_what_it_carried_and_what_it_left) {
  Device device(field("lww", 1));
  device.put("days", "a", {{"f", Value(1)}});
  device.put("days", "b", {{"f", Value(2)}});
  device.put("days", "c", {{"f", Value("three")}});
  const std::vector<MigratedField> expected{{"days", "f", "lww", "counter", 2, 1}};
  BOOST_CHECK(device.migrate(field("counter", 2)) == expected);
  BOOST_TEST(device.read("days", "c") == "{}");
  const std::vector<MigratedField> again{{"days", "f", "lww", "counter", 0, 1}};
  BOOST_CHECK(device.migrate(field("counter", 2)) == again);
}

BOOST_AUTO_TEST_CASE(two_devices_that_migrate_one_number_count_on_from_it_once) {
  for (const bool sync_between : {false, true}) {
    TinyServer server;
    Device left(field("lww", 1), 1);
    Device right(field("lww", 1), 2);
    left.put("days", "d", {{"f", Value(500)}});
    settle(server, left, right);
    left.migrate(field("counter", 2));
    left.write(count(20));
    if (sync_between) exchange(server, left, right);
    right.migrate(field("counter", 2));
    right.wall().advance(5);
    right.write(count(-3));
    settle(server, left, right);
    BOOST_TEST(left.read("days", "d") == R"({"f":517})");
  }
}

BOOST_AUTO_TEST_CASE(what_a_device_with_the_old_rule_writes_is_kept_until_it_is_taken_in) {
  TinyServer server;
  Device migrated(field("lww", 1), 1);
  Device behind(field("lww", 1), 2);
  migrated.put("days", "d", {{"f", Value(500)}});
  server.round(migrated);
  server.round(behind);
  migrated.migrate(field("counter", 2));
  migrated.write(count(20));
  behind.wall().advance(9);
  behind.write(put(Value(700)));
  exchange(server, migrated, behind);
  BOOST_TEST(behind.read("days", "d") == R"({"f":700})");
  BOOST_TEST(migrated.read("days", "d") == R"({"f":520})");
  migrated.migrate(field("counter", 2));
  BOOST_TEST(migrated.read("days", "d") == R"({"f":720})");
  // The other makes the same of it, whether or not it has seen that.
  behind.migrate(field("counter", 2));
  settle(server, migrated, behind);
  BOOST_TEST(behind.read("days", "d") == R"({"f":720})");
}

BOOST_AUTO_TEST_CASE(a_rule_that_comes_back_reads_its_slots_again_and_what_was_put_meanwhile) {
  const std::vector<std::pair<std::string, Value>> cases{
      {"counter", Value(8)},
      {"set", array({Value("a"), Value("b")})},
      {"multi", array({Value("x"), Value("y")})},
      {"merge_text", Value("text")},
      {"list", array({Value(1), Value(2)})},
      {"map", Value(Value::Object{{"k", Value(1)}})}};
  for (const auto& [merge, value] : cases) {
    BOOST_TEST_CONTEXT(merge) {
      Device device(field(merge, 1));
      device.put("days", "d", {{"f", value}});
      const std::string before = device.read("days", "d");
      device.migrate(field("lww", 2));
      device.migrate(field(merge, 3));
      if (merge != "multi") BOOST_TEST(device.read("days", "d") == before);
      const auto slots = slots_of(device.store());
      device.migrate(field(merge, 3));
      BOOST_CHECK(slots_of(device.store()) == slots);
    }
  }
  for (const auto& [merge, value, read] : std::vector<std::tuple<std::string, Value, std::string>>{
           {"counter", Value(20), "20"},
           {"set", array({Value("b"), Value("c")}), R"(["b","c"])"},
           {"multi", Value("z"), R"(["z"])"},
           {"merge_text", Value("new"), R"("new")"},
           {"list", array({Value(2), Value(3), Value(1)}), "[2,3,1]"},
           {"map", Value(Value::Object{{"l", Value(2)}}), R"({"l":2})"}}) {
    BOOST_TEST_CONTEXT(merge) {
      Device device(field(merge, 1));
      for (const auto& [name, first] : cases) {
        if (name == merge) device.put("days", "d", {{"f", first}});
      }
      device.migrate(field("lww", 2));
      device.wall().advance(1);
      device.write(put(value));
      device.migrate(field(merge, 3));
      BOOST_TEST(device.read("days", "d") == R"({"f":)" + read + "}");
    }
  }
}

BOOST_AUTO_TEST_CASE(fields_become_a_group_and_its_parts_become_fields) {
  Device device(document(R"("fields":{"low":{},"high":{}})", 1));
  device.put("days", "d", {{"low", Value(80)}});
  device.wall().advance(1);
  device.patch("days", "d", {{"high", Value(120)}});
  device.migrate(grouped(R"("low","high")", 2));
  BOOST_TEST(device.read("days", "d") == R"({"high":120,"low":80})");
  device.patch("days", "d", {{"pulse", Value(60)}});
  device.migrate(grouped(R"("low","high","pulse")", 3));
  BOOST_TEST(device.read("days", "d") == R"({"high":120,"low":80,"pulse":60})");
  device.migrate(document(R"("fields":{"pulse":{"merge":"max"},"low":{}},
    "groups":{"h":{"fields":["high","other"]}})",
                          4));
  // The old group's slot is a field that no schema names.
  BOOST_TEST(device.read("days", "d") ==
             R"({"g":{"high":120,"low":80,"pulse":60},"high":120,"low":80,"pulse":60})");
  device.check_fold();
}

// The part that left is still a member of the register, whose stamp has grown with the part that
// joined.
BOOST_AUTO_TEST_CASE(regression_a_part_that_left_a_group_others_joined_is_carried_over_once) {
  Device device(grouped(R"("low","items")", 1));
  device.put("days", "d", {{"low", Value(80)}, {"items", Value(Value::Array{Value("a")})}});
  device.wall().advance(1);
  device.patch("days", "d", {{"high", Value(120)}});
  const std::string after = document(
      R"("fields":{"items":{"merge":"list"}},"groups":{"g":{"fields":["low","high"]}})", 2);
  device.migrate(after);
  const std::string read = R"({"high":120,"items":["a"],"low":80})";
  BOOST_TEST(device.read("days", "d") == read);
  const auto slots = slots_of(device.store());
  device.migrate(after);
  BOOST_TEST(device.read("days", "d") == read);
  BOOST_TEST((slots_of(device.store()) == slots));
}

BOOST_AUTO_TEST_CASE(a_group_is_not_torn_by_what_is_older_than_it) {
  TinyServer server;
  Device left(document(R"("fields":{"low":{},"high":{}})", 1), 1);
  Device right(document(R"("fields":{"low":{},"high":{}})", 1), 2);
  left.put("days", "d", {{"low", Value(80)}, {"high", Value(120)}});
  settle(server, left, right);
  left.migrate(grouped(R"("low","high")", 2));
  left.wall().advance(10);
  left.patch("days", "d", {{"low", Value(70)}, {"high", Value(110)}});
  right.wall().advance(5);
  right.patch("days", "d", {{"low", Value(95)}});
  right.migrate(grouped(R"("low","high")", 2));
  settle(server, left, right);
  BOOST_TEST(left.read("days", "d") == R"({"high":110,"low":70})");
}

BOOST_AUTO_TEST_CASE(what_accumulates_after_a_deletion_follows_it) {
  Device device(field("lww", 1));
  device.put("days", "d", {{"f", Value(1)}});
  device.erase("days", "d");
  device.put("days", "d", {{"f", Value(2)}});
  device.migrate(field("counter", 2));
  BOOST_TEST(device.read("days", "d") == R"({"f":2})");
  device.erase("days", "d");
  device.put("days", "d", {});
  BOOST_TEST(device.read("days", "d") == "{}");
}

BOOST_AUTO_TEST_CASE(a_strategy_of_the_apps_own_takes_part_where_it_is_registered) {
  Device device(field("lww", 1));
  device.put("days", "d", {{"f", Value("a walk")}});
  device.reopen(strategies_of("longest_text", longest_text::make()));
  device.migrate(field("custom:longest_text", 2));
  BOOST_TEST(device.read("days", "d") == R"({"f":"a walk"})");
  device.wall().advance(1);
  device.write(put(Value("a long walk")));
  // Without it nothing is carried over, and it can be later.
  device.reopen(Strategies());
  const std::vector<MigratedField> left{};
  BOOST_CHECK(device.migrate(field("merge_text", 3)) == left);
  device.reopen(strategies_of("longest_text", longest_text::make()));
  const std::vector<MigratedField> later{{"days", "f", "custom:longest_text", "merge_text", 1, 0}};
  BOOST_CHECK(device.migrate(field("merge_text", 3)) == later);
  BOOST_TEST(device.read("days", "d") == R"({"f":"a long walk"})");
}

BOOST_AUTO_TEST_CASE(an_interrupted_migration_leaves_the_old_schema_and_goes_on) {
  Device device(field("lww", 1));
  for (int i = 0; i < 30; ++i) device.put("days", "d" + std::to_string(i), {{"f", Value(i)}});
  device.store().let_pass(1);
  BOOST_TEST(code_of(migrate_schema(device.store(), field("counter", 2))) == "store_io");
  device.store().let_pass(-1);
  device.reopen();
  BOOST_TEST(device.read("days", "d7") == R"({"f":7})");
  device.check_fold();
  device.migrate(field("counter", 2));
  BOOST_TEST(device.read("days", "d7") == R"({"f":7})");
}

BOOST_AUTO_TEST_CASE(a_migration_of_many_records_is_done_in_parts) {
  Device device(field("lww", 1));
  device.write([](Transaction& t) -> Result<void> {
    for (int i = 0; i < 6'000; ++i) {
      if (auto ok = t.put("days", std::to_string(i), {{"f", Value(i)}}); !ok) return ok;
    }
    return {};
  });
  const int commits = device.store().commits();
  const auto migrated = device.migrate(field("counter", 2));
  BOOST_TEST(migrated.front().carried == 6'000U);
  BOOST_TEST(device.store().commits() - commits == 3);
  BOOST_TEST(device.read("days", "5999") == R"({"f":5999})");
  BOOST_TEST(device.state().pending_ops == 18'000U);
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_index_of_a_migrated_field_is_built_anew) {
  const std::string index = R"(,"indexes":{"by_f":{"fields":["f"]}})";
  Device device(document(R"("fields":{"f":{}})" + index, 1));
  device.put("days", "d", {{"f", Value(5)}});
  device.migrate(document(R"("fields":{"f":{"merge":"counter"}})" + index, 2));
  must(device.replica().queries().build({}, {}));
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(an_older_version_is_nothing_to_migrate_to) {
  Device device(field("lww", 2));
  BOOST_TEST(code_of(migrate_schema(device.store(), field("counter", 1))) == "schema_changed");
  BOOST_TEST(code_of(migrate_schema(*make_memory_store(), field("counter", 1))) == "store_missing");
}

BOOST_AUTO_TEST_CASE(former_rules_read_back_and_damaged_ones_do_not) {
  schema::FormerRules rules;
  rules.add({"days", "a"}, "lww");
  rules.add({"days", "a"}, "counter");
  rules.add({"days", "a"}, "lww");
  rules.add({"days", "b"}, "group g");
  BOOST_CHECK((rules.of({"days", "a"}) == schema::FormerRules::Names{"counter", "lww"}));
  const std::string bytes = schema::encode_former_rules(rules);
  BOOST_CHECK(schema::decode_former_rules(bytes) == rules);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(!schema::decode_former_rules(bytes.substr(0, size)));
  BOOST_TEST(!schema::decode_former_rules(bytes + '\0'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
