#include <functional>
#include <limits>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/scripted_strategy.hpp"
#include "tests/engine/support/sync.hpp"

// What holds an app's strategy to what a strategy may do.

namespace syncline::test {
namespace {

using strategy::SlotWrite;

const std::string kSchema = R"({"name":"recipes","version":1,"collections":{
  "recipes":{"fields":{"method":{"merge":"custom:scripted"}}}}})";

// The strategy of the schema, written by the test.
Strategies scripted(ScriptedStrategy::Write write, ScriptedStrategy::Resolve resolve) {
  return strategies_of("scripted",
                       std::make_shared<ScriptedStrategy>(std::move(write), std::move(resolve)));
}

Result<void> put_method(Device& device, const Value& value) {
  return device.replica().write([&](Transaction& t) {
    return t.patch("recipes", "soup", {{"method", value}});
  });
}

ScriptedStrategy::Writes writes(std::vector<SlotWrite> slots) { return slots; }

std::string encoded(const Value& value) { return must(encode_value(value)); }

BOOST_AUTO_TEST_SUITE(guarded_strategies)

BOOST_AUTO_TEST_CASE(a_strategy_that_does_what_none_may_writes_nothing) {
  const std::string one = encoded(Value(1));
  using Writes = ScriptedStrategy::Writes;
  using Write = std::function<Writes()>;
  struct Row {
    const char* code;
    const char* words;
    Write write;
  };
  const std::vector<Row> rows{
      {"strategy_failed", "threw: out of cream",
       []() -> Writes { throw std::runtime_error("out of cream"); }},
      {"strategy_failed", "threw what is no exception", []() -> Writes { throw 1; }},
      {"strategy_failed", "two values to one element",
       [&] {
         return writes({{"a", one}, {"b", one}, {"a", std::string(kTombstone)}});
       }},
      {"strategy_failed", "no value",
       [] {
         return writes({{"a", "cream"}});
       }},
      {"strategy_failed", "no value",
       [&] {
         return writes({{"a", one}, {"b", ""}});
       }},
      {"strategy_failed", "no value",
       [&] {
         return writes({{"a", one + one}});
       }},
      {"value_too_large", "",
       [] {
         return writes({{"a", "\x07\x80\x80\x04" + std::string(65'536, 'x')}});
       }},
      {"value_too_deep", "",
       [] {
         return writes({{"a", std::string(40, '\x08')}});
       }},
      {"key_too_long", "element",
       [&] {
         return writes({{std::string(241, 'e'), one}});
       }},
      {"transaction_too_large", "more than 100000 slots",
       [&] {
         std::vector<SlotWrite> many;
         for (int i = 0; i <= 100'000; ++i) many.push_back({std::to_string(i), one});
         return writes(std::move(many));
       }},
      {"counter_overflow", "the pot is full",
       [] { return Writes(fail(Code::kCounterOverflow, "the pot is full")); }}};
  for (const Row& row : rows) {
    Device device(kSchema);
    device.reopen(scripted([&](const auto&, auto, const auto&) { return row.write(); },
                           [](auto) { return std::nullopt; }));
    const auto done = put_method(device, Value("x"));
    BOOST_TEST_CONTEXT(row.code << " " << row.words) {
      BOOST_TEST(code_of(done) == row.code);
      BOOST_TEST(message_of(done).starts_with("field method: "));
      BOOST_TEST(message_of(done).find(row.words) != std::string::npos, message_of(done));
      BOOST_TEST(log_of(device).empty());
      BOOST_TEST(device.read("recipes", "soup") == "absent");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mutation_that_fails_takes_back_what_the_same_one_wrote) {
  Device device(kSchema);
  device.reopen(
      scripted([](const auto&, auto, const auto&) -> ScriptedStrategy::Writes { throw 1; },
               [](auto) { return std::nullopt; }));
  device.write([](Transaction& t) -> Result<void> {
    must(t.patch("recipes", "stew", {{"name", Value("stew")}}));
    BOOST_TEST(code_of(t.patch("recipes", "soup", {{"a", Value(1)}, {"method", Value(2)}})) ==
               "strategy_failed");
    BOOST_TEST(!must(t.get("recipes", "soup")).has_value());
    return {};
  });
  BOOST_TEST(device.read("recipes", "soup") == "absent");
  BOOST_TEST(device.read("recipes", "stew") == R"({"name":"stew"})");
}

BOOST_AUTO_TEST_CASE(what_a_strategy_cannot_read_is_read_as_raw_slots) {
  Value deep;
  for (int i = 0; i < 17; ++i) deep = Value(Value::Array{deep});
  const std::vector<ScriptedStrategy::Resolve> unreadable{
      [](auto) -> std::optional<Value> { throw std::runtime_error("out of cream"); },
      [](auto) -> std::optional<Value> { throw 1; },
      [](auto) { return Value(std::numeric_limits<double>::quiet_NaN()); },
      [](auto) { return Value("\xff"); }, [&](auto) { return deep; }};
  for (const auto& resolve : unreadable) {
    Device device(kSchema);
    device.reopen(scripted(
        [](const auto&, auto, const auto&) {
          return writes({{"a", encoded(Value(1))}});
        },
        resolve));
    must(put_method(device, Value("x")));
    const auto record = must(device.replica().get("recipes", "soup"));
    const Value::Object expected{
        {"element", Value(Bytes{"a"})},
        {"stamp",
         record->fields.at("method").if_object()->at("$slots").if_array()->at(0).if_object()->at(
             "stamp")},
        {"value", Value(1)}};
    const Value raw(Value::Object{{"$slots", Value(Value::Array{Value(expected)})}});
    BOOST_TEST((record->fields.at("method") == raw));
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_made_of_many_slots_may_be_larger_than_one_of_them) {
  Value large(std::string(kValueBytesMax + 1, 'x'));
  Device device(kSchema);
  device.reopen(scripted(
      [](const auto&, auto, const auto&) {
        return writes({{"a", encoded(Value(1))}});
      },
      [&](auto) { return large; }));
  must(put_method(device, Value("x")));
  BOOST_TEST((must(device.replica().get("recipes", "soup"))->fields.at("method") == large));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
