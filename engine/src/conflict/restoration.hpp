#pragma once

#include "conflict/entry.hpp"
#include "merge/record_slots.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"

namespace syncline::conflict {

// Writes what lost into its record, whose slots are those that the transaction sees, as the field's
// strategy has it (spec/conflicts.md, Restoring). Errors: those of Transaction.
[[nodiscard]] Result<void> write_back(Transaction& transaction, const merge::RecordSlots& slots,
                                      const Schema& schema, const Entry& entry);

}  // namespace syncline::conflict
