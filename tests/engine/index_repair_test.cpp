#include <boost/test/unit_test.hpp>

#include "query/index_list.hpp"
#include "tests/engine/support/queries.hpp"
#include "tests/engine/support/repairs.hpp"

// Indexes of a damaged store: the fault is told, and the app builds them anew.

namespace syncline::test {
namespace {

constexpr const char* kSchema = R"({"name": "food", "version": 1, "collections": {
  "meals": {"fields": {"kcal": {}}, "indexes": {"by_kcal": {"fields": ["kcal"]}}}}})";

constexpr const char* kTwoIndexes = R"({"name": "food", "version": 2, "collections": {
  "meals": {"fields": {"kcal": {}}, "indexes": {
    "by_kcal": {"fields": ["kcal"]}, "by_kind": {"fields": ["kind"]}}}}})";

struct IndexedFixture {
  Device device{kSchema};
  const Query by_kcal{"meals", "by_kcal"};

  IndexedFixture() {
    device.put("meals", "lunch", {{"kcal", Value(300)}});
    device.put("meals", "snack", {{"kcal", Value(100)}});
    device.put("meals", "dinner", {{"kcal", Value(600)}});
    BOOST_TEST(faults_of(device.store()) == 0U);
  }

  void change(const StoreBatch& batch) { must(device.store().commit(batch)); }
  std::string first_key() { return entries_of(device.store(), Keyspace::kIndexes).front().first; }

  std::string kinds() {
    std::string text;
    must(verify_store(device.store(), [&text](const StoreFault& fault) {
      text += (text.empty() ? "" : " ") + std::string(fault_kind_name(fault.kind)) + ":" +
              std::string(keyspace_name(fault.keyspace));
    }));
    return text;
  }

  void repair_and_check(const std::string& told) {
    BOOST_TEST(repair(device.store()).kinds() == told);
    BOOST_TEST(kinds().empty());
    device.reopen();
    BOOST_TEST(query_code(device, by_kcal) == "index_not_built");
    BOOST_TEST(must(device.replica().queries().build()));
    BOOST_TEST(ids_of(device, by_kcal) == (Ids{"snack", "lunch", "dinner"}));
    BOOST_TEST(kinds().empty());
    device.check_fold();
  }
};

BOOST_FIXTURE_TEST_SUITE(repair_of_indexes, IndexedFixture)

BOOST_AUTO_TEST_CASE(an_entry_that_is_missing_is_told_and_repaired) {
  StoreBatch batch;
  batch.erase(Keyspace::kIndexes, first_key());
  change(batch);
  BOOST_TEST(kinds() == "index_amiss:indexes");
  repair_and_check("rebuilt");
}

BOOST_AUTO_TEST_CASE(an_index_with_many_faults_is_told_once_and_does_not_hide_another) {
  device.reopen(kTwoIndexes);
  BOOST_TEST(must(device.replica().queries().build()));
  device.put("meals", "late", {{"kcal", Value(50)}, {"kind", Value("snack")}});
  StoreBatch batch;
  for (const auto& [key, value] : entries_of(device.store(), Keyspace::kIndexes))
    batch.put(Keyspace::kIndexes, key + "x", value);
  change(batch);
  BOOST_TEST(kinds() == "index_amiss:indexes index_amiss:indexes");
  BOOST_TEST(code_of(device.replication().verify()) == "store_corrupt");
  BOOST_TEST(repair(device.store()).kinds() == "rebuilt rebuilt");
  BOOST_TEST(kinds().empty());
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_no_place_is_told_and_repaired) {
  StoreBatch batch;
  batch.put(Keyspace::kIndexes, first_key() + "x", std::string(1, '\0'));
  change(batch);
  BOOST_TEST(kinds() == "index_amiss:indexes");
  repair_and_check("rebuilt");
}

BOOST_AUTO_TEST_CASE(an_entry_of_another_form_is_told_and_repaired) {
  StoreBatch batch;
  batch.put(Keyspace::kIndexes, first_key(), "garbage");
  batch.put(Keyspace::kIndexes, "x", std::string(1, '\0'));
  change(batch);
  BOOST_TEST(kinds() == "malformed:indexes malformed:indexes");
  repair_and_check("rebuilt rebuilt");
}

BOOST_AUTO_TEST_CASE(a_list_of_indexes_of_another_form_is_told_and_repaired) {
  StoreBatch batch;
  batch.put(Keyspace::kMeta, std::string(query::kIndexesName), "garbage");
  change(batch);
  BOOST_TEST(kinds() == "malformed:meta");
  repair_and_check("rebuilt");
}

BOOST_AUTO_TEST_CASE(indexes_are_built_anew_where_a_slot_was_repaired) {
  const auto slot = entries_of(device.store(), Keyspace::kSlots).front();
  StoreBatch batch;
  batch.put(Keyspace::kSlots, slot.first, "garbage");
  change(batch);
  BOOST_TEST(kinds() == "malformed:slots");
  repair_and_check("rebuilt");
}

BOOST_AUTO_TEST_CASE(regression_a_repaired_store_can_be_opened_for_reading_only) {
  StoreBatch batch;
  batch.erase(Keyspace::kIndexes, first_key());
  change(batch);
  repair(device.store());
  device.store().open_for_reading_only(true);
  device.reopen(std::nullopt);
  BOOST_TEST(device.read("meals", "snack") == R"({"kcal":100})");
  BOOST_TEST(query_code(device, by_kcal) == "index_not_built");
  device.store().open_for_reading_only(false);
  device.reopen();
  BOOST_TEST(must(device.replica().queries().build()));
  BOOST_TEST(ids_of(device, by_kcal) == (Ids{"snack", "lunch", "dinner"}));
}

BOOST_AUTO_TEST_CASE(regression_a_record_with_many_places_is_not_read_once_for_each) {
  const auto moves_of = [](std::int64_t items) {
    Device tagged(R"({"name": "t", "version": 1, "collections": {"c": {
      "fields": {"tags": {"merge": "set"}}, "indexes": {"by_tag": {"fields": ["tags"]}}}}})");
    std::vector<Value> tags;
    for (std::int64_t i = 0; i < items; ++i) tags.emplace_back(i);
    tagged.write([&](Transaction& t) { return t.add("c", "r", "tags", tags); });
    const std::uint64_t before = tagged.store().moves();
    BOOST_TEST(faults_of(tagged.store()) == 0U);
    return tagged.store().moves() - before;
  };
  const std::uint64_t few = moves_of(100);
  BOOST_TEST(few > 100U);
  BOOST_TEST(moves_of(400) < 5 * few);
}

BOOST_AUTO_TEST_CASE(no_number_of_an_index_is_given_twice) {
  const auto number_of = [this] {
    const auto snapshot = must(device.store().snapshot());
    const auto stored = must(snapshot->get(Keyspace::kMeta, query::kIndexesName));
    return must(query::decode_indexes(*stored)).indexes.front().number;
  };
  const auto before = number_of();
  StoreBatch batch;
  batch.put(Keyspace::kMeta, std::string(query::kIndexesName), "garbage");
  change(batch);
  repair_and_check("rebuilt");
  BOOST_TEST(number_of() > before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
