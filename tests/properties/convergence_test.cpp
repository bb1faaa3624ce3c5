#include "tests/engine/support/lmdb.hpp"
#include "tests/properties/history.hpp"

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

RC_BOOST_PROP(replicas_that_got_the_same_ops_hold_the_same_slots, ()) {
  Fleet fleet(*rc::gen::inRange<std::size_t>(2, 6),
              [](std::size_t) { return make_memory_store(); });
  fleet.run(*any_history());
  fleet.deliver_everything(*rc::gen::arbitrary<unsigned>());
  check_converged(fleet);
}

RC_BOOST_PROP(a_replica_on_disk_converges_with_one_in_memory, ()) {
  TemporaryDirectory directory;
  Fleet fleet(3, [&](std::size_t device) {
    return device == 0 ? open_lmdb(directory) : make_memory_store();
  });
  fleet.run(*any_history());
  fleet.deliver_everything(*rc::gen::arbitrary<unsigned>());
  check_converged(fleet);
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
  TemporaryDirectory directory;
  const auto history = *any_history();
  Fleet memory(2, [](std::size_t) { return make_memory_store(); });
  Fleet disk(2, [&](std::size_t device) {
    return device == 0 ? open_lmdb(directory) : make_memory_store();
  });
  memory.run(history);
  disk.run(history);
  RC_ASSERT(everything(memory[0].store()) == everything(disk[0].store()));
}

RC_BOOST_PROP(slots_are_the_fold_of_the_log_at_every_moment, ()) {
  const auto history = *any_history();
  Fleet fleet(2, [](std::size_t) { return make_memory_store(); });
  for (const Step& step : history) {
    fleet.run({step});
    RC_ASSERT(code_of(fleet[0].replication().verify()) == "none");
    RC_ASSERT(code_of(fleet[1].replication().verify()) == "none");
  }
}

// Merging what is known already changes nothing at all, the clock and the log included.
RC_BOOST_PROP(a_second_delivery_changes_nothing, ()) {
  Fleet fleet(2, [](std::size_t) { return make_memory_store(); });
  fleet.run(*any_history());
  fleet.deliver_everything(1);
  const std::string before = everything(fleet[0].store());
  fleet.deliver_everything(2);
  RC_ASSERT(everything(fleet[0].store()) == before);
}

RC_BOOST_PROP(devices_that_sync_with_a_server_hold_what_it_holds, ()) {
  Fleet fleet(3, [](std::size_t) { return make_memory_store(); });
  TinyServer server;
  for (const Step& step : *any_history()) {
    if (step.kind < kWritingKinds || step.kind > 22) {
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
