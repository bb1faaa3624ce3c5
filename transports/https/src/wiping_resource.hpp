#pragma once

#include <cstddef>
#include <new>

#include <boost/json/memory_resource.hpp>

#include "syncline/secret.hpp"

namespace syncline::https {

// Memory of JSON values that hold a password or token: it is overwritten before it is given back.
class WipingResource final : public boost::json::memory_resource {
  void* do_allocate(std::size_t size, std::size_t align) override {
    return ::operator new(size, std::align_val_t{align});
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t align) override {
    wipe_memory(memory, size);
    ::operator delete(memory, std::align_val_t{align});
  }
  [[nodiscard]] bool do_is_equal(
      const boost::json::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace syncline::https
