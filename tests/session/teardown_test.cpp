#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/session/network.hpp"

// What happens on other threads while a synchronizer goes.

namespace syncline::test {
namespace {

// Holds up a task that is handed to it from the thread of the test's choosing.
class SlowExecutor final : public Executor {
 public:
  void post(std::function<void()> task) override {
    if (!slow_) return inner_->post(std::move(task));
    entered_ = true;
    std::this_thread::sleep_for(100ms);
    inner_->post(std::move(task));
    left_ = true;
  }
  TimerId post_after(std::chrono::milliseconds delay, std::function<void()> task) override {
    return inner_->post_after(delay, std::move(task));
  }
  void cancel(TimerId timer) override { inner_->cancel(timer); }

  void be_slow() { slow_ = true; }
  [[nodiscard]] bool entered() const { return entered_; }
  [[nodiscard]] bool left() const { return left_; }

 private:
  std::unique_ptr<Executor> inner_ = make_thread_executor();
  std::atomic<bool> slow_ = false;
  std::atomic<bool> entered_ = false;
  std::atomic<bool> left_ = false;
};

BOOST_AUTO_TEST_CASE(regression_the_executor_is_not_used_after_the_destructor_returned) {
  ManualWall wall;
  CountingRandom random{1'000};
  LoopbackServer server(wall, random);
  MemoryTokens tokens;
  Device device;
  SlowExecutor executor;
  const auto transport = make_loopback_transport(server, executor);
  std::optional<Synchronizer> sync;
  sync.emplace(
      Synchronizer::Parts{device.replica(), *transport, executor, device.wall(), random, tokens});
  executor.be_slow();
  // The write is observed, which posts a task from the writer's thread.
  std::thread writer([&device] { device.patch("notes", "n1", {{"text", "hello"}}); });
  while (!executor.entered()) std::this_thread::yield();
  sync.reset();
  BOOST_CHECK(executor.left());
  writer.join();
}

}  // namespace
}  // namespace syncline::test
