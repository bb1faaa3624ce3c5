#include <random>

#include <boost/test/unit_test.hpp>

#include "syncline/repair.hpp"
#include "tests/engine/support/conflicts.hpp"
#include "tests/engine/support/repairs.hpp"
#include "tests/engine/support/slots.hpp"

// What is lost here comes back from a server that has it, and nothing there is taken back.

namespace syncline::test {

BOOST_FIXTURE_TEST_SUITE(repair_of_what_is_lost, RepairFixture)

BOOST_AUTO_TEST_CASE(where_entries_may_be_lost_everything_is_offered_and_asked_for) {
  server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
  const Repaired done = repair(store(), {.entries_may_be_lost = true});
  BOOST_TEST(done.repairs.empty());
  BOOST_TEST(done.summary.pulls_again);
  device.reopen();
  BOOST_TEST(device.state().pending_ops == 5U);
  BOOST_TEST(!device.state().complete);
}

// What a repair has to mark as pending: nothing tells what it overwrote.
BOOST_AUTO_TEST_CASE(what_is_marked_again_is_in_conflict_only_if_it_was_written_here) {
  server.round(device);
  const auto foreign = remote_record("meals", "tea", "name", Value("green"), stamp_at(kPresentMs));
  take(device, page_of(foreign, device.wall().now_ms()));
  repair(store(), {.entries_may_be_lost = true});
  device.reopen();
  const Stamp later = stamp_at(device.wall().now_ms() + 1000, 0, 98);
  const std::vector<Op> arriving{op_of("meals", "tea", "name", later, Value("black")),
                                 op_of("meals", "lunch", "name", later, Value("rice"))};
  take(device, page_of(arriving, device.wall().now_ms()));
  BOOST_TEST(summary_of(device) == "meals/lunch name lww: lost \"stew\" to \"rice\"\n");
}

BOOST_AUTO_TEST_CASE(a_mark_that_is_repaired_keeps_what_is_known_of_it) {
  const Stamp first = stamp_at(device.wall().now_ms() + 1000);
  device.wall().advance(2000);
  server.round(device);
  const Op seen = op_of("meals", "lunch", "name", first, Value("rice"));
  take(device, page_of({&seen, 1}, device.wall().now_ms()));
  device.patch("meals", "lunch", {{"name", Value("beans")}});
  // The slot is damaged, and its mark fits it no more until it is rebuilt from the log.
  put_raw(Keyspace::kSlots, key_of("lunch", "name"), "garbage");
  repair(store());
  device.reopen();
  BOOST_TEST(device.read("meals", "lunch") == R"({"kcal":300,"name":"beans"})");
  take(device, page_of({&seen, 1}, device.wall().now_ms()));
  BOOST_TEST(summary_of(device) == "");
}

BOOST_AUTO_TEST_CASE(a_counter_that_lost_its_slot_takes_nothing_back_on_the_server) {
  const std::string schema = R"({"name": "s", "version": 1, "collections": {"days": {"fields":
      {"water": {"merge": "counter"}}}}})";
  TinyServer space;
  Device phone(schema, 1);
  phone.increment("days", "d", "water", 10);
  space.round(phone);
  for (const auto& [key, value] : entries_of(phone.store(), Keyspace::kLog)) {
    StoreBatch batch;
    batch.erase(Keyspace::kLog, key);
    must(phone.store().commit(batch));
  }
  for (const auto& [key, value] : entries_of(phone.store(), Keyspace::kSlots)) {
    if (key.find("water") == std::string::npos) continue;
    StoreBatch batch;
    batch.put(Keyspace::kSlots, key, "garbage");
    must(phone.store().commit(batch));
  }
  const Repaired done = repair(phone.store());
  BOOST_TEST(done.summary.has_new_id);
  phone.reopen();
  phone.increment("days", "d", "water", 1);
  space.round(phone);
  Device other(schema, 2);
  space.round(other);
  BOOST_TEST(other.read("days", "d") == R"({"water":11})");
  BOOST_TEST(phone.read("days", "d") == R"({"water":11})");
}

// Nothing tells that it was restored to one who has lost the epoch, too.
BOOST_AUTO_TEST_CASE(regression_whoever_knows_no_epoch_offers_everything) {
  server.round(device);
  BOOST_TEST(device.state().pending_ops == 0U);
  erase_raw(Keyspace::kMeta, "progress");
  device.reopen();
  TinyServer restored;
  restored.round(device);
  while (device.state().pending_ops > 0) restored.round(device);
  Device other({}, 2);
  restored.round(other);
  BOOST_TEST((slots_of(other.store()) == slots_of(store())));
}

// Any entries changed or gone, in any number: the store is sound again, and a server that had
// everything brings everything back.
BOOST_AUTO_TEST_CASE(whatever_is_damaged_is_mended_and_a_server_brings_back_the_rest) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    TinyServer space;
    Device phone;
    for (int step = 0; step < 12; ++step) {
      const std::string record = std::to_string(random() % 4);
      if (random() % 5 == 0) {
        phone.erase("meals", record);
      } else {
        phone.patch("meals", record,
                    {{std::string(1, static_cast<char>('a' + random() % 3)),
                      Value(static_cast<std::int64_t>(random() % 100))}});
      }
      if (random() % 4 == 0) space.round(phone);
    }
    while (phone.state().pending_ops > 0) space.round(phone);
    const Slots before = slots_of(phone.store());
    const std::size_t count = 1 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) {
      constexpr Keyspace kDamaged[] = {Keyspace::kLog, Keyspace::kSlots, Keyspace::kMeta};
      const Keyspace keyspace = kDamaged[random() % 3];
      auto entries = entries_of(phone.store(), keyspace);
      if (entries.empty()) continue;
      auto& [key, value] = entries[random() % entries.size()];
      StoreBatch batch;
      if (random() % 2 == 0) {
        batch.erase(keyspace, key);
      } else {
        char& byte = value[random() % value.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1 + random() % 255));
        batch.put(keyspace, key, value);
      }
      must(phone.store().commit(batch));
    }
    BOOST_TEST_CONTEXT("seed " << seed) {
      repair(phone.store(), {.entries_may_be_lost = true});
      BOOST_TEST(faults_of(phone.store()) == 0U);
      phone.reopen();
      space.round(phone);
      space.round(phone);
      BOOST_TEST(faults_of(phone.store()) == 0U);
      const Slots after = slots_of(phone.store());
      for (const auto& [key, value] : before) {
        const auto found = after.find(key);
        BOOST_TEST((found != after.end() && found->second >= value));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
