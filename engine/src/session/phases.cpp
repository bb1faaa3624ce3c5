#include <array>

#include "session/session.hpp"
#include "syncline/status.hpp"

namespace syncline {

std::string_view phase_name(Phase phase) {
  static constexpr std::array<std::string_view, kPhaseCount> kNames{
      "disabled", "offline",     "connecting",   "syncing", "idle",
      "backoff",  "paused_auth", "paused_clock", "reset",   "failed"};
  return kNames.at(static_cast<std::size_t>(phase));
}

std::string_view session::event_name(EventKind event) {
  static constexpr std::array<std::string_view, kEventKindCount> kNames{
      "enable",    "disable",          "due",   "sync_now",  "round_done",  "round_failed",
      "look_done", "tokens_refreshed", "retry", "reachable", "unreachable", "credentials_changed"};
  return kNames.at(static_cast<std::size_t>(event));
}

}  // namespace syncline
