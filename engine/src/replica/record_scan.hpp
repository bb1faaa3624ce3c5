#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "merge/record_slots.hpp"
#include "syncline/error.hpp"
#include "syncline/slot.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// Adds the slot that the cursor stands on, whose key has these parts. Errors: store_corrupt.
[[nodiscard]] Result<void> load_slot(const StoreCursor& cursor, const SlotParts& parts,
                                     merge::RecordSlots& slots);

// Walks the records of one collection, gathering the slots of each.
//
// Thread safety: none.
class RecordScan {
 public:
  // Both are borrowed.
  RecordScan(StoreCursor& cursor, std::string_view collection, bool reverse)
      : cursor_(cursor), collection_(collection), reverse_(reverse) {}

  // Stands on the first slot to visit. `bound` is a slot key: the first at or after it, or the last
  // before it.
  [[nodiscard]] Result<void> start(const std::string& bound);

  // Gathers the record that it stands on and moves to the next; false at the end of the collection.
  [[nodiscard]] Result<bool> next(std::string& record, merge::RecordSlots& slots);

  // How many slots it has gathered.
  [[nodiscard]] std::uint64_t slot_count() const { return slot_count_; }

 private:
  StoreCursor& cursor_;
  std::string_view collection_;
  bool reverse_;
  bool standing_ = false;
  std::uint64_t slot_count_ = 0;
};

}  // namespace syncline::replica
