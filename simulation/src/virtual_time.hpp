#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "syncline/executor.hpp"

namespace syncline::simulation {

// The time of a world and what is to happen in it, in one order for each seed.
//
// Thread safety: none.
class VirtualTime {
 public:
  using Milliseconds = std::chrono::milliseconds;

  [[nodiscard]] Milliseconds now() const { return now_; }

  TimerId after(Milliseconds delay, std::function<void()> task) {
    const std::uint64_t number = ++last_;
    const Key key{now_ + delay, number};
    tasks_.emplace(key, std::move(task));
    due_.emplace(number, key.first);
    return TimerId{number};
  }

  void cancel(TimerId timer) {
    const auto found = due_.find(static_cast<std::uint64_t>(timer));
    if (found == due_.end()) return;
    tasks_.erase(Key{found->second, found->first});
    due_.erase(found);
  }

  // Runs the next task if it is due by then; else time has come to there, and the answer is false.
  bool run_next(Milliseconds until) {
    if (tasks_.empty() || tasks_.begin()->first.first > until) {
      now_ = until;
      return false;
    }
    auto next = tasks_.extract(tasks_.begin());
    due_.erase(next.key().second);
    now_ = next.key().first;
    next.mapped()();
    return true;
  }

 private:
  using Key = std::pair<Milliseconds, std::uint64_t>;

  Milliseconds now_{0};
  std::uint64_t last_ = 0;
  std::map<Key, std::function<void()>> tasks_;
  std::unordered_map<std::uint64_t, Milliseconds> due_;
};

// One process's share of the time: what it had planned is gone when the process ends.
//
// Thread safety: none.
class ProcessExecutor final : public Executor {
 public:
  explicit ProcessExecutor(VirtualTime& time) : time_(time) {}
  ~ProcessExecutor() override { *alive_ = false; }

  void post(std::function<void()> task) override {
    static_cast<void>(post_after(std::chrono::milliseconds{0}, std::move(task)));
  }
  TimerId post_after(std::chrono::milliseconds delay, std::function<void()> task) override {
    return time_.after(delay, [alive = alive_, task = std::move(task)] {
      if (*alive) task();
    });
  }
  void cancel(TimerId timer) override { time_.cancel(timer); }

  // From now on nothing runs any more.
  void end() { *alive_ = false; }

 private:
  VirtualTime& time_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace syncline::simulation
