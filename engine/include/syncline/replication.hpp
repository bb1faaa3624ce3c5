#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/error.hpp"
#include "syncline/messages.hpp"
#include "syncline/replica.hpp"

namespace syncline {

// How much one push may carry.
struct PushLimits {
  std::size_t ops_max = 0;
  std::size_t bytes_max = 0;  // of the batch
  // Also ops that go in the names of several replicas: to look at, not to send.
  bool any_pusher = false;
};

// Pending ops that go out together, with what is needed to settle their verdicts.
struct PushBatch {
  struct Item {
    std::uint64_t sequence = 0;
    Stamp stamp;
    SlotKey key;
  };
  std::string ops;          // a batch
  ReplicaId pusher{};       // in whose name it goes: the replica's, or of one it was restored from
  std::uint64_t fence = 0;  // to send with it
  bool is_after_pull = false;  // to be sent only when everything is pulled
  std::vector<Item> items;
};

// What merging one reply did.
struct ReplyOutcome {
  std::uint64_t acknowledged = 0;  // ops that the server now holds, or greater ones
  std::uint64_t merged = 0;        // ops, arrived or from quarantine, that changed a slot
  std::uint64_t arrived = 0;       // ops of the page
  std::uint64_t quarantined = 0;   // arrived ops that could not be merged, kept aside
  std::uint64_t waiting = 0;       // ops in quarantine that the next reply tries again
  std::uint64_t refused = 0;       // ops that the server refused as too far in the future
  std::uint64_t restamped = 0;     // pending ops that were stamped anew
  std::uint64_t set_aside = 0;     // ops that the server refuses for good, kept aside
  std::uint64_t remaining = 0;     // slots that the server has still to send
  bool epoch_changed = false;      // the server was restored: everything is offered again
};

// What is stored about the state of the sync.
struct ReplicationState {
  std::uint64_t pending_ops = 0;
  std::int64_t oldest_pending_ms = 0;  // when the oldest pending op was written; 0 if there is none
  std::uint64_t set_aside_ops = 0;
  std::uint64_t quarantined_ops = 0;
  std::uint64_t log_ops = 0;  // the sequence of the last op
  // The last reply said that the server had no more, and no look has found more since.
  bool complete = false;
  std::string epoch;
};

// What the last exchange left to remember over restarts, beside the data.
struct SyncMemory {
  bool enabled = false;
  std::int64_t last_success_ms = 0;  // since 1970; 0 for never
  std::optional<Error> last_error;   // of the last exchange, if it failed
  std::int64_t last_error_ms = 0;
};

// One op of the log, for people to read.
struct LogItem {
  std::uint64_t sequence = 0;
  std::uint8_t origin = 0;  // 1 local, 2 remote, 3 stamped anew
  Op op;
};

// The replica's side of a sync (spec/protocol.md, What the client must do): which ops are pending,
// and how a reply is taken in. It has no network and no timer. What is const reads a snapshot and
// never waits for a writer; what is not takes the writers' turn. Errors of all members: those of
// the store, beside those that are named.
//
// Thread safety: all members may be called from any thread.
class Replication {
 public:
  Replication() = default;
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;
  virtual ~Replication() = default;

  // The first pending ops within the limits, transactions kept whole where they fit; nothing if
  // none is pending. One op is given even where it alone exceeds bytes_max. Errors: store_corrupt,
  // store_io.
  [[nodiscard]] virtual Result<std::optional<PushBatch>> next_push(
      const PushLimits& limits) const = 0;

  // The cursors to ask with.
  [[nodiscard]] virtual Result<PullCursors> cursors() const = 0;

  // Takes in the reply to a request that carried `pushed` (null for none), sent and received at
  // these readings of the wall clock: in one commit it merges the page, moves the cursors, settles
  // the verdicts, learns the server's time and notes whether this is complete; a second one stamps
  // anew what the server refused as too far in the future and raises the fence, or stamps anew what
  // is in doubt, and if that fails the first stands.
  // Errors: response_malformed (and then nothing changes), clock_exhausted, those of Store::commit.
  [[nodiscard]] virtual Result<ReplyOutcome> take_reply(const SyncReply& reply,
                                                        const PushBatch* pushed,
                                                        std::int64_t sent_ms,
                                                        std::int64_t received_ms) = 0;

  // Takes a pending op out of the outbox, in one commit, because the server will never take it, and
  // keeps it aside with the code that says why. Its value stays where it is. Nothing happens if its
  // slot was written again since. Errors: those of Store::commit.
  [[nodiscard]] virtual Result<void> set_aside(const PushBatch::Item& item, Code code) = 0;

  // Keeps the fence that the server asks for, in one commit, if it is greater than that of the
  // push. Answers whether it is. Of a push in the name of another replica everything that goes in
  // its name is in doubt, and is stamped anew when everything is pulled. Errors: those of
  // Store::commit.
  [[nodiscard]] virtual Result<bool> raise_fence(const PushBatch& pushed, std::uint64_t least) = 0;

  // Notes that the server has more, as a look found: this is not complete any more, and a crash
  // does not change that. Errors: those of Store::commit.
  [[nodiscard]] virtual Result<void> expect_more() = 0;

  [[nodiscard]] virtual Result<ReplicationState> state() const = 0;

  // The account that this database belongs to; nothing before the first login.
  [[nodiscard]] virtual Result<std::optional<std::string>> bound_account() const = 0;

  // Remembers which account this database belongs to. Errors: invalid_argument if it belongs to
  // another.
  [[nodiscard]] virtual Result<void> bind_account(std::string_view account) = 0;

  [[nodiscard]] virtual Result<SyncMemory> recall() const = 0;
  [[nodiscard]] virtual Result<void> remember(const SyncMemory& memory) = 0;

  // The log's ops from this sequence on, in order, until the visitor answers false.
  [[nodiscard]] virtual Result<void> read_log(
      std::uint64_t from, const std::function<bool(const LogItem&)>& visitor) const = 0;

  // Whether the slots are exactly the fold of the log, and every index has exactly the places of
  // its records. Errors: store_corrupt, naming the first slot that differs, or the index and the
  // record.
  [[nodiscard]] virtual Result<void> verify() const = 0;
};

}  // namespace syncline
