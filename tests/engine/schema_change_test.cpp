#include "syncline/schema_change.hpp"

#include <initializer_list>

#include <boost/test/unit_test.hpp>

#include "syncline/query.hpp"
#include "syncline/verification.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// What an opening does with another schema than the stored one.

namespace syncline::test {
namespace {

std::string schema_of(const std::string& members, int version = 1,
                      const std::string& name = "diary") {
  return R"({"name":")" + name + R"(","version":)" + std::to_string(version) +
         R"(,"collections":{"days":{)" + members + "}}}";
}

std::string fields(const std::string& declared, int version = 1) {
  return schema_of(R"("fields":{)" + declared + "}", version);
}

// What comes of opening the device's store with the document.
Error refused(Device& device, const std::string& schema) {
  ManualWall wall;
  CountingRandom random;
  const auto opened = Replica::open(device.store(), wall, random, schema);
  BOOST_REQUIRE(!opened);
  return opened.error();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string digest_of(const std::string& schema) {
  return must(Schema::parse(schema)).id()->digest;
}

BOOST_AUTO_TEST_SUITE(schema_change)

BOOST_AUTO_TEST_CASE(a_changed_strategy_is_refused_with_both_rules_and_both_digests) {
  const std::string before = fields(R"("water":{},"mood":{"merge":"set"})", 1);
  const std::string after =
      fields(R"("water":{"merge":"counter"},"mood":{"merge":"custom:own"})", 2);
  Device device(before);
  device.put("days", "d", {{"water", Value(500)}});
  const auto slots = slots_of(device.store());
  const Error error = refused(device, after);
  BOOST_TEST(std::string(code_name(error.code)) == "schema_changed");
  BOOST_TEST(has(error.message, "days.water: lww becomes counter"), error.message);
  BOOST_TEST(has(error.message, "days.mood: set becomes custom:own"), error.message);
  BOOST_TEST(has(error.message, "version 1 (digest " + digest_of(before) + ")"), error.message);
  BOOST_TEST(has(error.message, "version 2 (digest " + digest_of(after) + ")"), error.message);
  BOOST_CHECK(slots_of(device.store()) == slots);
  device.reopen();
  BOOST_TEST(device.replica().schema().id()->digest == digest_of(before));
}

BOOST_AUTO_TEST_CASE(a_greater_version_does_not_make_a_changed_strategy_safe_nor_the_same_one) {
  Device device(fields(R"("water":{"merge":"min"})", 3));
  for (const int version : {2, 3, 4}) {
    BOOST_TEST(std::string(code_name(refused(device, fields(R"("water":{})", version)).code)) ==
               "schema_changed");
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_change_a_merge_is_accepted_at_once_whatever_the_version) {
  const std::vector<std::string> documents{
      fields(R"("water":{"merge":"counter"})"),
      fields(R"("water":{"merge":"counter","type":"integer"},"mood":{"merge":"set"})"),
      schema_of(R"("fields":{"water":{"merge":"counter"},"mood":{"merge":"set"}},
                   "groups":{"pressure":{"fields":["low","high"]}},
                   "indexes":{"by_water":{"fields":["water"]}},"delete":"edit_revives")",
                2),
      fields(R"("water":{"merge":"counter","type":"number"})", 2)};
  Device device(documents.front());
  device.increment("days", "d", "water", 5);
  for (const std::string& document : documents) {
    device.reopen(document);
    BOOST_TEST(device.replica().schema().id()->digest == digest_of(document));
    BOOST_TEST(device.read("days", "d") == R"({"water":5})");
  }
  device.reopen(std::nullopt);
  BOOST_TEST(device.replica().schema().id()->digest == digest_of(documents.back()));
}

BOOST_AUTO_TEST_CASE(an_older_version_leaves_the_newer_one_in_force) {
  const std::string newer = fields(R"("water":{"merge":"counter"},"mood":{"merge":"set"})", 2);
  Device device(newer);
  device.write([](Transaction& t) { return t.add("days", "d", "mood", {Value("calm")}); });
  device.reopen(fields(R"("water":{"merge":"counter"})", 1));
  BOOST_TEST(device.replica().schema().id()->digest == digest_of(newer));
  device.write([](Transaction& t) { return t.add("days", "d", "mood", {Value("glad")}); });
  BOOST_TEST(device.read("days", "d") == R"({"mood":["calm","glad"]})");
  device.reopen(std::nullopt);
  BOOST_TEST(device.replica().schema().id()->version == 2U);
}

BOOST_AUTO_TEST_CASE(versions_of_schemas_with_other_names_are_not_compared) {
  Device device(schema_of("", 7, "one"));
  device.reopen(schema_of("", 1, "other"));
  BOOST_TEST(device.replica().schema().id()->name == "other");
}

BOOST_AUTO_TEST_CASE(a_part_that_joins_or_leaves_a_group_is_a_change) {
  const auto group = [](const std::string& parts, const std::string& declared = "") {
    return schema_of(R"("groups":{"pressure":{"fields":[)" + parts + R"(]}},"fields":{)" +
                     declared + "}");
  };
  struct Case {
    std::string before, after, named;
  };
  const std::vector<Case> cases{
      {fields(R"("low":{},"high":{})"), group(R"("low","high")"),
       "days.low: lww becomes group pressure"},
      {group(R"("low","high")"), fields(R"("low":{},"high":{})"),
       "days.high: group pressure becomes lww"},
      {group(R"("low","high")"), schema_of(R"("groups":{"heart":{"fields":["low","high"]}})"),
       "days.low: group pressure becomes group heart"},
      {group(R"("low","high")"), group(R"("low","high","pulse")"),
       "days.pulse: lww (not declared) becomes group pressure"},
      {group(R"("low","high","pulse")"), group(R"("low","high")"),
       "days.pulse: group pressure becomes lww (not declared)"}};
  for (const Case& one : cases) {
    Device device(one.before);
    const Error error = refused(device, one.after);
    BOOST_TEST(std::string(code_name(error.code)) == "schema_changed");
    BOOST_TEST(has(error.message, one.named), error.message);
  }
}

std::string with_rule_of_f(const std::string& merge) {
  if (merge == "group") return schema_of(R"("groups":{"pair":{"fields":["f","g"]}})", 2);
  return fields(R"("f":{"merge":")" + merge + "\"}", 2);
}

BOOST_AUTO_TEST_CASE(regression_a_rule_for_a_field_that_had_none_is_a_change_if_it_holds_values) {
  for (const auto& first : {std::optional<std::string>(), std::optional(fields("", 1))}) {
    for (const std::string merge : {"counter", "min", "max", "set", "map", "list", "group"}) {
      BOOST_TEST_CONTEXT(merge) {
        Device device(first);
        device.put("days", "c", {{"other", Value(1)}});
        device.put("days", "d", {{"f", Value(500)}});
        const std::string after = with_rule_of_f(merge);
        const std::string named =
            "days.f: lww becomes " + (merge == "group" ? "group pair" : std::string(merge));
        const Error error = refused(device, after);
        BOOST_TEST(std::string(code_name(error.code)) == "schema_changed");
        BOOST_TEST(has(error.message, named), error.message);
        BOOST_TEST(must(compare_schema(device.store(), after)).needs_migration());
        device.reopen(first);
        BOOST_TEST(device.read("days", "d") == R"({"f":500})");
        device.migrate(after);
        if (merge != "map") BOOST_TEST(has(device.read("days", "d"), "500"));
        device.reopen(after);
        device.check_fold();
      }
    }
    for (const std::string merge : {"lww", "multi", "merge_text", "custom:own"}) {
      Device device(first);
      device.put("days", "d", {{"f", Value("a")}});
      device.reopen(with_rule_of_f(merge));
      BOOST_TEST(has(device.read("days", "d"), "a"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_field_that_holds_nothing_gets_any_rule_at_once) {
  Device device(fields("", 1));
  device.put("days", "cleared", {{"f", Value(1)}});
  device.write([](Transaction& t) { return t.clear("days", "cleared", "f"); });
  device.put("days", "gone", {{"f", Value(1)}});
  device.erase("days", "gone");
  device.put("days", "gone", {});
  device.put("nights", "d", {{"f", Value(1)}});
  const auto comparison = must(compare_schema(device.store(), with_rule_of_f("counter")));
  BOOST_TEST(!comparison.needs_migration());
  device.reopen(with_rule_of_f("counter"));
  device.increment("days", "d", "f", 5);
  // What comes by the old rule later is no change, and is taken in when someone migrates again.
  take(device, page_of(std::vector<Op>{op_of("days", "e", "f", stamp_at(kPresentMs + 1), Value(7)),
                                       op_of("days", "e", "", stamp_at(kPresentMs + 1), Value(true),
                                             "live")},
                       kPresentMs));
  device.reopen(fields(R"("f":{"merge":"counter","type":"integer"})", 3));
  BOOST_TEST(device.read("days", "e") == "{}");
  device.migrate(fields(R"("f":{"merge":"counter","type":"integer"})", 3));
  BOOST_TEST(device.read("days", "e") == R"({"f":7})");
}

BOOST_AUTO_TEST_CASE(parts_that_had_no_rule_are_all_read_after_the_migration_to_a_group) {
  Device device(fields("", 1));
  device.put("days", "d", {{"f", Value(1)}, {"g", Value(2)}});
  BOOST_TEST(has(refused(device, with_rule_of_f("group")).message,
                 "days.f: lww becomes group pair; days.g: lww becomes group pair"));
  device.reopen();
  device.wall().advance(1);
  device.patch("days", "d", {{"f", Value(5)}});
  device.migrate(with_rule_of_f("group"));
  BOOST_TEST(device.read("days", "d") == R"({"f":5,"g":2})");
  BOOST_TEST(has(refused(device, fields(R"("f":{"merge":"counter"})", 3)).message,
                 "days.f: group pair becomes counter"));
}

BOOST_AUTO_TEST_CASE(a_field_that_comes_back_by_another_rule_is_a_change_all_the_same) {
  const std::string counter = fields(R"("water":{"merge":"counter"})", 1);
  Device device(counter);
  device.increment("days", "d", "water", 5);
  device.reopen(fields("", 2));
  BOOST_TEST(device.read("days", "d") == "{}");
  BOOST_TEST(has(refused(device, fields(R"("water":{"merge":"set"})", 3)).message,
                 "days.water: counter becomes set"));
  device.reopen(fields(R"("water":{"merge":"counter"})", 4));
  BOOST_TEST(device.read("days", "d") == R"({"water":5})");
}

BOOST_AUTO_TEST_CASE(a_lost_schema_can_be_brought_back_whatever_went_before_it) {
  Device device(fields(R"("water":{})", 1));
  device.migrate(fields(R"("water":{"merge":"counter"})", 2));
  StoreBatch batch;
  batch.erase(Keyspace::kMeta, "schema");
  must(device.store().commit(batch));
  device.reopen(fields(R"("water":{"merge":"counter"})", 2));
  device.reopen(fields("", 3));
  device.reopen(fields(R"("water":{"merge":"counter"})", 4));
  BOOST_TEST(device.replica().schema().id()->version == 4U);
}

BOOST_AUTO_TEST_CASE(a_field_that_comes_back_as_it_was_last_is_no_change) {
  Device device(fields(R"("water":{"merge":"counter"})", 1));
  device.migrate(fields(R"("water":{})", 2));
  device.reopen(fields("", 3));
  device.reopen(fields(R"("water":{})", 4));
  BOOST_TEST(device.replica().schema().id()->version == 4U);
}

BOOST_AUTO_TEST_CASE(a_stored_schema_of_a_newer_build_is_read_and_kept) {
  const std::string newer = R"({"name":"diary","version":2,"owner":"us","collections":{"days":{
    "privacy":"local","fields":{"plan":{"merge":"rga","type":"rich"},"water":{"merge":"counter"}},
    "delete":"ask","indexes":{"by_plan":{"fields":["plan"]},"by_water":{"fields":["water"]}}}}})";
  Device device(fields(R"("water":{"merge":"counter"})", 1));
  device.increment("days", "d", "water", 5);
  take(device, page_of(std::vector<Op>{op_of("days", "d", "plan", stamp_at(kPresentMs + 1),
                                             Value("walk"), "x1")},
                       kPresentMs));
  StoreBatch batch;
  batch.put(Keyspace::kMeta, "schema", newer);
  must(device.store().commit(batch));
  device.reopen(std::nullopt);
  BOOST_TEST(device.read("days", "d") ==
             R"({"plan":{"$slots":[{"element":{"$bytes":"eDE="},"stamp":")"
             R"(018bcfe5680100000000000000000063","value":"walk"}]},"water":5})");
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.patch("days", "d", {{"plan", Value("run")}});
             })) == "strategy_missing");
  device.increment("days", "d", "water", 1);
  const auto indexes = must(device.replica().queries().indexes());
  BOOST_REQUIRE(indexes.size() == 1U);
  BOOST_TEST(indexes.front().name == "by_water");
  BOOST_TEST(must(verify_store(device.store(), {}, {})).faults == 0U);
  // The app's own document, of before: it says nothing of what it does not know.
  device.reopen(fields(R"("water":{"merge":"counter"})", 1));
  const auto snapshot = must(device.store().snapshot());
  BOOST_TEST(std::string(must(snapshot->get(Keyspace::kMeta, "schema")).value()) == newer);
  // One that is given has to be known.
  BOOST_TEST(has(refused(device, fields(R"("plan":{"merge":"rga"})", 3)).message,
                 "collections.days.fields.plan.merge: \"rga\" is not a strategy"));
  BOOST_TEST(has(refused(device, fields(R"("plan":{})", 3)).message, "days.plan: rga becomes lww"));
}

