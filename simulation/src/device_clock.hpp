#pragma once

#include <cstdint>
#include <limits>

#include "syncline/environment.hpp"
#include "virtual_time.hpp"

namespace syncline::simulation {

inline constexpr std::int64_t kBeginningMs = 1'700'000'000'000;  // November 2023

// A wall clock that can be wrong in every way; a device's, or the server's. It saturates at the
// ends of the range.
//
// Thread safety: none.
class DeviceClock final : public WallClock {
 public:
  explicit DeviceClock(const VirtualTime& time) : time_(time) {}

  std::int64_t now_ms() override {
    if (frozen_) return set_to_;
    const std::int64_t passed = time_.now().count() - since_;
    return later(set_to_, passed + passed * drift_per_1000_ / 1000);
  }

  // From now on it runs on from there.
  void set(std::int64_t milliseconds) {
    set_to_ = milliseconds;
    since_ = time_.now().count();
  }
  void jump(std::int64_t by_ms) { set(later(now_ms(), by_ms)); }
  void drift(std::int64_t per_1000) {
    set(now_ms());
    drift_per_1000_ = per_1000;
  }
  void freeze(bool frozen) {
    set(now_ms());
    frozen_ = frozen;
  }
  // Right again, and running as it should.
  void mend() {
    frozen_ = false;
    drift_per_1000_ = 0;
    set(kBeginningMs + time_.now().count());
  }

 private:
  static std::int64_t later(std::int64_t time_ms, std::int64_t by_ms) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(time_ms, by_ms, &sum)) return sum;
    return by_ms < 0 ? std::numeric_limits<std::int64_t>::min()
                     : std::numeric_limits<std::int64_t>::max();
  }

  const VirtualTime& time_;
  std::int64_t set_to_ = kBeginningMs;
  std::int64_t since_ = 0;
  std::int64_t drift_per_1000_ = 0;
  bool frozen_ = false;
};

}  // namespace syncline::simulation
