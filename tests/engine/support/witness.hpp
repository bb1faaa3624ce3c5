#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncline/conflicts.hpp"
#include "syncline/messages.hpp"
#include "syncline/schema.hpp"
#include "syncline/slot.hpp"
#include "tests/engine/support/sync.hpp"

// Somebody who looks on while devices write and sync, and notes of each write what its device had
// seen. It knows of the conflict journal nothing but what an entry says.

namespace syncline::test {

class Witness {
 public:
  using Seen = std::set<std::pair<SlotKey, Stamp>>;
  // A register that a device wrote, and all that the device had seen by then.
  struct Write {
    Op op;
    Seen seen;

    [[nodiscard]] bool knew(const Write& other) const {
      return seen.contains({other.op.key, other.op.stamp});
    }
  };

  explicit Witness(const Schema& schema) : schema_(schema) {}

  // Notes what the device wrote since it was last looked at.
  void look_at(Device& device) {
    std::uint64_t& next = next_[&device];
    for (const LogItem& item : log_of(device, next)) {
      next = item.sequence + 1;
      if (item.op.key.collection().starts_with("$")) continue;
      if (item.origin == 1) writes_.push_back({item.op, seen_[&device]});
      seen_[&device].emplace(item.op.key, item.op.stamp);
    }
  }
  // Notes what reaches the device, also where it keeps something greater.
  void arrives(Device& device, const std::vector<Op>& page) {
    for (const Op& op : page) seen_[&device].emplace(op.key, op.stamp);
  }

  // Notes what the server takes of a push, whether or not its reply arrives.
  void reaches_the_server(const std::vector<Op>& ops, const std::vector<Verdict>& verdicts) {
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (verdicts.at(i) != Verdict::kUnseen)
        reached_.try_emplace({ops[i].key, ops[i].stamp}, reached_.size());
    }
  }
  // Of two writes the one that the server got later, or never: its device still held it when the
  // other arrived.
  [[nodiscard]] const Op& later_at_the_server(const Op& a, const Op& b) const {
    const auto order = [this](const Op& op) {
      const auto found = reached_.find({op.key, op.stamp});
      return found == reached_.end() ? reached_.size() : found->second;
    };
    return order(a) < order(b) ? b : a;
  }

  // The writes that an entry speaks of. What it calls by a wrong name is not found.
  [[nodiscard]] std::vector<const Write*> lost_of(const Conflict& entry) const {
    return find([&](const Op& op) {
      return in_field(op, entry) && op.stamp == entry.lost_stamp && shown(op) == entry.lost;
    });
  }
  [[nodiscard]] std::vector<const Write*> kept_of(const Conflict& entry, const Write& lost) const {
    return find([&](const Op& op) {
      if (op.stamp != entry.kept_stamp) return false;
      if (entry.rule == "deletion") return is_deletion_of(op, lost.op) && !entry.kept;
      return op.key == lost.op.key && entry.rule == rule_of(op) &&
             (is_tombstone(op.value) ? !entry.kept : entry.kept && shown(op) == *entry.kept);
    });
  }

  // The values that are not there in the end, though nobody who replaced or deleted them had seen
  // them.
  [[nodiscard]] std::vector<const Write*> lost_unknowingly() const {
    return find([&](const Op&) { return true; },
                [&](const Write& write) {
                  return is_value(write.op) && !is_there(write.op) && !was_lost_knowingly(write);
                });
  }
  [[nodiscard]] bool is_of(const Conflict& entry, const Write& lost) const {
    return in_field(lost.op, entry) && entry.lost_stamp == lost.op.stamp &&
           entry.lost == shown(lost.op);
  }

  [[nodiscard]] std::string name_of(const Write& write) const {
    const SlotKey& key = write.op.key;
    return std::string(key.collection()) + "/" + std::string(key.record()) + "." +
           std::string(key.field()) + " " + value_to_json(shown(write.op));
  }

