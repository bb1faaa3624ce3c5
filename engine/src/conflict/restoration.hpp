#pragma once

#include "syncline/conflicts.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"

namespace syncline::conflict {

// Writes what lost into its record, as the field's strategy has it (spec/conflicts.md, Restoring).
// Errors: those of Transaction.
[[nodiscard]] Result<void> write_back(Transaction& transaction, const Schema& schema,
                                      const Conflict& conflict);

}  // namespace syncline::conflict
