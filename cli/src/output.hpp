#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::cli {

// One line on stdout.
void print_line(std::string_view line);

// A time since 1970 for people, in UTC; "never" for 0.
[[nodiscard]] std::string time_text(std::int64_t milliseconds);

// A bar on stderr while something long is under way; nothing where stderr is no terminal.
//
// Thread safety: none.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();  // clears the line

  void show(std::uint64_t done, std::uint64_t total);

 private:
  std::string label_;
  bool on_terminal_;
  int shown_per_mille_ = -1;
};

}  // namespace syncline::cli
