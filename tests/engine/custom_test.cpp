#include <boost/test/unit_test.hpp>

#include "examples/strategy/longest_text.hpp"
#include "tests/engine/support/scripted_strategy.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// Strategies that the app brings, and those that it does not.

namespace syncline::test {
namespace {

const std::string kSchema = R"({"name":"recipes","version":1,"collections":{
  "recipes":{"fields":{"method":{"merge":"custom:longest_text","type":"string"},"name":{}}}}})";

Strategies longest() { return strategies_of("longest_text", longest_text::make()); }

Result<void> put_method(Device& device, const Value& value) {
  return device.replica().write([&](Transaction& t) {
    return t.patch("recipes", "soup", {{"method", value}});
  });
}

// Two devices that wrote without having seen each other.
struct Pair {
  Pair() {
    left.reopen(longest());
    right.reopen(longest());
    left.put("recipes", "soup", {{"method", Value("cook it")}, {"name", Value("soup")}});
    right.wall().advance(1);
    right.patch("recipes", "soup", {{"method", Value("cook it slowly")}});
    right.wall().advance(1);
    right.patch("recipes", "soup", {{"method", Value("cook it for an hour")}});
  }
  void exchange(Device& a, Device& b) {
    for (int i = 0; i < 4; ++i) {
      server.round(a);
      server.round(b);
    }
  }

  Device left{kSchema, 1};
  Device right{kSchema, 2};
  TinyServer server;
};

BOOST_AUTO_TEST_SUITE(custom_strategies)

BOOST_AUTO_TEST_CASE(devices_that_share_a_strategy_read_what_it_makes_of_both) {
  Pair pair;
  pair.exchange(pair.left, pair.right);
  const std::string expected = R"({"method":"cook it for an hour","name":"soup"})";
  BOOST_TEST(pair.left.read("recipes", "soup") == expected);
  BOOST_TEST(pair.right.read("recipes", "soup") == expected);
  // A short text that has seen them replaces them.
  pair.left.wall().advance(9);
  must(put_method(pair.left, Value("cook")));
  pair.exchange(pair.left, pair.right);
  BOOST_TEST(pair.right.read("recipes", "soup") == R"({"method":"cook","name":"soup"})");
  pair.left.put("recipes", "soup", {{"name", Value("stew")}});
  pair.exchange(pair.left, pair.right);
  BOOST_TEST(pair.right.read("recipes", "soup") == R"({"name":"stew"})");
  BOOST_TEST((slots_of(pair.left.store()) == slots_of(pair.right.store())));
  pair.left.check_fold();
}

BOOST_AUTO_TEST_CASE(an_error_of_the_strategy_names_the_field) {
  Device device(kSchema);
  device.reopen(longest());
  const auto done = put_method(device, Value(1));
  BOOST_TEST(code_of(done) == "type_mismatch");
  BOOST_TEST(message_of(done) == "field method: only texts are put");
  BOOST_TEST(code_of(device.replica().write([](Transaction& t) {
               return t.increment("recipes", "soup", "method", 1);
             })) == "wrong_strategy");
  BOOST_TEST(device.read("recipes", "soup") == "absent");
}

BOOST_AUTO_TEST_CASE(an_app_without_the_strategy_reads_the_slots_as_they_are_and_syncs_on) {
  Pair pair;
  pair.exchange(pair.left, pair.right);
  Device third(kSchema, 3);
  pair.exchange(third, pair.left);
  BOOST_TEST((slots_of(third.store()) == slots_of(pair.left.store())));
  const auto record = must(third.replica().get("recipes", "soup"));
  const auto& raw = *record->fields.at("method").if_object()->at("$slots").if_array();
  BOOST_REQUIRE_EQUAL(raw.size(), 3U);
  std::size_t tombstones = 0;
  const Slots held = slots_of(third.store());
  for (const Value& item : raw) {
    const auto& slot = *item.if_object();
    const auto key =
        must(SlotKey::make("recipes", "soup", "method", slot.at("element").if_bytes()->data));
    const Stamp stamp = decode_stamp(held.at(key.bytes()).substr(0, kStampBytes)).value();
    const std::string hex =
        to_hex(static_cast<ReplicaId>(stamp.time.packed())) + to_hex(stamp.replica);
    BOOST_TEST(*slot.at("stamp").if_string() == hex);
    if (!slot.contains("value")) ++tombstones;
  }
  BOOST_TEST(tombstones == 1U);
  // Other fields are written, and the strategy brings the value back.
  third.patch("recipes", "soup", {{"name", Value("stew")}});
  pair.exchange(third, pair.left);
  BOOST_TEST(pair.left.read("recipes", "soup") ==
             R"({"method":"cook it for an hour","name":"stew"})");
  third.reopen(longest());
  BOOST_TEST(third.read("recipes", "soup") == pair.left.read("recipes", "soup"));
}

