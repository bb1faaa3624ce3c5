#pragma once

#include <cstdio>
#include <cstdlib>

namespace syncline {

// Ends the process, in every build, with what an app did that the API forbids. Only for what has no
// other end than to wait for ever or to read memory that is gone; a test costs a comparison.
inline void forbid(bool is_misuse, const char* sentence) {
  if (!is_misuse) return;
  std::fprintf(stderr, "syncline: %s\n", sentence);
  std::abort();
}

}  // namespace syncline
