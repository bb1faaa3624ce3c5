#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/batch.hpp"
#include "syncline/environment.hpp"
#include "syncline/loopback_server.hpp"
#include "syncline/transport.hpp"

namespace syncline {

inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code_name(code); }

}  // namespace syncline

namespace syncline::test {

using namespace std::chrono_literals;

// Long enough to be met on a busy machine under a sanitizer.
inline constexpr std::chrono::milliseconds kPatience = 60s;

inline constexpr std::int64_t kNoonMs = 1'700'000'000'000;
inline constexpr std::string_view kEmail = "ada@example.org";
inline constexpr std::string_view kPassword = "correct horse battery";

class SettableClock final : public WallClock {
 public:
  std::int64_t now_ms() override { return now_ms_; }
  void advance(std::chrono::milliseconds by) { now_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ms_{kNoonMs};
};

// SplitMix64: the same numbers in every run.
class SeededRandom final : public Random {
 public:
  std::uint64_t next() override {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

 private:
  std::atomic<std::uint64_t> state_{1};
};

// Sends the request and waits for its outcome.
inline TransportReply ask(Transport& transport, Request request,
                          std::chrono::milliseconds deadline = kPatience) {
  std::promise<TransportReply> outcome;
  (void)transport.send(std::move(request), deadline,
                       [&](TransportReply reply) { outcome.set_value(std::move(reply)); });
  return outcome.get_future().get();
}

// The outcome as the message that it has to be.
template <typename T>
T expect(TransportReply reply) {
  if (!reply) {
    BOOST_FAIL("the reply is an error: " << reply.error().error.code << ", "
                                         << reply.error().error.message);
  }
  if (!std::holds_alternative<T>(*reply)) BOOST_FAIL("the reply is of another kind");
  return std::get<T>(*std::move(reply));
}

// The outcome as the error that it has to be.
inline TransportError expect_error(TransportReply reply, Code code, int status) {
  if (reply) BOOST_FAIL("there is a reply where an error was expected");
  BOOST_TEST(reply.error().error.code == code, reply.error().error.code
                                                   << " instead of " << code << ": "
                                                   << reply.error().error.message);
  BOOST_TEST(reply.error().status == status);
  BOOST_TEST(reply.error().error.message.find(kPassword) == std::string::npos);
  return std::move(reply.error());
}

inline Op op(std::string_view collection, std::string_view record, std::int64_t time_ms,
             std::string value = "\x03") {
  return Op{SlotKey::make(collection, record, "field", "").value(),
            Stamp{HybridTime(time_ms), ReplicaId{7}}, std::move(value)};
}

inline RegisterRequest register_request() { return {std::string(kEmail), Secret(kPassword)}; }

inline SyncRequest push_request(const Secret& token, const std::vector<Op>& ops) {
  SyncRequest request;
  request.access_token = token;
  request.replica = 7;
  request.push_ops = encode_batch(ops);
  return request;
}

inline SyncRequest pull_request(const Secret& token, PullCursors cursors,
                                std::optional<std::size_t> limit = {}) {
  SyncRequest request;
  request.access_token = token;
  request.replica = 8;
  request.pull = SyncRequest::Pull{std::move(cursors), limit};
  return request;
}

inline std::string letters(const std::vector<Verdict>& verdicts) {
  std::string text;
  for (const auto verdict : verdicts) text += static_cast<char>(verdict);
  return text;
}

inline std::vector<Op> ops_of(const SyncReply& reply) {
  return decode_own_batch(reply.pull.value().ops).value();
}

}  // namespace syncline::test
