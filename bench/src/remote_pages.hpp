#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/messages.hpp"

namespace syncline::bench {

// A page as a server sends it, and its ops as they were before they were encoded.
struct RemotePage {
  std::vector<Op> ops;
  SyncReply reply;
};

inline constexpr std::size_t kSlotsPerRecord = 5;

// The slots of so many records of another replica, each written at one time: `live` and four
// fields. The records' ids are random and the same each time; the cursors of the pages lie behind
// `sequence`, which moves on.
[[nodiscard]] std::vector<RemotePage> make_remote_pages(std::size_t records,
                                                        std::int64_t written_ms,
                                                        std::uint64_t& sequence);

}  // namespace syncline::bench
