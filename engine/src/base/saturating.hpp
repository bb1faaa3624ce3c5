#pragma once

#include <cstdint>
#include <limits>

namespace syncline {

// The sum, or the end of the range that it lies beyond: a wall clock may say anything.
[[nodiscard]] constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

}  // namespace syncline
