#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "syncline/codes.hpp"
#include "syncline/error.hpp"
#include "syncline/store.hpp"

namespace syncline {

// An op that is kept and not merged, or not sent, and why.
struct KeptAside {
  Keyspace keyspace = Keyspace::kQuarantine;  // or kSetAside
  Code code = Code::kInternal;
  // What it is about, where it can be decoded. The field is empty for the record itself.
  std::string collection{};
  std::string record{};
  std::string field{};
  std::int64_t stamped_ms = 0;  // since 1970; 0 where it cannot be decoded
};

// Shows what arrived and could not be merged (quarantine), then what the server refuses for good
// (set_aside), until the visitor answers false. What is damaged is passed over. Errors: store_io.
[[nodiscard]] Result<void> read_kept_aside(const Store& store,
                                           const std::function<bool(const KeptAside&)>& visitor);

}  // namespace syncline
