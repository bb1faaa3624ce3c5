#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/clock.hpp"
#include "syncline/error.hpp"
#include "syncline/replication.hpp"
#include "syncline/stamp.hpp"
#include "syncline/store.hpp"

// What the replica keeps in a store, and how it is encoded (spec/op-format.md, What is stored).
// Decoders name what they could not read: the error is store_corrupt.

namespace syncline::replica {

// Names of meta entries.
inline constexpr std::string_view kHeadName = "head";
inline constexpr std::string_view kReplicaName = "replica";
inline constexpr std::string_view kSchemaName = "schema";
inline constexpr std::string_view kFormerName = "former";
inline constexpr std::string_view kProgressName = "progress";
inline constexpr std::string_view kAccountName = "account";
inline constexpr std::string_view kMemoryName = "memory";
inline constexpr std::string_view kFenceName = "fence";
inline constexpr std::string_view kAncestorsName = "ancestors";

[[nodiscard]] tl::unexpected<Error> corrupt(std::string_view what, std::string_view key);

// A sequence as a key, big-endian, so that key order is sequence order.
[[nodiscard]] std::string sequence_key(std::uint64_t sequence);
[[nodiscard]] std::optional<std::uint64_t> parse_sequence_key(std::string_view key);

[[nodiscard]] std::string encode_id(ReplicaId id);
[[nodiscard]] Result<ReplicaId> decode_id(std::string_view bytes);

// The state that moves with every commit.
struct Head {
  HybridClock::State clock;
  std::uint64_t sequence = 0;  // of the last op

  bool operator==(const Head&) const = default;
};
[[nodiscard]] std::string encode_head(const Head& head);
[[nodiscard]] Result<Head> decode_head(std::string_view bytes);

// A replica that this one was restored from.
struct Ancestor {
  ReplicaId replica{};
  // The greatest time of what it had stamped by then that anyone else is known to have seen.
  HybridTime confirmed;
  std::uint64_t fence = 0;  // of pushes in its name, or kFenceOutdated

  bool operator==(const Ancestor&) const = default;
};
// The server takes no push with the fence of an ancestor any more.
inline constexpr std::uint64_t kFenceOutdated = std::numeric_limits<std::uint64_t>::max();

// The oldest first.
using Ancestors = std::vector<Ancestor>;
[[nodiscard]] std::string encode_ancestors(const Ancestors& ancestors);
[[nodiscard]] Result<Ancestors> decode_ancestors(std::string_view bytes);
// Of a store that has none, none. Errors: store_corrupt, store_io.
[[nodiscard]] Result<Ancestors> read_ancestors(const Snapshot& snapshot);

// The value is borrowed from the entry.
struct SlotEntry {
  std::uint64_t sequence = 0;
  Stamp stamp;
  std::string_view value;
};
[[nodiscard]] std::string encode_slot(const SlotEntry& slot);
[[nodiscard]] Result<SlotEntry> decode_slot(std::string_view bytes, std::string_view key);
// What the slot holds, valid while the snapshot lives; nothing if it holds nothing. Errors:
// store_corrupt, store_io.
[[nodiscard]] Result<std::optional<SlotEntry>> read_slot(const Snapshot& snapshot,
                                                         std::string_view slot_key);

// The slot key is borrowed from the entry.
struct OutboxEntry {
  std::uint64_t commit = 0;
  std::string_view slot_key;
  // The register that the op overwrote knowingly (spec/conflicts.md); zero for none.
  Stamp base{};

  bool operator==(const OutboxEntry&) const = default;
};
// The base of an op that a server has had before: whatever arrives, it is in conflict with nothing.
inline constexpr Stamp kOfferedAgain{
    HybridTime::from_packed(std::numeric_limits<std::uint64_t>::max()),
    static_cast<ReplicaId>(std::numeric_limits<std::uint64_t>::max())};
[[nodiscard]] std::string encode_outbox(const OutboxEntry& entry);
[[nodiscard]] Result<OutboxEntry> decode_outbox(std::string_view bytes, std::string_view key);

// The values are part of the format.
enum class LogOrigin : std::uint8_t { kLocal = 1, kRemote = 2, kRestamped = 3 };

// The batch is borrowed from the entry.
struct LogEntry {
  LogOrigin origin = LogOrigin::kLocal;
  std::string_view batch;
};
[[nodiscard]] std::string encode_log(const LogEntry& entry);
[[nodiscard]] Result<LogEntry> decode_log(std::string_view bytes, std::string_view key);

// An op put aside: in set_aside or quarantine. The batch is borrowed from the entry; a code that a
// newer version wrote is read as internal.
struct AsideEntry {
  Code code = Code::kInternal;
  std::string_view batch;
  // Of one that arrived: the last sequence at that time. What was written since had not seen it.
  std::optional<std::uint64_t> after{};
  // Of one that was pending: as in its outbox entry. Not both are there.
  Stamp base{};

  bool operator==(const AsideEntry&) const = default;
};
[[nodiscard]] std::string encode_aside(const AsideEntry& entry);
[[nodiscard]] Result<AsideEntry> decode_aside(std::string_view bytes, std::string_view key);
// What is set aside under this sequence, valid while the snapshot lives; nothing if there is
// nothing. An entry that cannot be read is there and tells nothing. Errors: store_io.
[[nodiscard]] Result<std::optional<AsideEntry>> read_set_aside(const Snapshot& snapshot,
                                                               std::uint64_t sequence);

// Where the sync stands.
struct Progress {
  std::string epoch;
  std::map<std::string, std::string> cursors;

  bool operator==(const Progress&) const = default;
};
[[nodiscard]] std::string encode_progress(const Progress& progress);
[[nodiscard]] Result<Progress> decode_progress(std::string_view bytes);

// The fence of the next push.
[[nodiscard]] std::string encode_fence(std::uint64_t fence);
[[nodiscard]] Result<std::uint64_t> decode_fence(std::string_view bytes);

// What the session remembers, and beside it what only the replica may change.
struct Memory {
  SyncMemory session;
  bool complete = false;
};
[[nodiscard]] std::string encode_memory(const Memory& memory);
[[nodiscard]] Result<Memory> decode_memory(std::string_view bytes);

}  // namespace syncline::replica
