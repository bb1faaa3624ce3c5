#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "merge/record_slots.hpp"
#include "replica/core.hpp"
#include "syncline/replica.hpp"

namespace syncline {

// What a transaction has written and not yet committed: records as they will be, and their ops in
// order, at most one a slot.
//
// Thread safety: none.
class Transaction::Draft {
 public:
  using Change = std::function<Result<void>(merge::RecordSlots&, const Stamp&,
                                            const merge::RecordSlots::OnWrite&)>;

  // Until it is destroyed the replica's transaction writes to it, in this thread. Both are
  // borrowed.
  Draft(Replica::Core& core, const Snapshot& snapshot);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();

  // Applies one mutation to a record, all of it or nothing.
  [[nodiscard]] Result<void> mutate(std::string_view collection, std::string_view record,
                                    const Change& change);
  [[nodiscard]] Result<merge::RecordSlots*> record(std::string_view collection,
                                                   std::string_view record);
  // From here on it may write to the engine's own collections.
  void open_engine_collections() { is_engine_ = true; }
  [[nodiscard]] const CollectionRules& rules(std::string_view collection) const {
    return core_.schema.collection(collection);
  }
  [[nodiscard]] const std::vector<Op>& ops() const { return ops_; }
  // Whether the store may hold a register for this op's slot: it held any of the record.
  [[nodiscard]] bool may_replace(std::size_t index) const { return may_replace_[index]; }

 private:
  // A record as it will be, and whether the store holds any slot of it.
  struct Drafted {
    merge::RecordSlots slots;
    bool stored = false;
  };

  [[nodiscard]] Result<Drafted*> draft(std::string_view collection, std::string_view record);
  void stage(std::vector<Op> ops, bool stored);

  Replica::Core& core_;
  const Snapshot& snapshot_;
  bool is_engine_ = false;
  std::map<std::string, Drafted, std::less<>> records_;
  std::vector<Op> ops_;
  std::vector<bool> may_replace_;
  std::unordered_map<std::string, std::size_t> index_;  // slot key to its place in ops_
};

}  // namespace syncline
