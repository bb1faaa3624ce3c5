#pragma once

#include <atomic>

#include "syncline/schema.hpp"
#include "syncline/view.hpp"

namespace syncline {

// It outlives the replica if a view does, so that a view which comes too late can still tell.
//
// Thread safety: all members may be read in any thread.
struct View::Source {
  const Schema schema;
  std::atomic<bool> is_open = true;
};

}  // namespace syncline
