#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "replica/core.hpp"
#include "replica/entries.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"

// The ops that a restored replica has of those that it was restored from (spec/op-format.md, A
// backup and what a restore changes). One that nobody is known to have seen is unsettled: the
// ancestor may have withdrawn it since.

namespace syncline::replica {

// The ancestor whose op is unsettled, or null. It is borrowed from the list.
[[nodiscard]] const Ancestor* unsettled_by(const Ancestors& ancestors, const Stamp& stamp);

// Takes notice that a server has had an op of before the backup. Answers whether that is new.
bool note_seen(Ancestors& ancestors, const Stamp& seen);

// Ops of ancestors that were on a page: stamp and slot key.
using ArrivedOps = std::set<std::pair<Stamp, std::string>>;

// Puts beside the ops of a commit what is known of the ancestors after a reply, when it changed:
// what arrived and is in the log had been stamped before they were copied. Where nothing pending is
// unsettled they are forgotten. Errors: store_corrupt, store_io.
[[nodiscard]] Result<void> settle_ancestors(const Snapshot& snapshot, Ancestors& ancestors,
                                            const ArrivedOps& arrived, bool has_changed,
                                            CommitBuilder& builder);

// Says in whose name a push of ops goes: of this ancestor, or null for this replica. Errors:
// store_corrupt, store_io.
[[nodiscard]] Result<void> address(PushBatch& push, const Replica::Core& core,
                                   const Snapshot& snapshot, const Ancestor* author);

// Notes, in one commit, that the ancestor was refused something since it was copied, because the
// server takes no lesser fence than this. What it withdrew is not known, but it is no more than
// what is unsettled. Answers whether the fence says so. The writer's lock is held. Errors:
// store_corrupt, those of Store::commit.
[[nodiscard]] Result<bool> doubt_ancestor(Replica::Core& core, ReplicaId ancestor,
                                          std::uint64_t least);

// Stamps anew what is in doubt, if anything is, when everything has been pulled. Answers how many.
// The writer's lock is held. Errors: those of restamp_doubted.
[[nodiscard]] Result<std::uint64_t> clear_doubts(Replica::Core& core);

}  // namespace syncline::replica
