#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "syncline/replica.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {

// One line on stdout.
void print_line(std::string_view line);

// A record as one JSON object, its id first, then its collection if given, then its fields.
// Errors: invalid_argument if a field has the name of one of these.
[[nodiscard]] Result<std::string> record_to_json(const Record& record,
                                                 std::string_view collection = {});

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
