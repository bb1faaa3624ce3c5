#pragma once

#include <atomic>
#include <cstdint>

#include "syncline/environment.hpp"

// A wall clock and a randomness that a test controls.

namespace syncline::test {

// November 2023, which the tests take for the present.
inline constexpr std::int64_t kPresentMs = 1'700'000'000'000;
inline constexpr std::int64_t kYear2262Ms = 9'223'372'036'855;

class ManualWall final : public WallClock {
 public:
  ManualWall() = default;
  explicit ManualWall(std::int64_t now) : now_ms_(now) {}

  std::int64_t now_ms() override { return now_ms_; }
  void set(std::int64_t now) { now_ms_ = now; }
  void advance(std::int64_t by) { now_ms_ += by; }

 private:
  std::atomic<std::int64_t> now_ms_{kPresentMs};
};

// Counts up, so that the identities of a test are the same in every run.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint64_t first = 1) : next_(first) {}

  std::uint64_t next() override { return next_++; }

 private:
  std::atomic<std::uint64_t> next_;
};

}  // namespace syncline::test
