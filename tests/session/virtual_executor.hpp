#pragma once

#include <functional>
#include <map>
#include <utility>

#include "syncline/executor.hpp"
#include "tests/engine/support/environment.hpp"

namespace syncline::test {

// An executor on virtual time: tasks run when the test says so, and the wall clock moves with them.
class VirtualExecutor final : public Executor {
 public:
  explicit VirtualExecutor(ManualWall& wall) : wall_(wall) {}

  void post(std::function<void()> task) override {
    static_cast<void>(post_after({}, std::move(task)));
  }

  TimerId post_after(std::chrono::milliseconds delay, std::function<void()> task) override {
    const TimerId id{++last_};
    tasks_.emplace(std::pair{now_ + delay, last_}, std::move(task));
    return id;
  }

  void cancel(TimerId timer) override {
    std::erase_if(tasks_,
                  [timer](const auto& task) { return TimerId{task.first.second} == timer; });
  }

  // Runs everything that is due within this time.
  void run_for(std::chrono::milliseconds time) {
    const auto end = now_ + time;
    while (!tasks_.empty() && tasks_.begin()->first.first <= end) {
      const auto due = tasks_.begin()->first.first;
      wall_.advance((due - now_).count());
      now_ = due;
      auto task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
      task();
    }
    wall_.advance((end - now_).count());
    now_ = end;
  }

  [[nodiscard]] std::size_t waiting() const { return tasks_.size(); }

 private:
  ManualWall& wall_;
  std::chrono::milliseconds now_{0};
  std::uint64_t last_ = 0;
  std::map<std::pair<std::chrono::milliseconds, std::uint64_t>, std::function<void()>> tasks_;
};

}  // namespace syncline::test
