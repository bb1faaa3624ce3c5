#include "syncline/clock.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "base/saturating.hpp"
#include "syncline/limits.hpp"

namespace syncline {
namespace {

__extension__ using Wide = __int128;

}  // namespace

std::int64_t HybridClock::now_ms() const {
  return std::clamp<std::int64_t>(saturating_add(wall_.now_ms(), state_.offset_ms), 0,
                                  kMillisecondsMax);
}

Result<HybridTime> HybridClock::tick(HybridTime floor) {
  const HybridTime now(now_ms());
  const HybridTime base = std::max(state_.last, floor);
  HybridTime time = now;
  if (now.milliseconds() <= base.milliseconds()) {
    if (base.packed() == std::numeric_limits<std::uint64_t>::max()) {
      return fail(Code::kClockExhausted, "the clock stands at the end of its range");
    }
    time = HybridTime::from_packed(base.packed() + 1);
  }
  const bool carried_by_floor =
      floor > state_.last && time.milliseconds() > now.milliseconds() + kDriftMaxMs;
  state_.last = carried_by_floor ? std::max(state_.last, now) : time;
  return time;
}

Result<void> HybridClock::observe(const Stamp& stamp, std::int64_t server_ms) {
  const std::int64_t present = std::max(now_ms(), std::min(server_ms, kMillisecondsMax));
  const std::int64_t ahead = stamp.time.milliseconds() - present;
  if (ahead > kDriftMaxMs) {
    return fail(Code::kStampInFuture, "stamp is " + std::to_string(ahead) +
                                          " ms ahead of the server's time and of this device's");
  }
  state_.last = std::max(state_.last, stamp.time);
  confirm(stamp);
  return {};
}

bool HybridClock::learn_offset(std::int64_t server_ms, std::int64_t sent_ms,
                               std::int64_t received_ms) {
  const bool was_set_back = received_ms < sent_ms;
  const bool allows_present = Wide{server_ms} - received_ms <= state_.offset_ms &&
                              state_.offset_ms <= Wide{server_ms} - sent_ms;
  if (was_set_back || allows_present) return false;
  // Exactly: a wall clock that stamps cannot say is put right as any other.
  const Wide difference = (2 * Wide{server_ms} - sent_ms - received_ms) / 2;  // rounds toward zero
  const Wide held = std::clamp<Wide>(difference, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max());
  const std::int64_t offset =
      held > kOffsetMinMs || held < -kOffsetMinMs ? static_cast<std::int64_t>(held) : 0;
  const bool changed = offset != state_.offset_ms;
  state_.offset_ms = offset;
  return changed;
}

}  // namespace syncline
