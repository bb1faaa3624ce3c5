#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <span>

#include <boost/test/unit_test.hpp>

#include "merge/record_slots.hpp"
#include "syncline/batch.hpp"
#include "syncline/clock.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"
#include "tests/engine/support/vectors.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(vectors)

HybridTime time_from(const json::value& value) {
  only_members(value.as_object(), {"milliseconds", "counter"});
  return HybridTime(number(value.at("milliseconds")),
                    static_cast<std::uint16_t>(number(value.at("counter"))));
}

void run_clock_step(const json::object& step, HybridClock& clock, ManualWall& wall,
                    ReplicaId replica) {
  const std::string action = text(step, "do");
  if (action == "tick") {
    only_members(step, {"do", "wall", "floor", "stamp", "error", "last"});
    wall.set(number(step.at("wall")));
    const HybridTime floor =
        is_null_or_absent(step, "floor") ? HybridTime() : stamp_from_hex(text(step, "floor")).time;
    const auto time = clock.tick(floor);
    if (step.contains("error")) {
      BOOST_TEST(code_of(time) == text(step, "error"));
    } else {
      BOOST_REQUIRE_EQUAL(code_of(time), "none");
      BOOST_TEST(to_hex_text(encode_stamp({*time, replica})) == text(step, "stamp"));
    }
  } else if (action == "observe") {
    only_members(step, {"do", "wall", "time", "stamp", "error", "last"});
    wall.set(number(step.at("wall")));
    BOOST_TEST(
        code_of(clock.observe(stamp_from_hex(text(step, "stamp")), number(step.at("time")))) ==
        (step.contains("error") ? text(step, "error") : "none"));
  } else if (action == "learn") {
    only_members(step, {"do", "time", "sent", "received", "offset", "last"});
    clock.learn_offset(number(step.at("time")), number(step.at("sent")),
                       number(step.at("received")));
    BOOST_TEST(clock.state().offset_ms == number(step.at("offset")));
  } else {
    unknown("step", action);
  }
  BOOST_TEST(clock.state().last.packed() == time_from(step.at("last")).packed());
}

BOOST_AUTO_TEST_CASE(the_clock_goes_as_the_vectors_say) {
  for_each_case("clock.json", [](const json::object& one) {
    only_members(one, {"name", "replica", "last", "offset", "steps"});
    const auto replica = static_cast<ReplicaId>(std::stoull(text(one, "replica"), nullptr, 16));
    ManualWall wall;
    HybridClock clock(wall, {time_from(one.at("last")), {}, number(one.at("offset"))});
    BOOST_REQUIRE(!one.at("steps").as_array().empty());
    for (const json::value& step : one.at("steps").as_array()) {
      BOOST_TEST_CONTEXT(json::serialize(step)) {
        run_clock_step(step.as_object(), clock, wall, replica);
      }
    }
  });
}

void check_good_batch(const json::object& one, const std::string& encoded) {
  const auto decoded = decode_own_batch(encoded);
  BOOST_REQUIRE_EQUAL(code_of(decoded), "none");
  BOOST_TEST((encode_batch(*decoded) == encoded));
  BatchEncoder encoder;
  for (const Op& op : *decoded) encoder.add(op);
  BOOST_TEST(encoder.count() == decoded->size());
  BOOST_TEST(encoder.size_bytes() == encoded.size());
  BOOST_TEST((encoder.finish() == encoded));
  if (one.contains("op_count")) {
    BOOST_TEST(static_cast<std::int64_t>(decoded->size()) == number(one.at("op_count")));
    return;
  }
  std::vector<Op> ops;
  for (const json::value& op : one.at("ops").as_array()) ops.push_back(op_from(op.as_object()));
  BOOST_TEST((*decoded == ops));
  BOOST_TEST(to_hex_text(encode_batch(ops)) == to_hex_text(encoded));
}

void check_op_errors(const json::object& one, const std::string& encoded) {
  const auto decoded = decode_batch(encoded);
  BOOST_REQUIRE_EQUAL(code_of(decoded), "none");
  const json::array& ops = one.at("ops").as_array();
  const json::array& errors = one.at("errors").as_array();
  BOOST_REQUIRE_EQUAL(decoded->size(), errors.size());
  BOOST_REQUIRE_EQUAL(decoded->size(), ops.size());
  for (std::size_t i = 0; i < decoded->size(); ++i) {
    const DecodedOp& item = (*decoded)[i];
    if (errors[i].is_null()) {
      BOOST_REQUIRE(item.op.has_value());
      BOOST_TEST(!item.error.has_value());
      BOOST_TEST((*item.op == op_from(ops[i].as_object())));
      continue;
    }
    BOOST_TEST(ops[i].is_null());
    BOOST_TEST(!item.op.has_value());
    BOOST_REQUIRE(item.error.has_value());
    BOOST_TEST(std::string(code_name(item.error->code)) == std::string(errors[i].as_string()));
    // What is kept of it is a batch that fails in the same way.
    const auto kept = decode_batch(item.raw);
    BOOST_REQUIRE_EQUAL(code_of(kept), "none");
    BOOST_REQUIRE_EQUAL(kept->size(), 1U);
    BOOST_REQUIRE(kept->front().error.has_value());
    BOOST_TEST((kept->front().error->code == item.error->code));
  }
}

