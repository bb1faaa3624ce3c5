#pragma once

#include <optional>
#include <vector>

#include "replica/core.hpp"
#include "replica/pending.hpp"
#include "replica/restamp.hpp"

namespace syncline::replica {

// The ops that have to be stamped anew, and what their new stamps have to come after.
struct Withdrawal {
  std::vector<Pending> ops;       // ascending by stamp; pending, or set aside
  HybridTime after;               // the greatest time of what is, or may be, elsewhere or keeps its
                                  // stamp
  HybridTime after_of_ancestors;  // the same, of what ancestors had stamped
  HybridTime most;                // up to which this replica's need not be given a new one
  std::optional<Stamp> taken;     // the greatest that the server is now known to have taken in
  bool has_ancestors = false;     // some of the ops are of ancestors
};

// Finds what a refusal withdraws, or the doubt about ancestors' ops where there is none
// (spec/clock.md, The server's time). Errors: store_corrupt, store_io.
[[nodiscard]] Result<Withdrawal> find_withdrawn(const Replica::Core& core, const Snapshot& snapshot,
                                                const Ancestors& ancestors, const Refusal* refusal);

}  // namespace syncline::replica
