#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "replica/commit_builder.hpp"
#include "syncline/batch.hpp"
#include "syncline/error.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// Visits the outbox, ascending by sequence; false ends the walk. The entry is borrowed for the
// call. Errors: the visitor's, store_corrupt, store_io.
using OutboxVisitor = std::function<Result<bool>(std::uint64_t sequence, const OutboxEntry&)>;
[[nodiscard]] Result<void> walk_outbox(const Snapshot& snapshot, const OutboxVisitor& visitor);

// Visits set_aside or quarantine, ascending by key, as far as it can be read. What cannot stays
// where it is, for a verification to tell of, and keeps nothing else from being looked at. Answers
// how many those are. Errors: the visitor's, store_io.
using AsideEntryVisitor =
    std::function<Result<void>(std::string_view key, const AsideEntry& entry)>;
[[nodiscard]] Result<std::uint64_t> walk_aside(const Snapshot& snapshot, Keyspace keyspace,
                                               const AsideEntryVisitor& visitor);

// The op that an outbox entry of this sequence stands for: the register of its slot. Errors:
// store_corrupt, also when the slot has been written again since; store_io.
[[nodiscard]] Result<Op> pending_op(const Snapshot& snapshot, std::uint64_t sequence,
                                    std::string_view slot_key);

// Whether the slot still holds what was written as this sequence. Errors: those of the store.
[[nodiscard]] Result<bool> is_current(const Snapshot& snapshot, std::uint64_t sequence,
                                      const SlotKey& key);

// An op that its slot holds and that waits for a server: pending, or set aside.
struct Pending {
  std::uint64_t sequence = 0;
  Op op;
  Stamp base;
};

// Visits what is pending and what is set aside and current, each once, ascending by sequence; false
// ends the walk. Errors: the visitor's, store_corrupt, store_io.
using PendingVisitor = std::function<Result<bool>(Pending)>;
[[nodiscard]] Result<void> walk_waiting(const Snapshot& snapshot, const PendingVisitor& visitor);

// An op that no server is known to have taken in.
struct Waiting {
  Stamp base;  // of what its slot held before, as far as others may know of it; zero for nothing
  bool is_set_aside = false;
  std::uint64_t taken_from = 0;  // as below
};

// The least sequence up to which a server has to have taken all ops, so that it has this one. One
// that was set aside had been left out by pushes of greater ones.
[[nodiscard]] inline std::uint64_t taken_from(std::uint64_t sequence, std::uint64_t commit) {
  return std::max(sequence, commit);
}

// What waits under this sequence; nothing if it is settled, or is only offered again. Errors: those
// of the store.
[[nodiscard]] Result<std::optional<Waiting>> find_waiting(const Snapshot& snapshot,
                                                          const Unsettled& unsettled,
                                                          std::uint64_t sequence);

// What a local write of the slot takes the place of, if it holds anything. The base is that of the
// op which waits there, or else the register itself. Errors: those of the store.
[[nodiscard]] Result<std::optional<Replaced>> find_replaced(const Snapshot& snapshot,
                                                            const Unsettled& unsettled,
                                                            std::string_view slot_key);

// The op of a batch of one, or nothing if this build cannot read it.
[[nodiscard]] std::optional<Op> read_one(std::string_view batch);

// Moves a pending op from the outbox to set_aside; answers false if it is not pending any more.
// Errors: the same.
[[nodiscard]] Result<bool> put_aside(const Snapshot& snapshot, CommitBuilder& builder,
                                     std::uint64_t sequence, Code code);

}  // namespace syncline::replica
