#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace syncline {

// Names a task that was posted with a delay; 0 is never used.
enum class TimerId : std::uint64_t {};

// Runs tasks one after the other. Everything in a Synchronizer happens on its executor, which is
// how a test or a simulation puts it on virtual time.
//
// Thread safety: all members may be called from any thread.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  // Never runs the task itself.
  virtual void post(std::function<void()> task) = 0;
  [[nodiscard]] virtual TimerId post_after(std::chrono::milliseconds delay,
                                           std::function<void()> task) = 0;
  // Forgets the task unless it has begun to run.
  virtual void cancel(TimerId timer) = 0;
};

}  // namespace syncline