  // What the field shows of this register alone.
  [[nodiscard]] Value shown(const Op& op) const {
    const Value value = must(decode_value(op.value));
    switch (rules_of(op).field(op.key.field()).merge) {
      case Merge::kCounter: {
        // What was added and what was taken away.
        const Value::Array& totals = *value.if_array();
        return Value(*totals.at(0).if_int64() - *totals.at(1).if_int64());
      }
      case Merge::kMap:
        return Value(Value::Object{{std::string(op.key.element()), value}});
      case Merge::kSet:
      case Merge::kMulti:
      case Merge::kList:
        return Value(Value::Array{value});
      default:
        return value;
    }
  }

 private:
  [[nodiscard]] const CollectionRules& rules_of(const Op& op) const {
    return schema_.collection(op.key.collection());
  }
  [[nodiscard]] std::string rule_of(const Op& op) const {
    const CollectionRules& rules = rules_of(op);
    if (rules.groups.contains(op.key.field())) return "group";
    return strategy_name(rules.field(op.key.field()));
  }

  static bool in_field(const Op& op, const Conflict& entry) {
    return op.key.collection() == entry.collection && op.key.record() == entry.record &&
           op.key.field() == entry.field && !is_tombstone(op.value);
  }
  static bool in_record(const Op& op, const Op& other) {
    return op.key.collection() == other.key.collection() && op.key.record() == other.key.record();
  }
  static bool is_deletion_of(const Op& op, const Op& other) {
    return in_record(op, other) && op.key.field().empty() && op.key.element() == kDeadElement;
  }
  [[nodiscard]] bool is_value(const Op& op) const {
    return !op.key.field().empty() && !is_tombstone(op.value) && !is_move(op);
  }
  // The place that an item of a list was moved to: its name ends in that of the item.
  [[nodiscard]] bool is_move(const Op& op) const {
    constexpr std::size_t kMoveBytes = 55;
    return rules_of(op).field(op.key.field()).merge == Merge::kList &&
           op.key.element().size() == kMoveBytes;
  }

  template <typename ByOp>
  [[nodiscard]] std::vector<const Write*> find(const ByOp& by_op) const {
    return find(by_op, [](const Write&) { return true; });
  }
  template <typename ByOp, typename ByWrite>
  [[nodiscard]] std::vector<const Write*> find(const ByOp& by_op, const ByWrite& by_write) const {
    std::vector<const Write*> found;
    for (const Write& write : writes_) {
      if (by_op(write.op) && by_write(write)) found.push_back(&write);
    }
    return found;
  }
  // The greatest stamp of a slot of the op's record; zero if nobody wrote there.
  [[nodiscard]] Stamp latest(const Op& of, std::string_view field, std::string_view element) const {
    Stamp stamp;
    for (const Write& write : writes_) {
      const SlotKey& key = write.op.key;
      if (in_record(write.op, of) && key.field() == field && key.element() == element)
        stamp = std::max(stamp, write.op.stamp);
    }
    return stamp;
  }
  [[nodiscard]] bool is_there(const Op& op) const {
    const Stamp dead = latest(op, "", kDeadElement);
    return op.stamp == latest(op, op.key.field(), op.key.element()) && op.stamp > dead &&
           latest(op, "", kLiveElement) > dead;
  }
  [[nodiscard]] bool was_lost_knowingly(const Write& lost) const {
    return std::any_of(writes_.begin(), writes_.end(), [&](const Write& other) {
      const bool is_other = other.op.key == lost.op.key && other.op != lost.op;
      if (is_other && other.op.value == lost.op.value) return true;
      return (is_other || is_deletion_of(other.op, lost.op)) && other.knew(lost);
    });
  }

  const Schema& schema_;
  std::vector<Write> writes_;
  std::map<Device*, std::uint64_t> next_;
  std::map<Device*, Seen> seen_;
  std::map<std::pair<SlotKey, Stamp>, std::size_t> reached_;  // in which order
};

}  // namespace syncline::test