BOOST_AUTO_TEST_CASE(batches_encode_and_decode_as_the_vectors_say) {
  for_each_case("batch.json", [](const json::object& one) {
    only_members(one, {"name", "kind", "ops", "op_count", "encoded", "error", "errors"});
    const std::string kind = text(one, "kind");
    const std::string encoded = expand(one.at("encoded"));
    if (kind == "good") {
      check_good_batch(one, encoded);
    } else if (kind == "bad") {
      BOOST_TEST(code_of(decode_batch(encoded)) == text(one, "error"));
    } else if (kind == "op_errors") {
      check_op_errors(one, encoded);
    } else {
      unknown("kind", kind);
    }
  });
}

using Registers = std::map<SlotKey, std::pair<Stamp, std::string>>;

Registers fold(const std::vector<Op>& ops) {
  Registers slots;
  for (const Op& op : ops) {
    const auto [held, is_new] = slots.try_emplace(op.key, op.stamp, op.value);
    if (!is_new && beats(op.stamp, op.value, held->second.first, held->second.second)) {
      held->second = {op.stamp, op.value};
    }
  }
  return slots;
}

std::optional<std::pair<Stamp, std::string>> register_from(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  only_members(value.as_object(), {"stamp", "value"});
  return std::pair{stamp_from_hex(text(value.as_object(), "stamp")), expand(value.at("value"))};
}

// What a replica holds when these arrive, in this order and in pages of up to so many.
Slots merged(const std::vector<Op>& ops, std::size_t page_ops) {
  Device device;
  device.wall().set(kMillisecondsMax);  // no stamp of the law lies in the future
  for (std::size_t at = 0; at < ops.size(); at += page_ops) {
    const auto page = std::span(ops).subspan(at, std::min(page_ops, ops.size() - at));
    take(device, page_of(page, device.wall().now_ms(), at + 1));
  }
  device.check_fold();
  BOOST_TEST(device.state().quarantined_ops == 0U);
  return slots_of(device.store());
}

Slots as_slots(const std::vector<Op>& ops) {
  Slots slots;
  for (const Op& op : ops) slots.emplace(op.key.bytes(), encode_stamp(op.stamp) + op.value);
  return slots;
}

// The same by the merge of the engine as by the law alone.
void merge_pair(const std::optional<std::pair<Stamp, std::string>>& a,
                const std::optional<std::pair<Stamp, std::string>>& b, bool b_wins) {
  const SlotKey key = must(SlotKey::make("c", "r", "f", ""));
  std::vector<Op> ops;
  if (a) ops.push_back({key, a->first, a->second});
  if (b) ops.push_back({key, b->first, b->second});
  const auto& winner = b_wins ? b : a;
  const Slots expected = winner ? as_slots({{key, winner->first, winner->second}}) : Slots();
  for (const std::size_t page_ops : {1U, 2U}) {
    BOOST_TEST((merged(ops, page_ops) == expected));
    BOOST_TEST((merged({ops.rbegin(), ops.rend()}, page_ops) == expected));
  }
}

void run_pair(const json::object& one) {
  const auto a = register_from(one.at("a"));
  const auto b = register_from(one.at("b"));
  const auto wins = [](const auto& left, const auto& right) {
    return left && (!right || beats(left->first, left->second, right->first, right->second));
  };
  const std::string winner = text(one, "winner");
  if (winner != "a" && winner != "b" && winner != "equal") unknown("winner", winner);
  BOOST_TEST(wins(a, b) == (winner == "a"));
  BOOST_TEST(wins(b, a) == (winner == "b"));
  merge_pair(a, b, winner == "b");
}

void run_history(const json::object& one) {
  std::vector<Op> ops;
  for (const json::value& op : one.at("ops").as_array()) ops.push_back(op_from(op.as_object()));
  std::vector<Op> remaining;
  for (const json::value& op : one.at("slots").as_array())
    remaining.push_back(op_from(op.as_object()));
  BOOST_TEST(std::is_sorted(remaining.begin(), remaining.end(),
                            [](const Op& x, const Op& y) { return x.key < y.key; }));
  const Registers expected = fold(remaining);
  BOOST_TEST(expected.size() == remaining.size());
  std::mt19937 shuffling(1);
  for (int round = 0; round < 20; ++round) {
    BOOST_TEST((fold(ops) == expected));
    std::vector<Op> twice = ops;
    twice.insert(twice.end(), ops.rbegin(), ops.rend());
    BOOST_TEST((fold(twice) == expected));
    BOOST_TEST((merged(ops, 1 + shuffling() % 4) == as_slots(remaining)));
    BOOST_TEST((merged(twice, 1 + shuffling() % 7) == as_slots(remaining)));
    std::shuffle(ops.begin(), ops.end(), shuffling);
  }
}

BOOST_AUTO_TEST_CASE(registers_win_as_the_vectors_say) {
  for_each_case("law.json", [](const json::object& one) {
    only_members(one, {"name", "kind", "a", "b", "winner", "ops", "slots"});
    const std::string kind = text(one, "kind");
    if (kind == "pair") {
      run_pair(one);
    } else if (kind == "history") {
      run_history(one);
    } else {
      unknown("kind", kind);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
