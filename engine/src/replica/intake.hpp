#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "conflict/watch.hpp"
#include "replica/ancestors.hpp"
#include "replica/core.hpp"
#include "replica/restamp.hpp"
#include "syncline/kept_aside.hpp"

namespace syncline::replica {

// Merges one reply, or what was kept aside, into a commit over the snapshot that it was taken
// against. It borrows what it is given. Errors of all members: store_corrupt, store_io, beside
// those that are named.
//
// Thread safety: none; the writer's lock is held.
class Intake {
 public:
  Intake(Replica::Core& core, const Snapshot& snapshot, const Unsettled& unsettled,
         Ancestors ancestors, conflict::Taken taken)
      : core_(core),
        snapshot_(snapshot),
        unsettled_(unsettled),
        builder_(core.committed.sequence, unsettled),
        progress_(core.progress),
        ancestors_(std::move(ancestors)),
        watch_(core, snapshot, unsettled_, std::move(taken)) {}
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  ~Intake() = default;

  // Merges what waits in quarantine for its time, as far as the time has come.
  [[nodiscard]] Result<void> merge_waiting(std::int64_t server_ms);

  // Merges what is in quarantine as far as this build can read it and its time has come.
  [[nodiscard]] Result<AsideRetry> merge_readable();

  // Errors: response_malformed.
  [[nodiscard]] Result<void> merge_page(std::string_view batch, std::int64_t server_ms);

  // Puts into the journal what arrived and conflicts with what is pending. It comes after all that
  // is merged, and before it is known what is settled. Errors: clock_exhausted.
  [[nodiscard]] Result<void> record_conflicts();

  // Takes the verdicts of what was pushed. Errors: response_malformed.
  [[nodiscard]] Result<void> settle(const PushBatch& pushed, const SyncReply::Push& reply);

  // Notes what the page said of how much the server has still to send. It goes with the page, so
  // that no crash leaves behind that everything is here when it is not.
  [[nodiscard]] Result<void> conclude(std::uint64_t remaining);

  // Takes the cursors of a page. Another epoch than the known one means that the server may have
  // lost anything, so everything is offered again.
  [[nodiscard]] Result<void> advance(const std::string& epoch,
                                     const std::map<std::string, std::string>* cursors);

  [[nodiscard]] Result<void> settle_ancestors();

  // Makes pending again what is set aside and current.
  [[nodiscard]] Result<void> offer_set_aside(AsideRetry& retried);

  // Errors: those of Store::commit.
  [[nodiscard]] Result<ReplyOutcome> commit();

  // Of the pushed ops those that are to be stamped anew.
  [[nodiscard]] RefusedSequences take_refused() { return std::move(refused_); }

 private:
  // Of one that comes out of quarantine `after` is the last sequence when it arrived there.
  [[nodiscard]] Result<void> merge(Op op, std::optional<std::uint64_t> after = {});
  void note_arrival(const Stamp& stamp, const std::string& slot_key);
  // Whether its slot never holds it, whatever becomes of what it holds now.
  [[nodiscard]] bool changes_nothing(const Op& arrived, const SlotEntry& present) const;
  [[nodiscard]] Result<void> quarantine(Code code, std::string_view batch);
  // Keeps of what is pending that the server had taken it in, and what arrives knew of it.
  [[nodiscard]] Result<void> note_taken(ReplicaId pusher, std::uint64_t through);
  // Makes every slot pending that is not, each by itself.
  [[nodiscard]] Result<void> offer_everything();
  [[nodiscard]] Result<OutboxEntry> offer(const SlotEntry& slot, std::string_view slot_key);

  Replica::Core& core_;
  const Snapshot& snapshot_;
  const Unsettled unsettled_;
  CommitBuilder builder_;
  Progress progress_;
  ReplyOutcome outcome_;
  std::unordered_map<std::string, std::size_t> merged_;  // slot key to its place in merged_ops_
  std::vector<Op> merged_ops_;
  // What came out of quarantine, and its sequence in the log. It is offered, for the server that
  // sent it may have been restored since.
  std::unordered_map<std::string, std::uint64_t> come_of_age_;
  RefusedSequences refused_;
  std::uint64_t next_quarantine_ = 0;
  Ancestors ancestors_;
  ArrivedOps arrived_of_ancestors_;
  bool has_settled_ = false;
  conflict::Watch watch_;
};

}  // namespace syncline::replica
