#pragma once

#include "syncline/environment.hpp"
#include "syncline/error.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"

namespace syncline {

// Who a replica was, and who it is now.
struct Renewal {
  ReplicaId before{};
  ReplicaId now{};
};

// Makes the replica in a store another one, in one commit: what has to happen to a copy of a
// database before it is used, because the original may still be alive (spec/op-format.md, A backup
// and what a restore changes). All data stay, and what is pending stays pending with its stamps.
// Sync is off afterwards, until the person turns it on. No replica may have the store open.
// Errors: store_missing (the store holds no replica), store_corrupt, those of Store::commit.
[[nodiscard]] Result<Renewal> renew_replica(Store& store, Random& random);

}  // namespace syncline
