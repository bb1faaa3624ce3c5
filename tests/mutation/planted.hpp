#pragma once

#include <cstdlib>
#include <string_view>

// Every source of the mutation build includes this before its first line.

// Whether this run has the plant of that name.
inline bool planted(std::string_view name) {
  static const char* const kName = std::getenv("SYNCLINE_PLANT");
  return kName != nullptr && name == kName;
}
