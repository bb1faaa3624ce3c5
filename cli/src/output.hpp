#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "command.hpp"

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

// "1 change", "2 changes"; where the plural is another word than that with an s, it is given.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one,
                                  std::string_view many = {});

// Says to people, on stderr, that a list has nothing in it; where JSON is asked for, nothing.
void say_nothing_there(const Context& context, std::string_view sentence);

inline constexpr std::string_view kNoRecords = "there are no such records";

// A bar on stderr while something long is under way; nothing where stderr is no terminal.
//
// Thread safety: none.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();  // clears the line

  // Whether anyone can see it.
  [[nodiscard]] bool is_seen() const { return on_terminal_; }
  // `note` stands behind the bar.
  void show(std::uint64_t done, std::uint64_t total, const std::string& note = {});

 private:
  std::string label_;
  bool on_terminal_;
  int shown_per_mille_ = -1;
};

}  // namespace syncline::cli
