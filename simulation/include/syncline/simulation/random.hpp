#pragma once

#include <cstdint>
#include <random>

#include "syncline/environment.hpp"

namespace syncline::simulation {

// The randomness of a world: everything that a seed decides. The generator's numbers are fixed by
// the C++ standard; its distributions are not, so they are made here.
//
// Thread safety: none.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() override { return engine_(); }

  // From 0 to `bound` - 1; `bound` is not 0.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  // From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(unsigned per_10000) { return below(10'000) < per_10000; }

 private:
  std::mt19937_64 engine_;
};

// One number out of two, so that neither neighbours nor sums are alike (the finalizer of
// splitmix64; Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t z = a + 0x9E37'79B9'7F4A'7C15U * (b + 1);
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EBU;
  return z ^ (z >> 31U);
}

}  // namespace syncline::simulation
