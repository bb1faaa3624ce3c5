#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::cli {

// One line on stdout. False if it could not be written.
bool print_line(std::string_view line);

// For a command that prints while it reads the database, to be made before that is opened. While it
// lives, a reader of stdout that goes away (head, say) does not end the program in the middle of a
// snapshot, which would stay in the store's table of readers; print_line answers false instead.
// When it goes, that ends the program as it would have ended it before.
class SteadyOutput {
 public:
  SteadyOutput();
  SteadyOutput(const SteadyOutput&) = delete;
  SteadyOutput& operator=(const SteadyOutput&) = delete;
  ~SteadyOutput();
};

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

  // `note` stands behind the bar.
  void show(std::uint64_t done, std::uint64_t total, const std::string& note = {});

 private:
  std::string label_;
  bool on_terminal_;
  int shown_per_mille_ = -1;
};

}  // namespace syncline::cli
