#pragma once

#include <csignal>
#include <cstdint>
#include <functional>

#include "output.hpp"

namespace syncline::cli {

// While it lives, SIGINT and SIGTERM do not end the program but are remembered, so that what is
// long can stop in good order. A second one ends the program as ever.
//
// Thread safety: one at a time in the process.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  [[nodiscard]] static bool requested();

 private:
  struct sigaction before_interrupt_ {};
  struct sigaction before_terminate_ {};
};

// Shows how far something is, and stops it when the person does.
[[nodiscard]] std::function<bool(std::uint64_t done, std::uint64_t total)> shown_on(
    ProgressBar& bar);

}  // namespace syncline::cli
