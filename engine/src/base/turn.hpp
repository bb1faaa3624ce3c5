#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "base/misuse.hpp"

namespace syncline {

// A mutex that knows who has it, so that a thread which asks for it again is told, and does not
// wait for itself for ever.
//
// Thread safety: all members may be called from any thread.
class Turn {
 public:
  void lock() {
    forbid(holder_.load(std::memory_order_relaxed) == std::this_thread::get_id(),
           "what commits was called from within the body of a write, for which it would wait");
    mutex_.lock();
    holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }
  void unlock() {
    holder_.store(std::thread::id(), std::memory_order_relaxed);
    mutex_.unlock();
  }

 private:
  std::mutex mutex_;
  std::atomic<std::thread::id> holder_{};
};

}  // namespace syncline
