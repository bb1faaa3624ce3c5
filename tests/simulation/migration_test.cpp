#include <boost/test/unit_test.hpp>

#include "carried_meaning.hpp"
#include "invariants.hpp"
#include "process_store.hpp"
#include "schema_family.hpp"
#include "schema_rules.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/schema_change.hpp"
#include "syncline/simulation/simulation.hpp"
#include "syncline/slot.hpp"

namespace syncline::test {
namespace {

using namespace simulation;  // NOLINT(google-build-using-namespace)

Schema schema_with(const std::string& fields, int version = 1) {
  return *Schema::parse(R"({"name":"m","version":)" + std::to_string(version) +
                        R"(,"collections":{"c":{"fields":{)" + fields + "}}}}");
}

Stamp at(std::int64_t ms) { return {HybridTime(ms), static_cast<ReplicaId>(1)}; }

std::string slot_of(const std::string& field, const std::string& element) {
  return SlotKey::make("c", "r", field, element)->bytes();
}

BOOST_AUTO_TEST_SUITE(migrations)

BOOST_AUTO_TEST_CASE(the_family_changes_every_field_that_it_names) {
  for (const bool little : {false, true}) {
    const auto& family = schema_family(little);
    BOOST_REQUIRE(family.size() == 5U);
    const Schema first = *Schema::parse(family.front().front());
    for (std::size_t i = 1; i < family.size(); ++i) {
      const Schema other = *Schema::parse(family[i].front());
      BOOST_TEST(changes_rules({}, first, other));
      BOOST_TEST(first.id()->version == other.id()->version);
      for (const std::string& version : family[i]) BOOST_TEST(*place_in(family, version) == i);
      // A newer version of the same app is no migration.
      BOOST_TEST(!changes_rules({}, *Schema::parse(family[i].back()), other));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_carried_over_with_the_stamp_that_it_has) {
  const Slots slots{{slot_of("f", ""), {at(5), *encode_value(Value(7))}}};
  const auto carried = carried_meaning(slots, {}, schema_with(R"("f":{})"),
                                       schema_with(R"("f":{"merge":"counter"})", 2));
  BOOST_REQUIRE(carried.registers.size() == 1U);
  const auto& [slot, written] = *carried.registers.begin();
  BOOST_TEST((written.stamp == at(5)));
  BOOST_TEST(value_to_json(*decode_value(written.value)) == "[7,0]");
  BOOST_TEST(split_slot_key(slot)->element.substr(0, 8) == std::string(8, '\xFF'));
}

BOOST_AUTO_TEST_CASE(a_former_rule_that_comes_back_reads_what_it_had) {
  SchemaAccount account;
  const Schema counter = schema_with(R"("f":{"merge":"counter"})", 1);
  const Schema lww = schema_with(R"("f":{})", 2);
  note_former(account, counter, lww);
  BOOST_TEST(account.former.at({"c", "f"}).front() == "counter");
  Slots slots{{slot_of("f", std::string(8, '\1') + std::string(16, '\0')),
               {at(5), *encode_value(Value(Value::Array{Value(3), Value(0)}))}},
              {slot_of("f", ""), {at(5), *encode_value(Value(3))}}};
  BOOST_TEST(carried_meaning(slots, account, lww, counter).registers.empty());
  slots.at(slot_of("f", "")) = {at(6), *encode_value(Value(10))};
  const auto carried = carried_meaning(slots, account, lww, counter);
  BOOST_REQUIRE(carried.registers.size() == 1U);
  BOOST_TEST(value_to_json(*decode_value(carried.registers.begin()->second.value)) == "[7,0]");
}

BOOST_AUTO_TEST_CASE(a_register_that_a_migration_did_not_have_to_write_is_found) {
  DeviceAccount account;
  account.schema.unread =
      CarriedOver{{{slot_of("f", ""), {at(5), *encode_value(Value(1))}}}, {}, {}};
  account.schema.is_whole = true;
  const Op other{*SlotKey::make("c", "r", "g", ""), at(5), *encode_value(Value(1))};
  BOOST_TEST(invariants::a_migration_writes_what_the_rules_say(account, other).has_value());
  const Op later{*SlotKey::make("c", "r", "f", ""), at(6), *encode_value(Value(1))};
  BOOST_TEST(invariants::a_migration_writes_what_the_rules_say(account, later).has_value());
  BOOST_TEST(invariants::a_migration_carries_over_everything(account).has_value());
  const Op expected{*SlotKey::make("c", "r", "f", ""), at(5), *encode_value(Value(1))};
  BOOST_TEST(!invariants::a_migration_writes_what_the_rules_say(account, expected).has_value());
  BOOST_TEST(!invariants::a_migration_carries_over_everything(account).has_value());
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_gone_after_a_migration_is_found) {
  const auto before = make_memory_store();
  const auto after = make_memory_store();
  StoreBatch batch;
  batch.put(Keyspace::kSlots, slot_of("f", ""), "held");
  BOOST_REQUIRE(before->commit(batch).has_value());
  BOOST_TEST(invariants::a_migration_takes_nothing_away(*before, *after, {}).has_value());
  BOOST_TEST(
      !invariants::a_migration_takes_nothing_away(*before, *copy_of(*before), {}).has_value());
}

BOOST_AUTO_TEST_CASE(an_older_document_does_not_come_into_force) {
  const auto& family = schema_family(false);
  SchemaAccount account;
  account.document = family.front().front();
  const Schema newer = *Schema::parse(family.front().front());
  const Schema older = *Schema::parse(family.front().back());
  const auto in_force = [&](const Schema& opened) {
    return invariants::the_newer_schema_is_in_force(account, family.front().back(), opened);
  };
  BOOST_TEST(!in_force(newer).has_value());
  BOOST_TEST(in_force(older).has_value());
}

BOOST_AUTO_TEST_CASE(worlds_whose_devices_are_migrated_all_the_time_hold) {
  Options options;
  options.rates.set(Fault::kSchemaMigrated, 300);
  const Report report = run_seeds(options, {.seeds = 60, .jobs = 2});
  BOOST_TEST(report.failed == 0U);
  for (const Failure& failure : report.failures)
    BOOST_TEST_MESSAGE(failure.invariant << ": " << failure.what);
  BOOST_TEST(report.faults.of(Fault::kSchemaMigrated) > 200U);
}

BOOST_AUTO_TEST_CASE(an_app_with_schemas_of_its_own_is_not_migrated) {
  Options options;
  options.schemas = {built_in_schemas().front()};
  options.rates.set(Fault::kSchemaMigrated, 300);
  BOOST_TEST(run_seeds(options, {.seeds = 4}).faults.of(Fault::kSchemaMigrated) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
