#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/limits.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/device.hpp"

// Replies of a server, made by hand, and a server that is small enough to be read.

namespace syncline::test {

inline constexpr std::string_view kEpoch = "00000000000000e1";
inline constexpr PushLimits kAnyPush{kBatchOpsMax, kPushBytesMax};

inline SyncReply reply_at(std::int64_t time_ms) {
  SyncReply reply;
  reply.time_ms = time_ms;
  reply.epoch = kEpoch;
  reply.head = std::string(kEpoch) + ".0";
  return reply;
}

// A page of bytes, as the last one and with the cursor at `sequence`.
inline SyncReply page_reply(std::string batch, std::int64_t time_ms, std::uint64_t sequence = 1) {
  SyncReply reply = reply_at(time_ms);
  reply.pull = SyncReply::Pull{
      std::move(batch), {{"*", std::string(kEpoch) + "." + std::to_string(sequence)}}, 0};
  return reply;
}

inline SyncReply page_of(std::span<const Op> ops, std::int64_t time_ms,
                         std::uint64_t sequence = 1) {
  return page_reply(encode_batch(ops), time_ms, sequence);
}

// One letter an op, as the protocol writes them.
inline SyncReply verdicts_reply(std::string_view verdicts, std::int64_t time_ms,
                                Code refusal = Code::kStampInFuture) {
  SyncReply reply = reply_at(time_ms);
  reply.push.emplace();
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    reply.push->verdicts.push_back(static_cast<Verdict>(verdicts[i]));
    if (verdicts[i] == 'r') reply.push->refused.push_back({i, refusal});
  }
  return reply;
}

inline Op op_of(std::string_view collection, std::string_view record, std::string_view field,
                const Stamp& stamp, const Value& value, std::string_view element = {}) {
  return {must(SlotKey::make(collection, record, field, element)), stamp,
          must(encode_value(value))};
}

inline Stamp stamp_at(std::int64_t milliseconds, std::uint16_t counter = 0,
                      std::uint64_t replica = 99) {
  return {HybridTime(milliseconds, counter), static_cast<ReplicaId>(replica)};
}

// `live` and one field, as another replica writes a record.
inline std::vector<Op> remote_record(std::string_view collection, std::string_view record,
                                     std::string_view field, const Value& value,
                                     const Stamp& stamp) {
  return {op_of(collection, record, "", stamp, Value(true), kLiveElement),
          op_of(collection, record, field, stamp, value)};
}

inline ReplyOutcome take(Device& device, const SyncReply& reply,
                         const PushBatch* pushed = nullptr) {
  const std::int64_t now = device.wall().now_ms();
  return must(device.replication().take_reply(reply, pushed, now, now));
}

inline PushBatch next_push(Device& device, const PushLimits& limits = kAnyPush) {
  const auto push = must(device.replication().next_push(limits));
  BOOST_REQUIRE(push);
  return *push;
}

// Acknowledges everything that is pending.
inline void acknowledge_all(Device& device) {
  while (const auto push = must(device.replication().next_push(kAnyPush))) {
    take(device, verdicts_reply(std::string(push->items.size(), 'a'), device.wall().now_ms()),
         &*push);
  }
}

// The space of an account by the law and nothing else; every push is a sequence.
class TinyServer {
 public:
  explicit TinyServer(std::int64_t time_ms = kPresentMs) : time_ms_(time_ms) {}

  void set_time(std::int64_t time_ms) { time_ms_ = time_ms; }
  void set_epoch(std::string epoch) { epoch_ = std::move(epoch); }
  void forget_everything() { slots_.clear(); }
  void forget_fences() { fences_.clear(); }

  // Answers a push and a pull of everything since the cursor.
  SyncReply answer(const PushBatch* push, const PullCursors& cursors) {
    SyncReply reply = reply_at(time_ms_);
    reply.epoch = epoch_;
    const std::uint64_t before = head_;
    const std::uint64_t since = sequence_of(cursors.at("*").value());
    if (push != nullptr) reply.push = take_push(*push, since);
    std::vector<Op> page;
    for (const auto& [key, row] : slots_) {
      if (row.sequence > since && (row.sequence <= before || push == nullptr))
        page.push_back(row.op);
    }
    reply.head = epoch_ + "." + std::to_string(head_);
    reply.pull = SyncReply::Pull{encode_batch(page), {{"*", reply.head}}, 0};
    return reply;
  }

