#include "tests/engine/support/lmdb.hpp"
#include "tests/properties/history.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(clock_properties)

rc::Gen<std::int64_t> any_wall() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange(-50, 50), [](int by) { return kPresentMs + by; }),
      rc::gen::map(rc::gen::inRange(-400'000, 400'000), [](int by) { return kPresentMs + by; }),
      rc::gen::element<std::int64_t>(INT64_MIN, -1, 0, kYear2262Ms, kMillisecondsMax - 1,
                                     kMillisecondsMax, INT64_MAX));
}

// A device that restarts: in memory the replica is opened again, on the disk its store too.
class Restarting {
 public:
  explicit Restarting(std::optional<std::string> schema = {}) : schema_(std::move(schema)) {
    device_.emplace(schema_);
  }
  Restarting(const TemporaryDirectory& directory, std::optional<std::string> schema = {})
      : directory_(&directory), schema_(std::move(schema)) {
    device_.emplace(open_lmdb(directory), schema_, 1);
  }

  void restart() {
    if (directory_ == nullptr) return device_->reopen();
    const std::int64_t now = device_->wall().now_ms();
    device_.reset();
    device_.emplace(open_lmdb(*directory_), schema_, 1);
    device_->wall().set(now);
  }
  Device& operator*() { return *device_; }

 private:
  const TemporaryDirectory* directory_ = nullptr;
  std::optional<std::string> schema_;
  std::optional<Device> device_;
};

void stamps_ascend(Restarting& restarting) {
  for (const int kind : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8))) {
    if (kind == 2) restarting.restart();
    Device& device = *restarting;
    if (kind < 2) device.wall().set(*any_wall());
    if (kind == 3) {
      device.store().fail_commits(true);
      RC_ASSERT(!device.replica().write([](Transaction& t) { return t.put("c", "r", {}); }));
      device.store().fail_commits(false);
    }
    if (kind == 4) {
      RC_ASSERT(!device.replica().write([](Transaction& t) -> Result<void> {
        must(t.put("c", "never", {}));
        return fail(Code::kInvalidArgument, "no");
      }));
    }
    if (kind > 4) device.patch("c", std::to_string(kind), {{"f", Value(kind)}});
  }
  Stamp last;
  for (const LogItem& item : log_of(*restarting)) {
    RC_ASSERT(item.op.stamp >= last);
    // One mutation's ops share a stamp; `live` is the first of them here.
    if (item.op.key.field().empty()) RC_ASSERT(item.op.stamp > last);
    last = item.op.stamp;
  }
  (*restarting).check_fold();
}

RC_BOOST_PROP(stamps_ascend_whatever_the_wall_clock_says, ()) {
  Restarting in_memory;
  stamps_ascend(in_memory);
}

RC_BOOST_PROP(stamps_ascend_over_restarts_from_the_disk, ()) {
  const TemporaryDirectory directory;
  Restarting on_disk(directory);
  stamps_ascend(on_disk);
}

RC_BOOST_PROP(a_tick_is_greater_than_the_last_time_and_the_floor, ()) {
  ManualWall wall;
  const auto any_time =
      rc::gen::apply([](std::int64_t milliseconds,
                        std::uint16_t counter) { return HybridTime(milliseconds, counter); },
                     any_wall(), rc::gen::element<std::uint16_t>(0, 1, 65'534, 65'535));
  HybridClock clock(wall, {*any_time, {}, *rc::gen::inRange<std::int64_t>(-400'000, 400'000)});
  for (int i = 0; i < 20; ++i) {
    wall.set(*any_wall());
    const HybridTime floor = *any_time;
    const HybridClock::State before = clock.state();
    const auto time = clock.tick(floor);
    if (!time) {
      RC_ASSERT(code_of(time) == "clock_exhausted");
      RC_ASSERT(std::max(before.last, floor).packed() == ~std::uint64_t{0});
      RC_ASSERT(clock.state() == before);
      continue;
    }
    RC_ASSERT(*time > before.last);
    RC_ASSERT(*time > floor);
    RC_ASSERT(clock.state().last >= before.last);
    const auto bound = std::max(clock.now_ms() + kDriftMaxMs, before.last.milliseconds() + 1);
    RC_ASSERT(clock.state().last.milliseconds() <= bound);
  }
}

RC_BOOST_PROP(an_observed_stamp_is_adopted_exactly_within_the_bound, ()) {
  ManualWall wall(*any_wall());
  HybridClock clock(wall, {});
  const Stamp stamp = stamp_at(*any_wall(), *rc::gen::arbitrary<std::uint16_t>());
  const std::int64_t server_ms = *any_wall();
  const bool ahead = stamp.time.milliseconds() - kDriftMaxMs > std::max(clock.now_ms(), server_ms);
  RC_ASSERT(code_of(clock.observe(stamp, server_ms)) == (ahead ? "stamp_in_future" : "none"));
  RC_ASSERT(clock.state().last == (ahead ? HybridTime() : stamp.time));
}

// A device whose wall clock is anywhere, against a server whose time is right.
void no_write_is_lost(Restarting& restarting) {
  TinyServer server;
  std::string written;
  for (const int kind : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6))) {
    if (kind == 1) restarting.restart();
    Device& device = *restarting;
    if (kind == 0) device.wall().set(*any_wall());
    if (kind == 2) server.round(device);
    if (kind == 3) device.increment("loses", "r", "count", 1);
    if (kind == 4) device.patch("loses", "r", {{"plain", Value(static_cast<int>(written.size()))}});
    if (kind == 5) {
      device.write([&](Transaction& t) { return t.add("loses", "r", "set", {Value(written)}); });
      written += 'x';
    }
    const std::string before = device.read("loses", "r");
    server.round(device);
    RC_ASSERT(device.read("loses", "r") == before);
  }
  Device& device = *restarting;
  const std::string before = device.read("loses", "r");
  for (int round = 0; round < 4; ++round) server.round(device);
  RC_ASSERT(device.read("loses", "r") == before);
  RC_ASSERT(device.state().pending_ops == 0U);
  device.check_fold();
  Device other(history_schema(), 2);
  server.round(other);
  RC_ASSERT(other.read("loses", "r") == before);
}

RC_BOOST_PROP(no_write_is_lost_whatever_the_wall_clock_says, ()) {
  Restarting in_memory(history_schema());
  no_write_is_lost(in_memory);
}

RC_BOOST_PROP(no_write_is_lost_over_restarts_from_the_disk, ()) {
  const TemporaryDirectory directory;
  Restarting on_disk(directory, history_schema());
  no_write_is_lost(on_disk);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
