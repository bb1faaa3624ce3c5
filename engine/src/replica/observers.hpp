#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/observer_list.hpp"
#include "syncline/batch.hpp"
#include "syncline/replica.hpp"

namespace syncline::replica {

// Delivers the changes of each commit to every observer, in commit order and one call at a time,
// outside any lock, so that an observer may write.
//
// Thread safety: all members may be called from any thread.
class Observers {
 public:
  [[nodiscard]] Subscription add(Replica::Observer observer);

  // Queues what a commit changed, if anyone observes. Called after the commit while the writer's
  // lock is held, which makes the order the commit order.
  void enqueue(std::span<const Op> ops, Origin origin);
  // Delivers what is queued, unless another call is doing so already, which then delivers this too.
  void deliver();

 private:
  std::mutex mutex_;
  ObserverList<std::vector<Change>> observers_;
  std::deque<std::vector<Change>> queue_;
  bool delivering_ = false;
};

}  // namespace syncline::replica