BOOST_AUTO_TEST_CASE(a_comparison_names_what_differs_and_changes_nothing) {
  Device device(schema_of(R"("fields":{"water":{},"mood":{"merge":"set"}})"));
  const auto comparison = must(compare_schema(
      device.store(),
      schema_of(R"("fields":{"water":{"merge":"counter","type":"integer"},"best":{"merge":"max"}},
                   "indexes":{"by":{"fields":["best","water"]}},"delete":"edit_revives")",
                2)));
  const std::vector<SchemaDifference> expected{
      {"days", "best", SchemaPart::kField, "", "max", false},
      {"days", "mood", SchemaPart::kField, "set", "", false},
      {"days", "water", SchemaPart::kField, "lww", "counter", true},
      {"days", "water", SchemaPart::kType, "", "integer", false},
      {"days", "", SchemaPart::kDelete, "edit_loses", "edit_revives", false},
      {"days", "by", SchemaPart::kIndex, "", "best, water", false}};
  BOOST_CHECK(comparison.differences == expected);
  BOOST_TEST(comparison.needs_migration());
  BOOST_TEST(!comparison.is_older);
  BOOST_TEST(must(compare_schema(device.store(), fields("", 1))).before->version == 1U);
  BOOST_TEST(device.replica().schema().id()->version == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
