#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "syncline/synchronizer.hpp"

namespace syncline {
namespace {

using SteadyClock = std::chrono::steady_clock;

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor() : thread_([this] { run(); }) {}
  ~ThreadExecutor() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void post(std::function<void()> task) override {
    static_cast<void>(post_after(std::chrono::milliseconds{0}, std::move(task)));
  }

  TimerId post_after(std::chrono::milliseconds delay, std::function<void()> task) override {
    const auto due = SteadyClock::now() + delay;
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = ++last_number_;
      tasks_.emplace(Key{due, number}, std::move(task));
      due_.emplace(number, due);
    }
    wake_.notify_all();
    return TimerId{number};
  }

  void cancel(TimerId timer) override {
    const std::lock_guard lock(mutex_);
    const auto found = due_.find(static_cast<std::uint64_t>(timer));
    if (found == due_.end()) return;
    tasks_.erase(Key{found->second, found->first});
    due_.erase(found);
  }

 private:
  // Tasks of one moment run in the order in which they were posted.
  using Key = std::pair<SteadyClock::time_point, std::uint64_t>;

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (tasks_.empty()) {
        wake_.wait(lock);
        continue;
      }
      const auto next = tasks_.begin();
      // A copy, because the task may be cancelled while this waits.
      const auto due = next->first.first;
      if (due > SteadyClock::now()) {
        wake_.wait_until(lock, due);
        continue;
      }
      std::function<void()> task = std::move(next->second);
      due_.erase(next->first.second);
      tasks_.erase(next);
      lock.unlock();
      task();
      task = nullptr;  // what it holds is released outside the lock
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::uint64_t last_number_ = 0;
  std::map<Key, std::function<void()>> tasks_;
  std::map<std::uint64_t, SteadyClock::time_point> due_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor() { return std::make_unique<ThreadExecutor>(); }

}  // namespace syncline
