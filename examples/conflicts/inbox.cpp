#include "inbox.hpp"

#include <utility>

namespace inbox {

using namespace syncline;  // NOLINT(google-build-using-namespace): an example

// GUIDE: inbox
// Calls `changed` when a conflict was found, restored or dismissed, here or on another device.
Subscription watch(Replica& replica, std::function<void()> changed) {
  return replica.observe([changed = std::move(changed)](const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      if (change.collection == kConflictsCollection) return changed();
    }
  });
}

// What a list shows: the fifty latest of those that nobody has looked at.
Result<std::vector<Conflict>> open_conflicts(const Replica& replica) {
  std::vector<Conflict> open;
  const auto done = replica.conflicts().visit({.limit = 50}, [&open](const Conflict& conflict) {
    open.push_back(conflict);
    return true;
  });
  if (!done) return fail(done.error());
  return open;
}

// What its two buttons do.
Result<void> put_back(Replica& replica, const Conflict& conflict) {
  return replica.conflicts().restore(conflict.id);
}
Result<void> leave_it(Replica& replica, const Conflict& conflict) {
  return replica.conflicts().dismiss(conflict.id);
}
// GUIDE: end

}  // namespace inbox
