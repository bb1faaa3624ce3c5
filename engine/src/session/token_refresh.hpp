#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "syncline/tokens.hpp"
#include "syncline/transport.hpp"

namespace syncline::session {

// A refresh under way. It outlives the session's interest in it: its reply is the only copy of the
// next tokens.
//
// Thread safety: all members may be called from any thread.
class TokenRefresh {
 public:
  TokenRefresh(Tokens asked, std::uint64_t generation)
      : asked_(std::move(asked)), generation_(generation) {}

  // What it was asked with.
  [[nodiscard]] const Tokens& asked() const { return asked_; }

  // The request that waits for it.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  // Called once, by the transport.
  void answer(TransportReply reply);
  // The reply, for the first who asks; waits for it, but no longer than this.
  [[nodiscard]] std::optional<TransportReply> take_reply(std::chrono::milliseconds patience);

 private:
  const Tokens asked_;
  const std::uint64_t generation_;

  std::mutex mutex_;  // guards reply_
  std::condition_variable answered_;
  std::optional<TransportReply> reply_;
};

}  // namespace syncline::session
