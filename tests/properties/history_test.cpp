#include "syncline/history.hpp"

#include "syncline/verification.hpp"
#include "tests/properties/history.hpp"

// Whatever the log drops, a replica is as one that drops nothing.

namespace syncline::test {
namespace {

constexpr unsigned kCompacts = kKinds;        // the device compacts its log
constexpr unsigned kLosesReply = kKinds + 1;  // the server answers, and the reply is lost
constexpr unsigned kJumps = kKinds + 2;       // its clock jumps, far or near
constexpr unsigned kKindsHere = kKinds + 3;

std::string schema_that_keeps(const std::string& history) {
  std::string schema = history_schema();
  for (const std::string collection : {R"("loses":{)", R"("revives":{)"}) {
    const auto at = schema.find(collection) + collection.size();
    schema.insert(at, R"("history":{)" + history + "},");
  }
  return schema;
}

rc::Gen<std::vector<Step>> any_history_with_compaction() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0U, kKindsHere)),
                           rc::gen::set(&Step::device, rc::gen::inRange(0U, 60U)),
                           rc::gen::set(&Step::place, rc::gen::inRange(0U, 1'000U)),
                           rc::gen::set(&Step::amount, rc::gen::inRange(-20, 20))));
}

// Devices that sync with a server of their own.
struct Site {
  Fleet fleet;
  TinyServer server;

  Site(std::size_t devices, const std::string& schema)
      : fleet(
            devices, [](std::size_t) { return make_memory_store(); }, FleetApp{schema}) {}

  void take_step(const Step& step) {
    Device& device = fleet[step.device % fleet.size()];
    if (step.kind == kCompacts) {
      // As a process that has just begun, of which no commit is new.
      device.reopen();
      must(device.replica().history().compact());
    } else if (step.kind == kLosesReply) {
      const auto push = must(device.replication().next_push({1 + step.place % 9, kPushBytesMax}));
      if (push && push->fence >= server.least_fence(*push))
        static_cast<void>(server.answer(&*push, must(device.replication().cursors())));
    } else if (step.kind == kJumps) {
      const std::int64_t far = step.place % 3 == 0 ? 3'600'000'000 : 60'000;
      device.wall().set(kPresentMs + step.amount * far);
    } else if (step.kind < kWritingKinds || step.kind > kTurnsWall) {
      fleet.run({step});
    } else {
      server.round(device, {1 + step.place % 9, kPushBytesMax});
    }
  }

  void settle() {
    // What the server had taken as just within the bound is a hurdle for what is stamped anew,
    // which only time takes away.
    constexpr std::int64_t kLaterMs = kPresentMs + 60'000;
    server.set_time(kLaterMs);
    for (std::size_t i = 0; i < fleet.size(); ++i) fleet[i].wall().set(kLaterMs);
    for (int round = 0; round < 12; ++round) {
      for (std::size_t i = 0; i < fleet.size(); ++i) server.round(fleet[i]);
    }
  }
};

void check_whole(Device& device) {
  RC_ASSERT(code_of(device.replication().verify()) == "none");
  const auto found = must(verify_store(device.store(), {}));
  RC_ASSERT(found.faults == 0U);
  RC_ASSERT(found.log_missing_ops == 0U);
}

BOOST_AUTO_TEST_SUITE(history_properties)

void check_that_dropping_changes_nothing(const std::string& kept) {
  const std::size_t devices = *rc::gen::inRange<std::size_t>(1, 4);
  Site drops(devices, schema_that_keeps(kept));
  Site keeps(devices, schema_that_keeps(R"("keep_ops":1000000)"));
  for (const Step& step : *any_history_with_compaction()) {
    drops.take_step(step);
    keeps.take_step(step);
    const std::size_t i = step.device % devices;
    RC_ASSERT(read_everything(drops.fleet[i]) == read_everything(keeps.fleet[i]));
    RC_ASSERT(drops.fleet[i].state().pending_ops == keeps.fleet[i].state().pending_ops);
    check_whole(drops.fleet[i]);
  }
  drops.settle();
  keeps.settle();
  for (std::size_t i = 0; i < devices; ++i) {
    RC_ASSERT(drops.fleet[i].state().pending_ops == 0U);
    RC_ASSERT(slots_of(drops.fleet[i].store()) == slots_of(drops.fleet[0].store()));
    RC_ASSERT(read_everything(drops.fleet[i]) == read_everything(keeps.fleet[i]));
    check_whole(drops.fleet[i]);
  }
}

RC_BOOST_PROP(a_replica_that_drops_all_it_may_is_as_one_that_drops_nothing, ()) {
  check_that_dropping_changes_nothing(R"("keep_ops":0)");
}

RC_BOOST_PROP(a_replica_that_keeps_a_few_ops_is_as_one_that_drops_nothing, ()) {
  check_that_dropping_changes_nothing(R"("keep_ops":12)");
}

RC_BOOST_PROP(a_replica_that_keeps_a_day_is_as_one_that_drops_nothing, ()) {
  check_that_dropping_changes_nothing(R"("keep_ops":0,"keep_days":1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
