#pragma once

#include <thread>

#include "tests/transports/message_contract.hpp"
#include "tests/transports/transport_support.hpp"

// What every transport has to do. Include it after defining
//
//   using TransportsUnderTest = std::tuple<...>;
//
// of types with a default constructor, `SettableClock clock`, `LoopbackServer server` and
// `std::unique_ptr<Transport> transport`, which speaks to that server.

namespace syncline::test {

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_server_that_never_answers_meets_the_deadline, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  fixture.server.set_silent(true);
  (void)expect_error(ask(*fixture.transport, MetaRequest{}, 50ms), Code::kDeadlineExceeded, 0);
  (void)expect_error(ask(*fixture.transport, MetaRequest{}, 0ms), Code::kDeadlineExceeded, 0);
  fixture.server.set_silent(false);
  (void)expect<MetaReply>(ask(*fixture.transport, MetaRequest{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_request_that_waits_behind_another_has_its_deadline_too, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  fixture.server.set_silent(true);
  std::promise<TransportReply> first;
  const auto id = fixture.transport->send(
      MetaRequest{}, kPatience, [&](TransportReply reply) { first.set_value(std::move(reply)); });
  (void)expect_error(ask(*fixture.transport, MetaRequest{}, 50ms), Code::kDeadlineExceeded, 0);
  fixture.transport->cancel(id);
  (void)expect_error(first.get_future().get(), Code::kCancelled, 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancel_ends_a_request_under_way_and_one_that_waits, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  fixture.server.set_silent(true);
  std::promise<TransportReply> first;
  std::promise<TransportReply> second;
  const auto first_id = fixture.transport->send(
      MetaRequest{}, kPatience, [&](TransportReply reply) { first.set_value(std::move(reply)); });
  const auto second_id = fixture.transport->send(
      MetaRequest{}, kPatience, [&](TransportReply reply) { second.set_value(std::move(reply)); });
  BOOST_TEST((first_id != second_id));
  BOOST_TEST((first_id != RequestId{0}));
  fixture.transport->cancel(second_id);
  (void)expect_error(second.get_future().get(), Code::kCancelled, 0);
  fixture.transport->cancel(first_id);
  (void)expect_error(first.get_future().get(), Code::kCancelled, 0);
  fixture.server.set_silent(false);
  (void)expect<MetaReply>(ask(*fixture.transport, MetaRequest{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancelling_what_has_ended_or_never_was_does_nothing, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  std::promise<TransportReply> outcome;
  const auto id = fixture.transport->send(
      MetaRequest{}, kPatience, [&](TransportReply reply) { outcome.set_value(std::move(reply)); });
  (void)expect<MetaReply>(outcome.get_future().get());
  fixture.transport->cancel(id);
  fixture.transport->cancel(RequestId{987'654});
  (void)expect<MetaReply>(ask(*fixture.transport, MetaRequest{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(many_requests_are_answered_in_order, Fixture, TransportsUnderTest) {
  Fixture fixture;
  constexpr int kRequests = 200;
  std::vector<int> order;  // only touched where handlers run, until the last has
  std::promise<void> done;
  for (int i = 0; i < kRequests; ++i) {
    (void)fixture.transport->send(MetaRequest{}, kPatience, [&, i](const TransportReply& reply) {
      if (reply) order.push_back(i);
      if (i == kRequests - 1) done.set_value();
    });
  }
  done.get_future().get();
  BOOST_REQUIRE(order.size() == std::size_t{kRequests});
  BOOST_TEST(std::ranges::is_sorted(order));
  BOOST_TEST(fixture.server.request_count() == std::uint64_t{kRequests});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(requests_may_come_from_many_threads, Fixture, TransportsUnderTest) {
  Fixture fixture;
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) answered += ask(*fixture.transport, MetaRequest{}) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(answered == 80);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_handler_runs_elsewhere_and_may_send_again, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  std::promise<TransportReply> outcome;
  std::atomic<bool> elsewhere = false;
  const auto caller = std::this_thread::get_id();
  (void)fixture.transport->send(MetaRequest{}, kPatience, [&](const TransportReply&) {
    elsewhere = std::this_thread::get_id() != caller;
    (void)fixture.transport->send(MetaRequest{}, kPatience, [&](TransportReply reply) {
      outcome.set_value(std::move(reply));
    });
  });
  (void)expect<MetaReply>(outcome.get_future().get());
  BOOST_TEST(elsewhere);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transport_that_goes_cancels_what_is_under_way, Fixture,
                              TransportsUnderTest) {
  Fixture fixture;
  fixture.server.set_silent(true);
  std::atomic<int> cancelled{0};
  std::atomic<int> calls{0};
  for (int i = 0; i < 5; ++i) {
    (void)fixture.transport->send(MetaRequest{}, kPatience, [&](const TransportReply& reply) {
      ++calls;
      if (!reply && reply.error().error.code == Code::kCancelled) ++cancelled;
    });
  }
  fixture.transport.reset();
  BOOST_TEST(calls == 5);
  BOOST_TEST(cancelled == 5);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transport_may_go_at_once, Fixture, TransportsUnderTest) {
  Fixture fixture;
  std::atomic<int> calls{0};
  (void)fixture.transport->send(MetaRequest{}, kPatience, [&](const TransportReply&) { ++calls; });
  fixture.transport.reset();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(traffic_is_counted, Fixture, TransportsUnderTest) {
  Fixture fixture;
  BOOST_TEST(fixture.transport->traffic().requests == 0U);
  (void)ask(*fixture.transport, MetaRequest{});
  const auto before = fixture.transport->traffic();
  BOOST_TEST(before.requests == 1U);
  BOOST_TEST(before.sent_bytes > 0U);
  BOOST_TEST(before.received_bytes > 0U);
  (void)ask(*fixture.transport, push_request(Secret("token"), {op("notes", "a", kNoonMs)}));
  const auto after = fixture.transport->traffic();
  BOOST_TEST(after.requests == 2U);
  BOOST_TEST(after.sent_bytes > before.sent_bytes);
  BOOST_TEST(after.received_bytes > before.received_bytes);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
