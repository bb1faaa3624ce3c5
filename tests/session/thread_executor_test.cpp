#include <atomic>
#include <future>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/synchronizer.hpp"

namespace syncline {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(tasks_run_in_the_order_in_which_they_were_posted) {
  const auto executor = make_thread_executor();
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 100; ++i) executor->post([&order, i] { order.push_back(i); });
  executor->post([&done] { done.set_value(); });
  done.get_future().wait();
  BOOST_REQUIRE_EQUAL(order.size(), 100);
  for (int i = 0; i < 100; ++i) BOOST_CHECK_EQUAL(order[static_cast<std::size_t>(i)], i);
}

BOOST_AUTO_TEST_CASE(a_cancelled_task_does_not_run) {
  const auto executor = make_thread_executor();
  std::atomic<bool> ran = false;
  std::promise<void> done;
  const TimerId timer = executor->post_after(50ms, [&ran] { ran = true; });
  executor->cancel(timer);
  static_cast<void>(executor->post_after(100ms, [&done] { done.set_value(); }));
  done.get_future().wait();
  BOOST_CHECK(!ran);
}

BOOST_AUTO_TEST_CASE(a_task_may_post_and_cancel) {
  const auto executor = make_thread_executor();
  std::promise<int> done;
  executor->post([&] {
    const TimerId timer = executor->post_after(1h, [&done] { done.set_value(1); });
    executor->cancel(timer);
    executor->post([&done] { done.set_value(2); });
  });
  BOOST_CHECK_EQUAL(done.get_future().get(), 2);
}

BOOST_AUTO_TEST_CASE(destroying_it_forgets_what_has_not_begun) {
  std::atomic<bool> ran = false;
  {
    const auto executor = make_thread_executor();
    static_cast<void>(executor->post_after(1h, [&ran] { ran = true; }));
  }
  BOOST_CHECK(!ran);
}

}  // namespace
}  // namespace syncline
