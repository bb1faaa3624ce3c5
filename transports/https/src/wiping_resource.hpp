#pragma once

#include <algorithm>
#include <cstddef>
#include <new>

#include <boost/json/memory_resource.hpp>

#include "syncline/secret.hpp"

namespace syncline::https {

// Memory of JSON values that hold a password or token: it is overwritten before it is given back.
class WipingResource final : public boost::json::memory_resource {
  // Boost.JSON takes the text of a key with alignment 1 and, when parsing ends before the key has
  // its value, gives it back with the alignment of any object. With the latter as the least, both
  // are the same.
  static constexpr std::align_val_t aligned(std::size_t align) {
    return std::align_val_t{std::max(align, alignof(std::max_align_t))};
  }

  void* do_allocate(std::size_t size, std::size_t align) override {
    return ::operator new(size, aligned(align));
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t align) override {
    wipe_memory(memory, size);
    ::operator delete(memory, aligned(align));
  }
  [[nodiscard]] bool do_is_equal(
      const boost::json::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace syncline::https
