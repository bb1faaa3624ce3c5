#include <array>

#include "syncline/status.hpp"

namespace syncline {

std::string_view phase_name(Phase phase) {
  static constexpr std::array<std::string_view, kPhaseCount> kNames{
      "disabled", "offline",     "connecting",   "syncing", "idle",
      "backoff",  "paused_auth", "paused_clock", "reset",   "failed"};
  return kNames.at(static_cast<std::size_t>(phase));
}

}  // namespace syncline
