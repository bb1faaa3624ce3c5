#include "sight.hpp"

namespace syncline::loopback {
namespace {

bool holds(const Slot& slot, const Op& op) {
  return slot.stamp == op.stamp && slot.value == op.value;
}

// Two devices that create a record lose nothing by it.
bool is_creation(const SlotKey& key) {
  return key.field().empty() && key.element() == kLiveElement;
}

bool same_record(const SlotKey& key, const SlotKey& other) {
  return key.collection() == other.collection() && key.record() == other.record();
}

}  // namespace

bool Sight::meets_unseen(const Op& op) const {
  const auto own = slots_.find(op.key);
  const bool may_replace = own != slots_.end() && !is_creation(op.key) && !holds(own->second, op);
  if (may_replace && unseen(*own)) return true;
  // The least key of its record, because its field is empty and its element the first of two.
  const auto dead = SlotKey::make(op.key.collection(), op.key.record(), "", kDeadElement).value();
  if (op.key != dead) {
    const auto found = slots_.find(dead);
    return found != slots_.end() && unseen(*found);
  }
  for (auto row = slots_.upper_bound(dead); row != slots_.end() && same_record(row->first, dead);
       ++row) {
    if (unseen(*row)) return true;
  }
  return false;
}

bool Sight::unseen(const Slots::value_type& row) const {
  return row.second.stamp.replica != replica_ &&
         wanted_.has(row.first.collection(), row.second.sequence);
}

}  // namespace syncline::loopback
