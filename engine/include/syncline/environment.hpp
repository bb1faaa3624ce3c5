#pragma once

#include <cstdint>
#include <memory>

// The inputs that an engine must not take from thin air: the wall clock and randomness.

namespace syncline {

// Thread safety: all members may be called from any thread.
class WallClock {
 public:
  WallClock() = default;
  WallClock(const WallClock&) = delete;
  WallClock& operator=(const WallClock&) = delete;
  virtual ~WallClock() = default;

  // Milliseconds since 1970-01-01T00:00:00Z. May jump, and go back.
  [[nodiscard]] virtual std::int64_t now_ms() = 0;
};

// Thread safety: all members may be called from any thread.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  // 64 uniformly random bits, fit to be an identity.
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

// The operating system's clock, and libsodium's generator.
[[nodiscard]] std::unique_ptr<WallClock> system_wall_clock();
[[nodiscard]] std::unique_ptr<Random> system_random();

}  // namespace syncline
