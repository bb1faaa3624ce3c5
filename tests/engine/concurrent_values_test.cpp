#include <boost/test/unit_test.hpp>

#include "tests/engine/support/device.hpp"
#include "tests/engine/support/sync.hpp"

// multi and merge_text through the facade.

namespace syncline::test {
namespace {

const std::string kSchema = R"({"name":"health","version":1,"collections":{
  "days":{"fields":{"dose":{"merge":"multi","type":"integer"},"notes":{"merge":"merge_text"},
                    "mood":{}}}}})";

// Two devices that put without having seen each other, and then exchange.
struct Pair {
  Pair() {
    left.patch("days", "1", {{"dose", Value(1)}, {"notes", Value("slept well")}});
    right.wall().advance(1);
    right.patch("days", "1", {{"dose", Value(2)}, {"notes", Value("a walk")}});
    exchange();
  }
  void exchange() {
    for (int i = 0; i < 4; ++i) {
      server.round(left);
      server.round(right);
    }
  }

  Device left{kSchema, 1};
  Device right{kSchema, 2};
  TinyServer server;
};

BOOST_AUTO_TEST_SUITE(concurrent_values)

BOOST_AUTO_TEST_CASE(concurrent_values_are_all_read_on_every_device) {
  Pair pair;
  BOOST_TEST(pair.left.read("days", "1") == R"({"dose":[1,2],"notes":"slept well\n\na walk"})");
  BOOST_TEST(pair.right.read("days", "1") == pair.left.read("days", "1"));
}

BOOST_AUTO_TEST_CASE(one_put_resolves_a_conflict) {
  Pair pair;
  pair.right.patch("days", "1", {{"dose", Value(2)}, {"notes", Value("slept and walked")}});
  pair.exchange();
  BOOST_TEST(pair.left.read("days", "1") == R"({"dose":[2],"notes":"slept and walked"})");
}

BOOST_AUTO_TEST_CASE(a_record_that_is_read_and_put_back_keeps_its_conflicts) {
  Pair pair;
  auto record = *must(pair.left.replica().get("days", "1"));
  record.fields.insert_or_assign("mood", Value("good"));
  pair.left.put("days", "1", record.fields);
  pair.right.wall().advance(1);
  pair.right.patch("days", "1", {{"dose", Value(3)}});
  pair.exchange();
  BOOST_TEST(pair.left.read("days", "1") ==
             R"({"dose":[3],"mood":"good","notes":"slept well\n\na walk"})");
}

BOOST_AUTO_TEST_CASE(a_joined_text_that_is_longer_than_a_value_can_be_put_back) {
  Pair pair;
  pair.left.patch("days", "1", {{"notes", Value(std::string(40'000, 'l'))}});
  pair.right.wall().advance(1);
  pair.right.patch("days", "1", {{"notes", Value(std::string(40'000, 'r'))}});
  pair.exchange();
  const auto record = *must(pair.left.replica().get("days", "1"));
  BOOST_TEST(record.fields.at("notes").if_string()->size() == 80'002U);
  pair.left.put("days", "1", record.fields);
  BOOST_TEST(pair.left.state().pending_ops == 0U);
  const auto longer = pair.left.replica().write([&](Transaction& t) {
    return t.patch("days", "1", {{"notes", Value(std::string(80'003, 'x'))}});
  });
  BOOST_TEST(code_of(longer) == "value_too_large");
}

BOOST_AUTO_TEST_CASE(a_put_that_names_neither_clears_both) {
  Pair pair;
  pair.left.put("days", "1", {{"mood", Value("good")}});
  pair.exchange();
  BOOST_TEST(pair.right.read("days", "1") == R"({"mood":"good"})");
}

BOOST_AUTO_TEST_CASE(what_was_written_under_lww_is_read_when_the_schema_changes) {
  Device device;
  device.patch("days", "1", {{"notes", Value("as it was")}, {"dose", Value(1)}});
  device.reopen(kSchema);
  BOOST_TEST(device.read("days", "1") == R"({"dose":[1],"notes":"as it was"})");
  device.patch("days", "1", {{"notes", Value("new")}, {"dose", Value(2)}});
  BOOST_TEST(device.read("days", "1") == R"({"dose":[2],"notes":"new"})");
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused_and_named) {
  Device device(kSchema);
  const auto refusal = [&](const Fields& fields) {
    const auto done =
        device.replica().write([&](Transaction& t) { return t.patch("days", "1", fields); });
    return code_of(done) + " " + message_of(done).substr(0, 11);
  };
  BOOST_TEST(refusal({{"dose", Value("two")}}) == "type_mismatch field dose:");
  BOOST_TEST(refusal({{"notes", Value(2)}}) == "type_mismatch field notes");
  BOOST_TEST(device.read("days", "1") == "absent");
}

BOOST_AUTO_TEST_CASE(more_values_than_a_mutation_can_number_are_refused) {
  Device device(kSchema);
  Value::Array values;
  for (int i = 0; i <= 65'536; ++i) values.emplace_back(i);
  const auto done = device.replica().write([&](Transaction& t) {
    return t.patch("days", "1", {{"dose", Value(values)}});
  });
  BOOST_TEST(code_of(done) == "transaction_too_large");
  values.pop_back();
  device.patch("days", "1", {{"dose", Value(values)}});
  const auto record = must(device.replica().get("days", "1"));
  BOOST_TEST((record->fields.at("dose") == Value(values)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
