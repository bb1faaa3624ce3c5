#include <boost/test/unit_test.hpp>

#include "merge/record_slots.hpp"
#include "strategy/tag.hpp"
#include "tests/engine/support/device.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// list through the facade.

namespace syncline::test {
namespace {

const std::string kSchema = R"({"name":"health","version":1,"collections":{
  "meals":{"fields":{"steps":{"merge":"list","type":"string"},"name":{}}}}})";

Value strings(std::initializer_list<const char*> texts) {
  Value::Array items;
  for (const char* text : texts) items.emplace_back(text);
  return Value(std::move(items));
}

std::string code_when(Device& device, const Replica::Body& body) {
  return code_of(device.replica().write(body));
}

BOOST_AUTO_TEST_SUITE(lists)

BOOST_AUTO_TEST_CASE(a_list_is_changed_by_indexes) {
  Device device(kSchema);
  device.write([](Transaction& t) -> Result<void> {
    must(t.insert("meals", "soup", "steps", 0, {Value("cut"), Value("eat")}));
    must(t.insert("meals", "soup", "steps", 1, {Value("cook"), Value("wait")}));
    must(t.add("meals", "soup", "steps", {Value("rest")}));
    must(t.move("meals", "soup", "steps", 4, 0));
    must(t.put_at("meals", "soup", "steps", 1, Value("cut leek")));
    return t.remove_at("meals", "soup", "steps", 3);
  });
  BOOST_TEST(device.read("meals", "soup") == R"({"steps":["rest","cut leek","cook","eat"]})");
  device.check_fold();
  device.reopen();
  BOOST_TEST(device.read("meals", "soup") == R"({"steps":["rest","cut leek","cook","eat"]})");
}

BOOST_AUTO_TEST_CASE(an_index_beyond_the_list_is_refused_and_changes_nothing) {
  Device device(kSchema);
  device.put("meals", "soup", {{"steps", strings({"a", "b"})}});
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.insert("meals", "soup", "steps", 3, {Value("x")});
             }) == "invalid_argument");
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.move("meals", "soup", "steps", 2, 0);
             }) == "invalid_argument");
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.put_at("meals", "soup", "steps", 2, Value("x"));
             }) == "invalid_argument");
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.remove_at("meals", "soup", "steps", 1, static_cast<std::size_t>(-1));
             }) == "invalid_argument");
  BOOST_TEST(device.read("meals", "soup") == R"({"steps":["a","b"]})");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_field_and_the_length_of_the_list) {
  Device device(kSchema);
  device.put("meals", "soup", {{"steps", strings({"a", "b"})}});
  const auto done = device.replica().write(
      [](Transaction& t) { return t.put_at("meals", "soup", "steps", 7, Value("x")); });
  BOOST_TEST(message_of(done) == "field steps: the index 7 is beyond the list, which has 2 items");
}

BOOST_AUTO_TEST_CASE(an_item_of_another_type_is_refused) {
  Device device(kSchema);
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.insert("meals", "soup", "steps", 0, {Value("x"), Value(1)});
             }) == "type_mismatch");
  BOOST_TEST(device.read("meals", "soup") == "absent");
}

BOOST_AUTO_TEST_CASE(a_field_that_is_no_list_has_no_indexes) {
  Device device(kSchema);
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.insert("meals", "soup", "name", 0, {Value("x")});
             }) == "wrong_strategy");
  BOOST_TEST(code_when(device, [](Transaction& t) {
               return t.remove("meals", "soup", "steps", {Value("x")});
             }) == "wrong_strategy");
}

BOOST_AUTO_TEST_CASE(a_removal_from_a_record_that_does_not_exist_does_not_make_it) {
  Device device(kSchema);
  device.write([](Transaction& t) { return t.remove_at("meals", "soup", "steps", 0, 0); });
  BOOST_TEST(device.read("meals", "soup") == "absent");
}

BOOST_AUTO_TEST_CASE(a_put_of_the_list_that_is_there_writes_nothing) {
  Device device(kSchema);
  device.put("meals", "soup", {{"steps", strings({"a", "b", "a"})}});
  const auto before = log_of(device).size();
  device.patch("meals", "soup", {{"steps", strings({"a", "b", "a"})}});
  BOOST_TEST(log_of(device).size() == before);
}

BOOST_AUTO_TEST_CASE(a_deep_list_resolves_without_recursion) {
  Device device(kSchema);
  constexpr int kItems = 60'000;
  std::vector<Value> items(kItems, Value("x"));
  device.write([&](Transaction& t) { return t.insert("meals", "soup", "steps", 0, items); });
  const auto record = must(device.replica().get("meals", "soup"));
  BOOST_TEST(record->fields.at("steps").if_array()->size() == items.size());
}

// Every one of them would have had all others hang from it.
BOOST_AUTO_TEST_CASE(regression_many_places_of_one_id_are_each_walked_once) {
  constexpr std::size_t kPlaces = 50'000;
  const Schema schema = must(Schema::parse(kSchema));
  const std::string id = strategy::tag_of(stamp_at(1), 0);
  merge::RecordSlots record;
  record.load("", kLiveElement, {stamp_at(1), must(encode_value(Value(true)))});
  const std::string item = must(encode_value(Value("x")));
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::string moved = strategy::tag_of(stamp_at(2), i);
    record.load("steps", id + '\x01' + id + moved, {stamp_at(2), item});
  }
  record.load("steps", id + '\x01' + id, {stamp_at(2), item});
  const auto fields = record.resolve(schema.collection("meals"));
  BOOST_TEST((fields->at("steps") == strings({"x"})));
}

BOOST_AUTO_TEST_CASE(more_items_than_a_mutation_can_number_are_refused) {
  Device device(kSchema);
  const std::vector<Value> items(65'537, Value("x"));
  BOOST_TEST(code_when(device, [&](Transaction& t) {
               return t.insert("meals", "soup", "steps", 0, items);
             }) == "transaction_too_large");
  BOOST_TEST(code_when(device, [&](Transaction& t) {
               return t.patch("meals", "soup", {{"steps", Value(items)}});
             }) == "transaction_too_large");
  BOOST_TEST(device.read("meals", "soup") == "absent");
}

BOOST_AUTO_TEST_CASE(
    a_list_that_was_stamped_in_the_future_keeps_its_order_when_it_is_stamped_anew) {
  Device device(kSchema);
  TinyServer server;
  device.wall().advance(3'600'000);
  device.put("meals", "soup", {{"steps", strings({"a", "b", "c"})}});
  device.write([](Transaction& t) { return t.move("meals", "soup", "steps", 0, 2); });
  device.write([](Transaction& t) { return t.move("meals", "soup", "steps", 2, 1); });
  server.round(device);
  device.wall().set(kPresentMs);
  for (int i = 0; i < 3; ++i) server.round(device);
  BOOST_TEST(device.read("meals", "soup") == R"({"steps":["b","a","c"]})");
  device.write([](Transaction& t) { return t.insert("meals", "soup", "steps", 1, {Value("n")}); });
  BOOST_TEST(device.read("meals", "soup") == R"({"steps":["b","n","a","c"]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