  // The least fence that is taken of pushes like this one.
  [[nodiscard]] std::uint64_t least_fence(const PushBatch& push) const {
    const auto known = fences_.find(push.pusher);
    return known == fences_.end() ? 0 : known->second;
  }

  // One round of the device: a push of what fits, unless it has to be pulled first, and a page.
  ReplyOutcome round(Device& device, const PushLimits& limits = kAnyPush) {
    auto push = must(device.replication().next_push(limits));
    if (push && !push->is_after_pull && push->fence < least_fence(*push)) {
      BOOST_TEST(must(device.replication().raise_fence(*push, least_fence(*push))));
      push = must(device.replication().next_push(limits));
    }
    if (push && push->is_after_pull) push.reset();
    const auto cursors = must(device.replication().cursors());
    return take(device, answer(push ? &*push : nullptr, cursors), push ? &*push : nullptr);
  }

  [[nodiscard]] std::size_t slot_count() const { return slots_.size(); }

 private:
  struct Row {
    Op op;
    std::uint64_t sequence = 0;
  };

  [[nodiscard]] std::uint64_t sequence_of(const std::string& cursor) const {
    if (!cursor.starts_with(epoch_ + ".")) return 0;
    return std::stoull(cursor.substr(epoch_.size() + 1));
  }

  SyncReply::Push take_push(const PushBatch& push, std::uint64_t since) {
    const auto ops = must(decode_own_batch(push.ops));
    const bool unseen = std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
      return !is_ahead(op) && meets_unseen(op, push.pusher, since);
    });
    SyncReply::Push reply = apply(ops, unseen);
    if (!reply.refused.empty()) fences_[push.pusher] = push.fence + 1;
    std::uint64_t& taken = taken_[push.pusher];
    reply.taken = taken;
    if (!unseen && reply.refused.empty()) taken = std::max(taken, push.items.back().sequence);
    return reply;
  }

  // What it holds, or something greater, it has taken in.
  [[nodiscard]] bool is_ahead(const Op& op) const {
    return op.stamp.time.milliseconds() > time_ms_ + kDriftMaxMs && is_greater(op);
  }

  [[nodiscard]] bool is_greater(const Op& op) const {
    const auto held = slots_.find(op.key.bytes());
    return held == slots_.end() ||
           beats(op.stamp, op.value, held->second.op.stamp, held->second.op.value);
  }

  // Whether what the op replaces, deletes or is deleted by came after the cursor, from another.
  [[nodiscard]] bool meets_unseen(const Op& op, ReplicaId pusher, std::uint64_t since) const {
    const bool deletes = op.key.field().empty() && op.key.element() == kDeadElement;
    return std::any_of(slots_.begin(), slots_.end(), [&](const auto& slot) {
      const Op& held = slot.second.op;
      const bool creates = op.key.field().empty() && op.key.element() == kLiveElement;
      const bool is_same = held.key == op.key && !creates;
      const bool is_dead = held.key.field().empty() && held.key.element() == kDeadElement;
      return slot.second.sequence > since && held.stamp.replica != pusher && held != op &&
             held.key.collection() == op.key.collection() && held.key.record() == op.key.record() &&
             (is_same || is_dead || deletes);
    });
  }

  SyncReply::Push apply(const std::vector<Op>& ops, bool unseen) {
    SyncReply::Push push;
    bool applied = false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const Op& op = ops[i];
      if (is_ahead(op)) {
        push.verdicts.push_back(Verdict::kRefused);
        push.refused.push_back({i, Code::kStampInFuture});
        continue;
      }
      if (unseen) {
        push.verdicts.push_back(Verdict::kUnseen);
        continue;
      }
      if (!is_greater(op)) {
        push.verdicts.push_back(Verdict::kSuperseded);
        continue;
      }
      push.verdicts.push_back(Verdict::kApplied);
      slots_.insert_or_assign(op.key.bytes(), Row{op, head_ + 1});
      applied = true;
    }
    if (applied) ++head_;
    return push;
  }

  std::int64_t time_ms_;
  std::string epoch_{kEpoch};
  std::uint64_t head_ = 0;
  std::map<std::string, Row> slots_;
  std::map<ReplicaId, std::uint64_t> fences_;
  std::map<ReplicaId, std::uint64_t> taken_;
};

}  // namespace syncline::test
