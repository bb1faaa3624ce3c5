#include "query/index_list.hpp"

#include <boost/test/unit_test.hpp>

#include "query/index_key.hpp"
#include "tests/engine/support/queries.hpp"

// Which indexes a database has, and what becomes of those that its schema no longer declares.

namespace syncline::test {
namespace {

std::string schema_of(const std::string& fields, const std::string& indexes) {
  return R"({"name": "n", "version": 1, "collections": {"c": {"fields": {)" + fields +
         R"(}, "indexes": {)" + indexes + "}}}}";
}
std::string by_a() { return schema_of("", R"("by_a": {"fields": ["a"]})"); }

std::uint64_t entry_count(Device& device) {
  return must(must(device.store().snapshot())->count(Keyspace::kIndexes));
}

bool has_list(Device& device) {
  return must(must(device.store().snapshot())->get(Keyspace::kMeta, query::kIndexesName))
      .has_value();
}

void build(Device& device) { BOOST_TEST(must(device.replica().queries().build())); }

BOOST_AUTO_TEST_SUITE(index_list)

BOOST_AUTO_TEST_CASE(a_list_reads_back_as_it_was_written) {
  query::IndexList list;
  list.next = 7;
  const std::string digest(32, 'd');
  list.indexes.push_back({2, IndexState::kBuilding, "c", "by_a", digest, "r5", {}});
  list.indexes.push_back({6, IndexState::kRemoving, "c", "by_b", digest, "", {}});
  const std::string bytes = query::encode_indexes(list);
  const auto read = must(query::decode_indexes(bytes));
  BOOST_TEST(query::encode_indexes(read) == bytes);
  BOOST_TEST(read.indexes.at(0).position == "r5");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(code_of(query::decode_indexes(bytes.substr(0, size))) == "store_corrupt");
  BOOST_TEST(code_of(query::decode_indexes(bytes + "x")) == "store_corrupt");
}

BOOST_AUTO_TEST_CASE(numbers_that_do_not_ascend_or_are_not_given_yet_are_damage) {
  query::IndexList list;
  const std::string digest(32, 'd');
  list.next = 3;
  list.indexes.push_back({3, IndexState::kBuilt, "c", "by_a", digest, "", {}});
  BOOST_TEST(code_of(query::decode_indexes(query::encode_indexes(list))) == "store_corrupt");
  list.indexes[0].number = 0;
  BOOST_TEST(code_of(query::decode_indexes(query::encode_indexes(list))) == "store_corrupt");
  list.indexes[0].number = 2;
  list.indexes.push_back(list.indexes[0]);
  BOOST_TEST(code_of(query::decode_indexes(query::encode_indexes(list))) == "store_corrupt");
}

BOOST_AUTO_TEST_CASE(without_an_index_nothing_is_stored_for_one) {
  Device device(schema_of("", ""));
  device.patch("c", "r", {{"a", Value(1)}});
  BOOST_TEST(entry_count(device) == 0U);
  BOOST_TEST(!has_list(device));
}

BOOST_AUTO_TEST_CASE(an_index_of_an_empty_collection_is_built_from_the_start) {
  Device device(by_a());
  BOOST_TEST(states_of(device) == "c.by_a built\n");
  device.patch("c", "r", {{"a", Value(1)}});
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == Ids{"r"});
}

BOOST_AUTO_TEST_CASE(an_index_of_a_full_collection_has_to_be_built) {
  Device device(schema_of("", ""));
  device.patch("c", "r", {{"a", Value(1)}});
  device.reopen(by_a());
  BOOST_TEST(states_of(device) == "c.by_a building\n");
  BOOST_TEST(query_code(device, {"c", "by_a"}) == "index_not_built");
  build(device);
  BOOST_TEST(ids_of(device, {"c", "by_a"}) == Ids{"r"});
  BOOST_TEST(states_of(device) == "c.by_a built\n");
}

BOOST_AUTO_TEST_CASE(a_declaration_that_is_gone_takes_its_entries_with_it) {
  Device device(by_a());
  device.patch("c", "r", {{"a", Value(1)}});
  device.reopen(schema_of("", ""));
  BOOST_TEST(states_of(device) == "c.by_a removing\n");
  BOOST_TEST(query_code(device, {"c", "by_a"}) == "not_found");
  // What is no longer kept does no harm.
  device.patch("c", "r", {{"a", Value(2)}});
  device.check_fold();
  BOOST_TEST(entry_count(device) == 1U);
  build(device);
  BOOST_TEST(entry_count(device) == 0U);
  BOOST_TEST(states_of(device).empty());
}

BOOST_AUTO_TEST_CASE(an_index_that_comes_back_before_it_was_removed_is_built_anew) {
  Device device(by_a());
  device.patch("c", "r", {{"a", Value(1)}});
  device.reopen(schema_of("", ""));
  device.patch("c", "r", {{"a", Value(2)}});
  device.reopen(by_a());
  BOOST_TEST(states_of(device) == "c.by_a removing\nc.by_a building\n");
  build(device);
  BOOST_TEST(states_of(device) == "c.by_a built\n");
  Query two{"c", "by_a"};
  two.equal = {Value(2)};
  BOOST_TEST(ids_of(device, two) == Ids{"r"});
  BOOST_TEST(entry_count(device) == 1U);
}

BOOST_AUTO_TEST_CASE(whatever_decides_what_entries_hold_makes_it_another_index) {
  const std::vector<std::string> schemas{
      by_a(), schema_of("", R"("by_a": {"fields": ["b"]})"),
      schema_of("", R"("by_a": {"fields": ["a", "b"]})"),
      schema_of(R"("a": {"merge": "counter"})", R"("by_a": {"fields": ["a"]})"),
      R"({"name": "n", "version": 1, "collections": {"c": {
          "groups": {"g": {"fields": ["a", "b"]}}, "indexes": {"by_a": {"fields": ["a"]}}}}})"};
  for (const std::string& from : schemas) {
    Device device(from);
    device.write([](Transaction& t) { return t.put("c", "r", {}); });
    for (const std::string& to : schemas) {
      device.migrate(to);
      BOOST_TEST((query_code(device, {"c", "by_a"}) == "none") == (from == to));
      device.migrate(from);
      build(device);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_decides_nothing_of_an_index_leaves_it) {
  Device device(by_a());
  device.patch("c", "r", {{"a", Value(1)}});
  device.reopen(schema_of(R"("a": {"type": "integer"}, "b": {"merge": "counter"})",
                          R"("by_a": {"fields": ["a"]})"));
  BOOST_TEST(states_of(device) == "c.by_a built\n");
}

BOOST_AUTO_TEST_CASE(opening_again_with_the_same_schema_writes_nothing) {
  Device device(by_a());
  const int commits = device.store().commits();
  device.reopen();
  BOOST_TEST(device.store().commits() == commits);
}

BOOST_AUTO_TEST_CASE(a_check_finds_an_entry_that_is_missing_wrong_or_of_nothing) {
  Device device(by_a());
  device.patch("c", "r", {{"a", Value(1)}});
  const auto key = [&] {
    const auto snapshot = must(device.store().snapshot());
    const auto cursor = must(snapshot->cursor(Keyspace::kIndexes));
    BOOST_REQUIRE(must(cursor->seek({})));
    return std::string(cursor->key());
  }();
  const auto change = [&](const std::string& changed, const std::string& value) {
    StoreBatch batch;
    if (value.empty()) batch.erase(Keyspace::kIndexes, changed);
    if (!value.empty()) batch.put(Keyspace::kIndexes, changed, value);
    must(device.store().commit(batch));
    const auto verified = device.replication().verify();
    BOOST_TEST(code_of(verified) == "store_corrupt");
    StoreBatch back;
    back.erase(Keyspace::kIndexes, changed);
    back.put(Keyspace::kIndexes, key, std::string(1, '\0'));
    must(device.store().commit(back));
    device.check_fold();
    return message_of(verified);
  };
  BOOST_TEST(change(key, "") == "the index c.by_a lacks an entry of the record r");
  BOOST_TEST(change(key, "\x01") == "the index c.by_a lacks an entry of the record r");
  BOOST_TEST(change(key + "s", std::string(1, '\0')) ==
             "the index c.by_a has an entry that is none of the record rs");
  std::string of_no_index = key;
  of_no_index[3] = '\x09';
  BOOST_TEST(!change(of_no_index, std::string(1, '\0')).empty());
}

BOOST_AUTO_TEST_CASE(a_query_over_an_entry_of_no_record_is_damage) {
  Device device(by_a());
  device.patch("c", "r", {{"a", Value(1)}});
  StoreBatch batch;
  std::string key;
  query::append_index_number(key, 1);
  const Value value(7);
  query::append_component(key, &value, query::component_room(1));
  batch.put(Keyspace::kIndexes, key + "gone", std::string(1, '\0'));
  must(device.store().commit(batch));
  BOOST_TEST(query_code(device, {"c", "by_a"}) == "store_corrupt");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
