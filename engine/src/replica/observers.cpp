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
  return observers_.add(std::move(observer));
}

void Observers::enqueue(std::span<const Op> ops, Origin origin) {
  if (ops.empty() || observers_.empty()) return;
  std::vector<Change> changes;
  changes.reserve(ops.size());
  for (const Op& op : ops) changes.push_back(change_of(op, origin));
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(changes));
}

void Observers::deliver() {
  std::unique_lock lock(mutex_);
  if (delivering_) return;
  delivering_ = true;
  while (!queue_.empty()) {
    const std::vector<Change> changes = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    observers_.tell(changes);
    lock.lock();
  }
  delivering_ = false;
}

}  // namespace syncline::replica
