#include "replica/observers.hpp"

#include <utility>

namespace syncline::replica {
namespace {

Change change_of(const Op& op, Origin origin) {
  return {std::string(op.key.collection()), std::string(op.key.record()),
          std::string(op.key.field()), origin, op.stamp.replica};
}

}  // namespace

Subscription Observers::add(Replica::Observer observer) {
  auto token = std::make_shared<Replica::Observer>(std::move(observer));
  const std::lock_guard lock(mutex_);
  std::erase_if(observers_, [](const auto& known) { return known.expired(); });
  observers_.push_back(token);
  return Subscription(token);
}

void Observers::enqueue(std::span<const Op> ops, Origin origin) {
  if (ops.empty()) return;
  const std::lock_guard lock(mutex_);
  if (observers_.empty()) return;
  std::vector<Change> changes;
  changes.reserve(ops.size());
  for (const Op& op : ops) changes.push_back(change_of(op, origin));
  queue_.push_back(std::move(changes));
}

void Observers::deliver() {
  std::unique_lock lock(mutex_);
  if (delivering_) return;
  delivering_ = true;
  while (!queue_.empty()) {
    const std::vector<Change> changes = std::move(queue_.front());
    queue_.pop_front();
    const auto observers = observers_;
    lock.unlock();
    for (const auto& known : observers) {
      if (const auto observer = known.lock()) (*observer)(changes);
    }
    lock.lock();
  }
  delivering_ = false;
}

}  // namespace syncline::replica
