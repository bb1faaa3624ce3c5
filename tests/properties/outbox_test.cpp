#include "tests/properties/history.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(outbox_properties)

// Which slots hold a local register that nobody has acknowledged, found out from the log alone.
class Expected {
 public:
  void read_log(Device& device) {
    for (const LogItem& item : log_of(device, next_)) {
      next_ = item.sequence + 1;
      if (item.origin == 2) {
        pending_.erase(item.op.key.bytes());
      } else {
        pending_[item.op.key.bytes()] = item.sequence;
      }
    }
  }
  void settle(const PushBatch& push) {
    std::set<std::uint64_t> settled;
    for (const auto& item : push.items) settled.insert(item.sequence);
    std::erase_if(pending_, [&](const auto& slot) { return settled.contains(slot.second); });
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& pending() const { return pending_; }

 private:
  std::uint64_t next_ = 1;
  std::map<std::string, std::uint64_t> pending_;
};

void check(Device& device, Expected& expected) {
  expected.read_log(device);
  RC_ASSERT(device.state().pending_ops == expected.pending().size());
  const auto push = must(device.replication().next_push({kTransactionOpsMax, SIZE_MAX}));
  RC_ASSERT(push.has_value() == !expected.pending().empty());
  if (!push) return;
  std::map<std::string, std::uint64_t> offered;
  const auto ops = must(decode_own_batch(push->ops));
  for (std::size_t i = 0; i < ops.size(); ++i)
    offered.emplace(ops[i].key.bytes(), push->items[i].sequence);
  RC_ASSERT(offered == expected.pending());
}

RC_BOOST_PROP(the_outbox_is_the_slots_with_a_local_register_that_was_never_acknowledged, ()) {
  Fleet fleet(2, [](std::size_t) { return make_memory_store(); });
  Device& device = fleet[0];
  Expected expected;
  std::optional<PushBatch> under_way;
  for (const Step& step : *any_history()) {
    // Kinds above the writing ones: a push leaves, its verdicts arrive, or a page does.
    if (step.kind < kWritingKinds || step.kind >= kTurnsWall) {
      fleet.run({{step.kind, step.device % 3, step.place, step.amount}});
    } else if (step.kind == kWritingKinds) {
      under_way = must(device.replication().next_push({1 + step.place % 9, kPushBytesMax}));
    } else if (step.kind < kWritingKinds + 3 && under_way) {
      const std::string verdicts(under_way->items.size(), step.place % 2 == 0 ? 'a' : 'r');
      take(device, verdicts_reply(verdicts, device.wall().now_ms(), Code::kValueMalformed),
           &*under_way);
      expected.settle(*under_way);
    } else {
      std::vector<Op> page;
      for (const LogItem& item : log_of(fleet[1])) page.push_back(item.op);
      deliver(device, page);
    }
    check(device, expected);
  }
}

RC_BOOST_PROP(pushes_hold_each_pending_op_once_and_in_order, ()) {
  Fleet fleet(1, [](std::size_t) { return make_memory_store(); });
  for (const Step& step : *any_history()) {
    if (step.kind < kWritingKinds) fleet.run({step});
  }
  const PushLimits limits{*rc::gen::inRange<std::size_t>(1, 12),
                          *rc::gen::inRange<std::size_t>(1, 900)};
  std::uint64_t last = 0;
  std::uint64_t left = fleet[0].state().pending_ops;
  while (const auto push = must(fleet[0].replication().next_push(limits))) {
    RC_ASSERT(!push->items.empty());
    RC_ASSERT(push->items.size() == 1U || push->items.size() <= limits.ops_max);
    RC_ASSERT(push->items.size() == 1U || push->ops.size() <= limits.bytes_max);
    for (const auto& item : push->items) {
      RC_ASSERT(item.sequence > last);
      last = item.sequence;
    }
    take(fleet[0], verdicts_reply(std::string(push->items.size(), 'a'), kPresentMs), &*push);
    RC_ASSERT(fleet[0].state().pending_ops == left - push->items.size());
    left -= push->items.size();
  }
  RC_ASSERT(left == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
