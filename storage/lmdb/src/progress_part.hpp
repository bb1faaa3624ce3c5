#pragma once

#include <algorithm>
#include <cstdint>

#include "syncline/lmdb_store.hpp"

namespace syncline::lmdb {

// The progress of one of `count` parts of a work, numbered from 0, of which each counts as much.
// What is given is borrowed.
inline CopyProgress part_of(const CopyProgress& progress, std::uint64_t number,
                            std::uint64_t count) {
  if (!progress) return {};
  return [&progress, number, count](std::uint64_t done, std::uint64_t total) {
    return progress(number * total + std::min(done, total), count * total);
  };
}

}  // namespace syncline::lmdb
