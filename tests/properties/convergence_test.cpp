#include <functional>
#include <list>

#include "tests/engine/support/lmdb.hpp"
#include "tests/properties/history.hpp"
#include "tests/properties/hostile_strategy.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(convergence)

void check_converged(Fleet& fleet) {
  const Slots expected = fold_by_the_law(fleet.pool());
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    RC_ASSERT(slots_of(fleet[i].store()) == expected);
    RC_ASSERT(read_everything(fleet[i]) == read_everything(fleet[0]));
    RC_ASSERT(code_of(fleet[i].replication().verify()) == "none");
    RC_ASSERT(fleet[i].state().pending_ops == 0U);
    RC_ASSERT(fleet[i].state().quarantined_ops == 0U);
  }
}

std::size_t any_number_of_devices() { return *rc::gen::inRange<std::size_t>(2, 6); }

std::unique_ptr<Store> in_memory(std::size_t) { return make_memory_store(); }

// Stores on the disk, each in a directory of its own.
class Disks {
 public:
  std::unique_ptr<Store> operator()(std::size_t) { return open_lmdb(directories_.emplace_back()); }

 private:
  std::list<TemporaryDirectory> directories_;
};

void replicas_converge(const Fleet::MakeStore& make_store, const FleetApp& app = {}) {
  Fleet fleet(any_number_of_devices(), make_store, app);
  fleet.run(*any_history());
  fleet.deliver_everything(*rc::gen::arbitrary<unsigned>());
  check_converged(fleet);
}

RC_BOOST_PROP(replicas_that_got_the_same_ops_hold_the_same_slots, ()) {
  replicas_converge(in_memory);
}

RC_BOOST_PROP(replicas_on_disk_that_got_the_same_ops_hold_the_same_slots, ()) {
  Disks disks;
  replicas_converge(std::ref(disks));
}

RC_BOOST_PROP(replicas_on_disk_converge_with_others_in_memory, ()) {
  Disks disks;
  replicas_converge(
      [&](std::size_t device) { return device % 2 == 0 ? disks(device) : make_memory_store(); });
}

// Whatever strategy an app brings, it can break nothing but what its own fields read as.
FleetApp any_hostile_app() {
  FleetApp app;
  app.may_refuse = true;
  // What an app's own strategy resolves to cannot be indexed.
  app.schema = history_schema_with(R"("by_plain":{"fields":["plain"]})");
  app.strategies =
      strategies_of("hostile", std::make_shared<HostileStrategy>(*rc::gen::arbitrary<unsigned>()));
  for (const std::string merge : {"min", "counter", "set", "map", "multi", "merge_text"}) {
    const std::string named = "\"merge\":\"" + merge + "\"";
    const std::string hostile = R"("merge":"custom:hostile")";
    for (auto at = app.schema.find(named); at != std::string::npos; at = app.schema.find(named))
      app.schema.replace(at, named.size(), hostile);
  }
  return app;
}

RC_BOOST_PROP(replicas_converge_under_any_custom_strategy, ()) {
  replicas_converge(in_memory, any_hostile_app());
}

RC_BOOST_PROP(replicas_on_disk_converge_under_any_custom_strategy, ()) {
  Disks disks;
  replicas_converge(std::ref(disks), any_hostile_app());
}

// Every keyspace, entry by entry.
std::string everything(const Store& store) {
  std::string all;
  const auto snapshot = must(store.snapshot());
  for (std::uint8_t keyspace = 0; keyspace < kKeyspaceCount; ++keyspace) {
    const auto cursor = must(snapshot->cursor(static_cast<Keyspace>(keyspace)));
    for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
      all.append(std::to_string(keyspace)).append(cursor->key()).append("=");
      all.append(cursor->value()).append("\n");
    }
  }
  return all;
}

RC_BOOST_PROP(a_history_leaves_the_same_bytes_in_either_store, ()) {
  Disks disks;
  const auto history = *any_history();
  const std::size_t devices = any_number_of_devices();
  Fleet memory(devices, in_memory);
  Fleet disk(devices, std::ref(disks));
  memory.run(history);
  disk.run(history);
  for (std::size_t i = 0; i < devices; ++i)
    RC_ASSERT(everything(memory[i].store()) == everything(disk[i].store()));
}

void slots_are_the_fold_throughout(const Fleet::MakeStore& make_store) {
  Fleet fleet(any_number_of_devices(), make_store);
  for (const Step& step : *any_history()) {
    fleet.run({step});
    for (std::size_t i = 0; i < fleet.size(); ++i)
      RC_ASSERT(code_of(fleet[i].replication().verify()) == "none");
  }
}

RC_BOOST_PROP(slots_are_the_fold_of_the_log_at_every_moment, ()) {
  slots_are_the_fold_throughout(in_memory);
}

RC_BOOST_PROP(slots_on_disk_are_the_fold_of_the_log_at_every_moment, ()) {
  Disks disks;
  slots_are_the_fold_throughout(std::ref(disks));
}

// Merging what is known already changes nothing at all, the clock and the log included.
RC_BOOST_PROP(a_second_delivery_changes_nothing, ()) {
  Fleet fleet(any_number_of_devices(), in_memory);
  fleet.run(*any_history());
  fleet.deliver_everything(1);
  const std::string before = everything(fleet[0].store());
  fleet.deliver_everything(2);
  RC_ASSERT(everything(fleet[0].store()) == before);
}

RC_BOOST_PROP(devices_that_sync_with_a_server_hold_what_it_holds, ()) {
  Fleet fleet(any_number_of_devices(), in_memory);
  TinyServer server;
  for (const Step& step : *any_history()) {
    if (step.kind < kWritingKinds || step.kind > kTurnsWall) {
      fleet.run({step});
    } else {
      server.round(fleet[step.device % fleet.size()], {1 + step.place % 9, kPushBytesMax});
    }
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      while (fleet[i].state().pending_ops > 0) server.round(fleet[i]);
      server.round(fleet[i]);
    }
  }
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    RC_ASSERT(slots_of(fleet[i].store()) == slots_of(fleet[0].store()));
    RC_ASSERT(slots_of(fleet[i].store()).size() == server.slot_count());
    RC_ASSERT(code_of(fleet[i].replication().verify()) == "none");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
