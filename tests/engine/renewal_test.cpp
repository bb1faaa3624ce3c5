#include "syncline/renewal.hpp"

#include <memory>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/clones.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// A restored copy of a database beside the device that it was copied from.

namespace syncline::test {
namespace {

struct RenewalFixture {
  TinyServer server;
  Device original{std::string(kCloneSchema), 1};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(renewal, RenewalFixture)

BOOST_AUTO_TEST_CASE(a_restored_replica_has_a_new_id_and_everything_else) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  BOOST_TEST((clone->replica().id() == ReplicaId{2}));
  BOOST_TEST((slots_of(clone->store()) == slots_of(original.store())));
  BOOST_TEST(clone->state().pending_ops == original.state().pending_ops);
  BOOST_TEST(clone->read("days", "d") == R"({"water":5})");
  clone->check_fold();
}

BOOST_AUTO_TEST_CASE(an_id_that_is_drawn_again_is_not_taken) {
  auto store = copy_of(original.store());
  class Repeating final : public Random {
    std::uint64_t next() override { return draws_.at(drawn_++); }
    std::vector<std::uint64_t> draws_{0, 1, 1, 9};
    std::size_t drawn_ = 0;
  } random;
  const Renewal renewal = must(renew_replica(*store, random));
  BOOST_TEST((renewal.before == ReplicaId{1}));
  BOOST_TEST((renewal.now == ReplicaId{9}));
}

BOOST_AUTO_TEST_CASE(nor_is_that_of_any_ancestor) {
  const auto clone = restored(original, 2);
  auto store = copy_of(clone->store());
  CountingRandom random(1);
  const Renewal renewal = must(renew_replica(*store, random));
  BOOST_TEST((renewal.before == ReplicaId{2}));
  BOOST_TEST((renewal.now == ReplicaId{3}));
}

BOOST_AUTO_TEST_CASE(a_store_without_a_replica_cannot_be_renewed) {
  const auto store = make_memory_store();
  CountingRandom random;
  BOOST_TEST(code_of(renew_replica(*store, random)) == "store_missing");
}

BOOST_AUTO_TEST_CASE(sync_is_off_and_the_account_and_the_cursors_stay) {
  must(original.replication().bind_account("account-7"));
  must(original.replication().remember({true, kPresentMs, {}, 0}));
  server.round(original);
  const auto cursors = must(original.replication().cursors());
  const auto clone = restored(original, 2);
  const SyncMemory memory = must(clone->replication().recall());
  BOOST_TEST(!memory.enabled);
  BOOST_TEST(memory.last_success_ms == 0);
  BOOST_TEST(!clone->state().complete);
  BOOST_TEST(must(clone->replication().bound_account()).value() == "account-7");
  BOOST_TEST((must(clone->replication().cursors()) == cursors));
}

BOOST_AUTO_TEST_CASE(the_clock_goes_on_but_its_correction_was_another_device_s) {
  original.wall().set(kPresentMs + 3'600'000);
  server.round(original);
  drink(original, 1);
  BOOST_TEST(log_of(original).back().op.stamp.time.milliseconds() < kPresentMs + 10'000);
  const auto clone = restored(original, 2);
  clone->wall().set(kPresentMs + 1'000);
  drink(*clone, 1);
  const Stamp stamp = log_of(*clone).back().op.stamp;
  BOOST_TEST((stamp.replica == ReplicaId{2}));
  BOOST_TEST(stamp.time.milliseconds() == kPresentMs + 1'000);
  clone->wall().set(kPresentMs - 1'000'000);
  drink(*clone, 1);
  BOOST_TEST((log_of(*clone).back().op.stamp > stamp));
}

BOOST_AUTO_TEST_CASE(what_was_pending_is_delivered_by_the_restored_one_alone) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  settle(server, {clone.get()});
  BOOST_TEST(clone->state().pending_ops == 0U);
  Device other(std::string(kCloneSchema), 3);
  settle(server, {&other});
  BOOST_TEST(other.read("days", "d") == R"({"water":5})");
}

BOOST_AUTO_TEST_CASE(what_both_send_counts_once) {
  drink(original, 5);
  const auto clone = restored(original, 2);
  settle(server, {clone.get(), &original, clone.get()});
  BOOST_TEST(original.read("days", "d") == R"({"water":5})");
  BOOST_TEST(clone->read("days", "d") == R"({"water":5})");
}

BOOST_AUTO_TEST_CASE(increments_of_both_after_the_backup_all_count_whoever_syncs_first) {
  for (const bool original_first : {true, false}) {
    TinyServer space;
    Device device(std::string(kCloneSchema), 1);
    drink(device, 5);
    const auto clone = restored(device, 2);
    drink(device, 10);
    drink(*clone, 100);
    if (original_first) {
      settle(space, {&device, clone.get()});
    } else {
      settle(space, {clone.get(), &device});
    }
    BOOST_TEST(device.read("days", "d") == R"({"water":115})");
    BOOST_TEST((slots_of(device.store()) == slots_of(clone->store())));
  }
}

BOOST_AUTO_TEST_CASE(the_restored_one_never_writes_an_accumulator_s_element_of_the_old_id) {
  drink(original, 5);
  original.patch("days", "d", {{"best", Value(7)}, {"worst", Value(3)}});
  const auto clone = restored(original, 2);
  const std::uint64_t before = clone->state().log_ops;
  drink(*clone, 1);
  clone->patch("days", "d", {{"best", Value(9)}, {"worst", Value(1)}});
  for (const LogItem& item : log_of(*clone, before + 1)) {
    BOOST_TEST((item.op.stamp.replica == ReplicaId{2}));
    BOOST_TEST(item.op.key.element().substr(7, 1) == "\x02");
  }
  settle(server, {clone.get(), &original});
  BOOST_TEST(original.read("days", "d") == R"({"best":9,"water":6,"worst":1})");
}

BOOST_AUTO_TEST_CASE(a_backup_of_a_clone_is_a_third_replica) {
  drink(original, 1);
  const auto clone = restored(original, 2);
  drink(*clone, 10);
  const auto third = restored(*clone, 3);
  drink(original, 100);
  drink(*third, 1'000);
  drink(*clone, 10'000);
  settle(server, {third.get(), &original, clone.get()});
  for (Device* device : {&original, clone.get(), third.get()}) {
    BOOST_TEST(device->read("days", "d") == R"({"water":11111})");
  }
}

BOOST_AUTO_TEST_CASE(
    what_the_old_device_had_stamped_too_far_ahead_is_delivered_by_the_restored_one) {
  original.wall().set(kYear2262Ms);
  drink(original, 5);
  original.patch("days", "e", {{"name", Value("late")}});
  const auto clone = restored(original, 2);
  drink(*clone, 7);
  settle(server, {clone.get()});
  BOOST_TEST(clone->state().pending_ops == 0U);
  Device other(std::string(kCloneSchema), 3);
  settle(server, {&other});
  BOOST_TEST(other.read("days", "d") == R"({"water":12})");
  BOOST_TEST(other.read("days", "e") == R"({"name":"late"})");
  for (const auto& [key, value] : slots_of(other.store())) {
    BOOST_TEST(must(SlotKey::parse(key)).record().size() == 1U);
    BOOST_TEST(decode_stamp(value.substr(0, kStampBytes))->time.milliseconds() <= kPresentMs + 1);
  }
  clone->check_fold();
}

// The restored one stamps anew later than the original, which has counted on, and must not win.
BOOST_AUTO_TEST_CASE(what_a_clone_stamps_anew_takes_nothing_back_from_the_original) {
  for (const bool original_first : {true, false}) {
    TinyServer space;
    Device device(std::string(kCloneSchema), 1);
    device.put("days", "before", {});
    settle(space, {&device});
    device.wall().set(kYear2262Ms);
    drink(device, 5);
    const auto clone = restored(device, 2);
    device.wall().set(kPresentMs + 60'000);
    clone->wall().set(kPresentMs + 120'000);
    space.set_time(kPresentMs + 60'000);
    if (original_first) settle(space, {&device});
    if (!original_first) settle(space, {clone.get()});
    drink(device, 10);
    settle(space, {&device});
    drink(*clone, 100);
    settle(space, {clone.get(), &device, clone.get()});
    for (Device* each : {&device, clone.get()}) {
      BOOST_TEST(each->read("days", "d") == R"({"water":115})");
      BOOST_TEST(each->state().pending_ops == 0U);
      each->check_fold();
    }
    BOOST_TEST((slots_of(device.store()) == slots_of(clone->store())));
  }
}

// Whatever either does after the backup, and whenever they sync.
BOOST_AUTO_TEST_CASE(an_original_and_its_clones_converge_and_lose_no_increment) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    std::mt19937_64 random(seed);
    TinyServer space;
    std::vector<std::unique_ptr<Device>> devices;
    devices.push_back(std::make_unique<Device>(std::string(kCloneSchema), 1));
    std::int64_t drunk = 0;
    for (int step = 0; step < 60; ++step) {
      Device& device = *devices[random() % devices.size()];
      device.wall().set(kPresentMs + step * 10 + static_cast<std::int64_t>(random() % 40));
      const std::string text(1, static_cast<char>('a' + random() % 5));
      switch (random() % 7) {
        case 0:
        case 1: {
          const auto amount = static_cast<std::int64_t>(random() % 9 + 1);
          drink(device, amount);
          drunk += amount;
          break;
        }
        case 2:
          device.patch("days", "e",
                       {{"name", Value(text)}, {"sizes", Value(Fields{{text, Value(step)}})}});
          break;
        case 3:
          device.write([&](Transaction& t) { return t.add("days", "e", "tags", {Value(text)}); });
          break;
        case 4:
          device.erase("days", "e");
          break;
        case 5:
          space.round(device);
          break;
        default:
          if (devices.size() < 4) devices.push_back(restored(device, devices.size() + 1));
      }
    }
    // A clone pulls first, and pushes for each of its ancestors and for itself; then all pull.
    for (int round = 0; round < 7; ++round) {
      for (const auto& device : devices) space.round(*device);
    }
    const std::string expected =
        drunk == 0 ? "absent" : R"({"water":)" + std::to_string(drunk) + "}";
    for (const auto& device : devices) {
      device->check_fold();
      BOOST_TEST(device->state().pending_ops == 0U);
      BOOST_TEST((slots_of(device->store()) == slots_of(devices[0]->store())), "seed " << seed);
      BOOST_TEST(device->read("days", "d") == expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
