#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// A server, or what stands before it, that does not do as the protocol says.

namespace syncline {
inline std::ostream& operator<<(std::ostream& out, Phase phase) { return out << phase_name(phase); }
}  // namespace syncline

namespace syncline::test {
namespace {

// A host that refuses every push of more than this.
InterceptingTransport::Interceptor limited_to(std::size_t push_bytes) {
  return [push_bytes](const Request& request) -> std::optional<TransportReply> {
    const auto* sync = std::get_if<SyncRequest>(&request);
    if (sync == nullptr || !sync->push_ops || sync->push_ops->size() <= push_bytes)
      return std::nullopt;
    return tl::unexpected(TransportError{{Code::kBodyTooLarge, "made up"}, 413, {}});
  };
}

BOOST_AUTO_TEST_CASE(regression_an_op_over_the_limit_of_the_host_does_not_stop_the_others) {
  Network network;
  SyncedDevice a(network, 1);
  SyncedDevice b(network, 2);
  b.put("n3", "text", "from b");
  BOOST_REQUIRE(b.once().has_value());
  a.put("n1", "text", std::string(60'000, 'x'));
  a.put("n2", "text", "small");
  a.intercept(limited_to(45'000));
  BOOST_REQUIRE(a.once().has_value());
  const Status status = a.status();
  BOOST_CHECK_EQUAL(status.set_aside_ops, 1);
  BOOST_CHECK_EQUAL(status.pending_ops, 0);
  BOOST_CHECK_EQUAL(status.phase, Phase::kIdle);
  BOOST_CHECK_EQUAL(network.server.slots(kEmail).size(), 5);
  BOOST_CHECK_EQUAL(a.read("n3"), R"({"text":"from b"})");
  BOOST_CHECK_EQUAL(a.read("n1").size(), 60'000 + std::string_view(R"({"text":""})").size());
}

BOOST_AUTO_TEST_CASE(a_host_that_refuses_everything_has_nothing_set_aside) {
  Network network;
  SyncedDevice a(network, 1);
  a.put("n1", "text", "small");
  a.intercept(limited_to(0));
  BOOST_CHECK(!a.once().has_value());
  BOOST_CHECK_EQUAL(a.phase(), Phase::kFailed);
  BOOST_CHECK_EQUAL(a.status().set_aside_ops, 0);
  BOOST_CHECK_EQUAL(a.status().pending_ops, 2);
}

// A device a little more than five minutes ahead, of which one push was refused.
struct StampedAnew {
  StampedAnew() {
    device.device().wall().set(kPresentMs + kDriftMaxMs + 5'000);
    device.intercept([this](const Request& request) -> std::optional<TransportReply> {
      const auto* sync = std::get_if<SyncRequest>(&request);
      if (sync != nullptr && sync->push_ops) pushes.push_back(*sync);
      return std::nullopt;
    });
    device.put("n1", "text", "from a");
    BOOST_REQUIRE(device.once().has_value());
    BOOST_REQUIRE(pushes.size() >= 2);
  }

  Network network;
  SyncedDevice device{network, 1};
  std::vector<SyncRequest> pushes;  // each that was sent
};

BOOST_FIXTURE_TEST_CASE(regression_a_late_copy_of_a_refused_push_brings_no_stamp_back,
                        StampedAnew) {
  BOOST_CHECK_EQUAL(pushes[0].push_fence, 0);
  BOOST_CHECK_EQUAL(pushes[1].push_fence, 1);
  const auto slots = network.server.slots(kEmail);
  // A slow proxy delivers it when its stamps are no longer too far ahead.
  network.wall.set(network.wall.now_ms() + 60'000);
  const TransportReply late = network.server.handle(pushes[0]);
  BOOST_REQUIRE(!late.has_value());
  BOOST_CHECK_EQUAL(code_name(late.error().error.code), "push_outdated");
  BOOST_CHECK_EQUAL(late.error().fence, 1);
  BOOST_CHECK(network.server.slots(kEmail) == slots);
}

BOOST_FIXTURE_TEST_CASE(a_device_that_missed_a_refusal_takes_the_fence_from_the_next, StampedAnew) {
  // As if another device had been given this one's id and backup, and had a stamp refused.
  SyncRequest other = pushes[1];
  other.push_fence = 7;
  other.push_ops = encode_batch(
      std::vector{Op{must(SlotKey::make("notes", "n2", "text", "")),
                     Stamp{HybridTime(network.wall.now_ms() + 3'600'000), ReplicaId{1}}, "\x01"}});
  BOOST_REQUIRE(network.server.handle(other).has_value());
  pushes.clear();
  device.put("n1", "text", "again");
  BOOST_REQUIRE(device.once().has_value());
  BOOST_REQUIRE_EQUAL(pushes.size(), 2);
  BOOST_CHECK_EQUAL(pushes[0].push_fence, 1);
  BOOST_CHECK_EQUAL(pushes[1].push_fence, 8);
  BOOST_CHECK_EQUAL(device.status().pending_ops, 0);
  BOOST_CHECK_EQUAL(device.phase(), Phase::kIdle);
  BOOST_CHECK(!device.status().last_error.has_value());
}

BOOST_AUTO_TEST_CASE(regression_a_server_that_has_more_but_sends_nothing_is_not_asked_at_once) {
  Network network;
  SyncedDevice a(network, 1, {.period = 24h});
  a.intercept([](const Request& request) -> std::optional<TransportReply> {
    const auto* sync = std::get_if<SyncRequest>(&request);
    if (sync == nullptr) return std::nullopt;
    SyncReply reply{.time_ms = kPresentMs, .epoch = "e", .head = "e.5", .push = {}, .pull = {}};
    reply.pull = SyncReply::Pull{encode_batch({}), {{"*", *sync->pull->cursors.at("*")}}, 5};
    return Reply(reply);
  });
  a.sync().watch();
  network.executor.run_for(10s);
  BOOST_CHECK_EQUAL(a.phase(), Phase::kBackoff);
  BOOST_CHECK_GT(a.status().next_retry_ms, 0);
}

}  // namespace
}  // namespace syncline::test
