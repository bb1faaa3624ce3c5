#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "slots.hpp"
#include "syncline/batch.hpp"
#include "syncline/messages.hpp"
#include "syncline/transport.hpp"
#include "wanted.hpp"

namespace syncline::loopback {

// The slots of one account. A value: a copy is a backup.
//
// Thread safety: none.
class Space {
 public:
  // A slot with the sequence of the push that wrote it.
  struct Row {
    Op op;
    std::uint64_t sequence = 0;
  };

  explicit Space(std::string epoch) : epoch_(std::move(epoch)) {}
  // A space as it stands at some moment: rows of different slots, none beyond the head.
  Space(std::string epoch, std::uint64_t head, const std::vector<Row>& rows);

  // Why an op is refused for good, beside what the protocol says; empty for none.
  using Judge = std::function<std::optional<Code>(const Op&)>;

  // Push, then pull. An error leaves the space as it was.
  [[nodiscard]] tl::expected<SyncReply, TransportError> sync(const SyncRequest& request,
                                                             std::int64_t now_ms,
                                                             const Judge& judge = {});
  [[nodiscard]] tl::expected<ChangesReply, TransportError> changes(const ChangesRequest& request,
                                                                   std::int64_t now_ms) const;

  void renew_epoch(std::string epoch) { epoch_ = std::move(epoch); }
  [[nodiscard]] std::string head() const { return cursor_at(head_); }
  [[nodiscard]] std::vector<Op> slots() const;
  void visit(const std::function<void(const Op&, std::uint64_t sequence)>& visitor) const;
  [[nodiscard]] std::optional<Op> find(const SlotKey& key) const;

 private:
  // What the space remembers of a replica.
  struct Replica {
    std::uint64_t fence = 0;  // the least that is taken
    std::uint64_t taken = 0;  // the greatest `through` of a push that was taken whole
  };

  [[nodiscard]] tl::expected<std::uint64_t, TransportError> parse_cursor(
      const std::string& cursor) const;
  [[nodiscard]] tl::expected<Wanted, TransportError> parse_pull(
      const SyncRequest::Pull& pull) const;
  // Without `wanted` nothing is unseen. Errors: batch_too_large, push_outdated.
  [[nodiscard]] tl::expected<SyncReply::Push, TransportError> push(
      const std::vector<DecodedOp>& ops, const SyncRequest& request, const Wanted* wanted,
      std::int64_t now_ms, const Judge& judge);
  [[nodiscard]] std::optional<Code> refusal_of(const DecodedOp& decoded, std::int64_t now_ms,
                                               const Judge& judge) const;
  // Than what the space holds in its slot.
  [[nodiscard]] bool is_greater(const Op& op) const;
  // Applies what is not refused, and says of which ops that changed anything.
  void apply(const std::vector<DecodedOp>& ops, std::vector<Verdict>& verdicts);
  [[nodiscard]] bool apply(const Op& op, std::uint64_t sequence);
  [[nodiscard]] SyncReply::Pull pull(const Wanted& wanted) const;
  [[nodiscard]] std::string cursor_at(std::uint64_t sequence) const;

  std::string epoch_;
  std::uint64_t head_ = 0;
  Slots slots_;
  std::set<std::pair<std::uint64_t, SlotKey>> by_sequence_;
  std::map<std::uint64_t, Replica> replicas_;
};

}  // namespace syncline::loopback
