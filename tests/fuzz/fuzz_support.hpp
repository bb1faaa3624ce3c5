#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// What every target says: a property that any bytes have to have.

namespace syncline::fuzz {

inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size_bytes) {
  return {reinterpret_cast<const char*>(data), size_bytes};
}

// Reads an input as choices, from its front; at its end every choice is the first.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool is_empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    const auto taken = take(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken.front());
  }
  std::string_view take(std::size_t size_bytes) {
    const auto taken = rest_.substr(0, size_bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // Up to the next line end, which it passes over.
  std::string_view line() {
    const auto taken = take(rest_.find('\n'));
    take(1);
    return taken;
  }
  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view rest_;
};

}  // namespace syncline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes);
