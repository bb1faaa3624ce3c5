#pragma once

#include <cstdint>
#include <utility>

#include "syncline/tokens.hpp"

namespace syncline::session {

// A refresh under way. It outlives the session's interest in it: its reply is the only copy of the
// next tokens.
struct TokenRefresh {
  Tokens asked;                  // what it was asked with
  std::uint64_t generation = 0;  // of the request that waits for it
};

}  // namespace syncline::session
