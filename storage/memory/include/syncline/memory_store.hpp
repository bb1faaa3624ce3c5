#pragma once

#include <memory>

#include "syncline/store.hpp"

namespace syncline {

// An empty store that lives in memory and is gone with the process: for tests, for the simulator
// and for a cache that may be lost. Every snapshot is a version of its own; a commit shares with
// the versions before it all that it does not change and waits for none of them, and what no
// snapshot needs any more is freed. A snapshot stays valid when the store is destroyed first.
//
// Keys are 1 to 499 bytes, else commit answers invalid_argument and changes nothing.
[[nodiscard]] std::unique_ptr<Store> make_memory_store();

}  // namespace syncline
