#include "session/token_refresh.hpp"

namespace syncline::session {

void TokenRefresh::answer(TransportReply reply) {
  const std::lock_guard lock(mutex_);
  reply_ = std::move(reply);
  answered_.notify_all();
}

std::optional<TransportReply> TokenRefresh::take_reply(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  answered_.wait_for(lock, patience, [this] { return reply_.has_value(); });
  return std::exchange(reply_, std::nullopt);
}

}  // namespace syncline::session