BOOST_AUTO_TEST_CASE(an_app_without_the_strategy_does_not_write_by_it) {
  Pair pair;
  Device& device = pair.left;
  device.reopen(Strategies());
  const std::string before = device.read("recipes", "soup");
  const auto entries = log_of(device).size();
  const auto refusal = [&](const Replica::Body& body) {
    return code_of(device.replica().write(body));
  };
  const auto done = put_method(device, Value("boil"));
  BOOST_TEST(code_of(done) == "strategy_missing");
  BOOST_TEST(message_of(done) ==
             "field method: the strategy \"longest_text\" is not registered in this app");
  BOOST_TEST(refusal([](Transaction& t) { return t.clear("recipes", "soup", "method"); }) ==
             "strategy_missing");
  BOOST_TEST(refusal([](Transaction& t) { return t.put("recipes", "soup", {}); }) ==
             "strategy_missing");
  BOOST_TEST(log_of(device).size() == entries);
  BOOST_TEST(device.read("recipes", "soup") == before);
  BOOST_TEST(device.erase("recipes", "soup"));
}

BOOST_AUTO_TEST_CASE(raw_slots_that_are_put_elsewhere_read_the_same_once_the_strategy_is_there) {
  Pair pair;
  pair.exchange(pair.left, pair.right);
  pair.left.reopen(Strategies());
  const Value raw = must(pair.left.replica().get("recipes", "soup"))->fields.at("method");
  must(put_method(pair.left, raw));
  BOOST_TEST(pair.left.state().pending_ops == 0U);  // it is there already
  for (const bool registered : {false, true}) {
    Device elsewhere(kSchema, 7);
    if (registered) elsewhere.reopen(longest());
    must(put_method(elsewhere, raw));
    elsewhere.reopen(longest());
    BOOST_TEST(elsewhere.read("recipes", "soup") == R"({"method":"cook it for an hour"})");
  }
}

BOOST_AUTO_TEST_CASE(what_a_strategy_wrote_in_the_future_is_stamped_anew_and_reads_the_same) {
  Pair pair;
  Device& device = pair.left;
  device.wall().advance(3'600'000);
  must(put_method(device, Value("cook it, and wait")));
  for (int i = 0; i < 3; ++i) pair.server.round(device);
  device.wall().set(kPresentMs);
  BOOST_TEST(device.state().pending_ops == 0U);
  pair.exchange(device, pair.right);
  const std::string expected = R"({"method":"cook it for an hour","name":"soup"})";
  BOOST_TEST(device.read("recipes", "soup") == expected);
  BOOST_TEST(pair.right.read("recipes", "soup") == expected);
  BOOST_TEST((slots_of(device.store()) == slots_of(pair.right.store())));
  device.check_fold();
}

BOOST_AUTO_TEST_CASE(a_strategy_needs_a_name_of_its_own) {
  Strategies strategies;
  must(strategies.add("a", longest_text::make()));
  BOOST_TEST(code_of(strategies.add("a", longest_text::make())) == "invalid_argument");
  BOOST_TEST(code_of(strategies.add("b", nullptr)) == "invalid_argument");
  BOOST_TEST(code_of(strategies.add("", longest_text::make())) == "key_malformed");
  BOOST_TEST(code_of(strategies.add("a\n", longest_text::make())) == "key_malformed");
  BOOST_TEST(code_of(strategies.add(std::string(65, 'a'), longest_text::make())) == "key_too_long");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
