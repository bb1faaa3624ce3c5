#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "syncline/replica.hpp"

namespace syncline {

// Whoever wants to be told of something, as long as they keep their subscription.
//
// Thread safety: all members may be called from any thread; observers are called outside the lock.
template <typename Told>
class ObserverList {
 public:
  using Observer = std::function<void(const Told&)>;

  [[nodiscard]] Subscription add(Observer observer) {
    auto token = std::make_shared<Observer>(std::move(observer));
    const std::lock_guard lock(mutex_);
    std::erase_if(observers_, [](const auto& known) { return known.expired(); });
    observers_.push_back(token);
    return Subscription(token);
  }

  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(observers_.begin(), observers_.end(),
                       [](const auto& known) { return known.expired(); });
  }

  void tell(const Told& told) const {
    std::vector<std::weak_ptr<Observer>> observers;
    {
      const std::lock_guard lock(mutex_);
      observers = observers_;
    }
    for (const auto& known : observers) {
      if (const auto observer = known.lock()) (*observer)(told);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Observer>> observers_;
};

}  // namespace syncline
