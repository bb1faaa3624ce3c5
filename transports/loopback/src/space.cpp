#include "space.hpp"

#include <algorithm>
#include <charconv>

#include "server_error.hpp"
#include "sight.hpp"
#include "syncline/limits.hpp"

namespace syncline::loopback {
namespace {

constexpr std::size_t kPageBytesMax = 700'000;
constexpr std::size_t kPullCursorsMax = 256;
// What a request has around the base64 of its batch, roughly.
constexpr std::size_t kEnvelopeBytes = 300;
constexpr std::size_t kOpOverheadBytes = 24;

// Of a varint below 2^21.
std::size_t varint_size(std::size_t value) {
  if (value < 1U << 7U) return 1;
  return value < 1U << 14U ? 2 : 3;
}

std::size_t sized(std::string_view part) { return varint_size(part.size()) + part.size(); }

// What the op takes in a batch when it inherits nothing from the one before.
std::size_t expanded_size(const Op& op) {
  const auto& key = op.key;
  const auto element = key.element().empty() ? 0 : sized(key.element());
  return 1 + kStampBytes + sized(key.collection()) + sized(key.record()) + sized(key.field()) +
         element + sized(op.value);
}

}  // namespace

Space::Space(std::string epoch, std::uint64_t head, const std::vector<Row>& rows)
    : epoch_(std::move(epoch)), head_(head) {
  for (const Row& row : rows) {
    slots_.insert_or_assign(row.op.key, Slot{row.op.stamp, row.op.value, row.sequence});
    by_sequence_.emplace(row.sequence, row.op.key);
  }
}

tl::expected<SyncReply, TransportError> Space::sync(const SyncRequest& request, std::int64_t now_ms,
                                                    const Judge& judge) {
  std::optional<Wanted> wanted;
  if (request.pull) {
    auto parsed = parse_pull(*request.pull);
    if (!parsed) return tl::unexpected(parsed.error());
    wanted = *std::move(parsed);
  }
  SyncReply reply;
  if (request.push_ops) {
    if ((request.push_ops->size() + 2) / 3 * 4 + kEnvelopeBytes > kRequestBytesMax) {
      return refuse(Code::kBodyTooLarge, "The body is larger than allowed.");
    }
    const auto ops = decode_batch(*request.push_ops);
    if (!ops) return refuse(ops.error().code, ops.error().message);
    const auto head_before = head_;
    auto pushed = push(*ops, request, wanted ? &*wanted : nullptr, now_ms, judge);
    if (!pushed) return tl::unexpected(pushed.error());
    reply.push = *std::move(pushed);
    if (wanted && head_ != head_before) wanted->pushed = head_;
  }
  if (wanted) reply.pull = pull(*wanted);
  reply.time_ms = now_ms;
  reply.epoch = epoch_;
  reply.head = head();
  return reply;
}

tl::expected<ChangesReply, TransportError> Space::changes(const ChangesRequest& request,
                                                          std::int64_t now_ms) const {
  const auto after = parse_cursor(request.cursor);
  if (!after) return tl::unexpected(after.error());
  ChangesReply reply;
  reply.etag = "\"" + head() + "\"";
  if (request.etag == reply.etag) return reply;
  reply.changed = true;
  reply.head = head();
  reply.time_ms = now_ms;
  reply.pending = static_cast<std::uint64_t>(
      std::ranges::count_if(by_sequence_, [&](const auto& entry) { return entry.first > *after; }));
  return reply;
}

std::vector<Op> Space::slots() const {
  std::vector<Op> ops;
  ops.reserve(slots_.size());
  for (const auto& [key, slot] : slots_) ops.push_back({key, slot.stamp, slot.value});
  return ops;
}

void Space::visit(const std::function<void(const Op&, std::uint64_t)>& visitor) const {
  for (const auto& [key, slot] : slots_) visitor({key, slot.stamp, slot.value}, slot.sequence);
}

std::optional<Op> Space::find(const SlotKey& key) const {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return std::nullopt;
  return Op{key, found->second.stamp, found->second.value};
}

tl::expected<std::uint64_t, TransportError> Space::parse_cursor(const std::string& cursor) const {
  if (cursor.empty()) return 0;
  const auto malformed = [] { return refuse(Code::kCursorMalformed, "The cursor is not one."); };
  const auto dot = cursor.find('.');
  if (dot != 16 || cursor.find_first_not_of("0123456789abcdef") != dot) return malformed();
  std::uint64_t sequence = 0;
  const char* const end = cursor.data() + cursor.size();
  const auto parsed = std::from_chars(cursor.data() + dot + 1, end, sequence);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return malformed();
  const bool of_this_epoch = cursor.substr(0, dot) == epoch_;
  return of_this_epoch && sequence <= head_ ? sequence : 0;
}

tl::expected<Wanted, TransportError> Space::parse_pull(const SyncRequest::Pull& pull) const {
  Wanted wanted;
  wanted.limit = pull.limit.value_or(kPullOpsDefault);
  if (wanted.limit < 1 || wanted.limit > kPullOpsMax) {
    return refuse(Code::kValidationFailed,
                  "The limit has to be between 1 and " + std::to_string(kPullOpsMax) + ".");
  }
  if (pull.cursors.size() > kPullCursorsMax) {
    return refuse(Code::kValidationFailed, "A pull has at most 256 cursors.");
  }
  for (const auto& [name, cursor] : pull.cursors) {
    if (name != "*" && !check_collection(name)) {
      return refuse(Code::kValidationFailed, "A cursor is not of a collection.");
    }
    auto& after = wanted.after[name];
    if (!cursor) continue;
    const auto sequence = parse_cursor(*cursor);
    if (!sequence) return tl::unexpected(sequence.error());
    after = *sequence;
  }
  return wanted;
}

tl::expected<SyncReply::Push, TransportError> Space::push(const std::vector<DecodedOp>& ops,
                                                          const SyncRequest& request,
                                                          const Wanted* wanted, std::int64_t now_ms,
                                                          const Judge& judge) {
  SyncReply::Push reply;
  bool any_in_future = false;
  bool any_unseen = false;
  std::size_t expanded_bytes = 1;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const auto refusal = refusal_of(ops[i], now_ms, judge);
    if (refusal) {
      reply.refused.push_back({i, *refusal});
      any_in_future |= refusal == Code::kStampInFuture;
      continue;
    }
    expanded_bytes += expanded_size(*ops[i].op);
    any_unseen |= wanted != nullptr &&
                  Sight(slots_, *wanted, ReplicaId{request.replica}).meets_unseen(*ops[i].op);
  }
  const auto accepted = ops.size() - reply.refused.size();
  if (expanded_bytes + varint_size(accepted) > kBatchBytesMax) {
    return refuse(Code::kBatchTooLarge, "The batch is too large when it is expanded.");
  }
  const auto known = replicas_.find(request.replica);
  if (known != replicas_.end() && request.push_fence < known->second.fence) {
    auto outdated = refuse(Code::kPushOutdated, "A stamp was refused since this was sent.");
    outdated.value().fence = known->second.fence;
    return outdated;
  }
  auto& replica = replicas_[request.replica];
  if (any_in_future) replica.fence = std::min(request.push_fence + 1, kFenceMax);

  reply.verdicts.assign(ops.size(), any_unseen ? Verdict::kUnseen : Verdict::kSuperseded);
  for (const auto& refusal : reply.refused) reply.verdicts[refusal.index] = Verdict::kRefused;
  if (!any_unseen) apply(ops, reply.verdicts);
  reply.taken = replica.taken;
  if (!any_unseen && reply.refused.empty()) {
    replica.taken = std::max(replica.taken, request.push_through);
  }
  return reply;
}

std::optional<Code> Space::refusal_of(const DecodedOp& decoded, std::int64_t now_ms,
                                      const Judge& judge) const {
  if (decoded.error) return decoded.error->code;
  const Op& op = *decoded.op;
  if (judge) {
    if (const auto code = judge(op)) return code;
  }
  const bool is_ahead = op.stamp.time.milliseconds() > now_ms + kDriftMaxMs;
  return is_ahead && is_greater(op) ? std::optional(Code::kStampInFuture) : std::nullopt;
}

bool Space::is_greater(const Op& op) const {
  const auto held = slots_.find(op.key);
  return held == slots_.end() || beats(op.stamp, op.value, held->second.stamp, held->second.value);
}

void Space::apply(const std::vector<DecodedOp>& ops, std::vector<Verdict>& verdicts) {
  const auto sequence = head_ + 1;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (verdicts[i] == Verdict::kRefused || !apply(*ops[i].op, sequence)) continue;
    verdicts[i] = Verdict::kApplied;
    head_ = sequence;
  }
}

bool Space::apply(const Op& op, std::uint64_t sequence) {
  if (!is_greater(op)) return false;
  const auto found = slots_.find(op.key);
  if (found != slots_.end()) by_sequence_.erase({found->second.sequence, op.key});
  slots_.insert_or_assign(op.key, Slot{op.stamp, op.value, sequence});
  by_sequence_.emplace(sequence, op.key);
  return true;
}

SyncReply::Pull Space::pull(const Wanted& wanted) const {
  BatchEncoder page;
  std::size_t page_bytes = 0;
  std::uint64_t page_end = 0;
  SyncReply::Pull reply;

  std::vector<Op> group;  // of one push, which a page never splits
  std::size_t group_bytes = 0;
  std::uint64_t group_sequence = 0;
  bool page_full = false;
  const auto end_group = [&] {
    if (group.empty()) return;
    const bool fits =
        page.count() + group.size() <= wanted.limit && page_bytes + group_bytes <= kPageBytesMax;
    if (!page_full && (fits || page.count() == 0)) {
      for (const auto& op : group) page.add(op);
      page_bytes += group_bytes;
      page_end = group_sequence;
    } else {
      page_full = true;
      reply.remaining += group.size();
    }
    group.clear();
    group_bytes = 0;
  };
  for (const auto& [sequence, key] : by_sequence_) {
    if (!wanted.has(key.collection(), sequence)) continue;
    if (sequence != group_sequence) end_group();
    group_sequence = sequence;
    const auto& slot = slots_.at(key);
    group.push_back({key, slot.stamp, slot.value});
    group_bytes += key.bytes().size() + slot.value.size() + kOpOverheadBytes;
  }
  end_group();

  reply.ops = page.finish();
  for (const auto& [name, after] : wanted.after) {
    if (!after) continue;
    // A page that is not the last must not take back a collection that is further already.
    reply.cursors[name] = cursor_at(page_full ? std::max(page_end, *after) : head_);
  }
  return reply;
}

std::string Space::cursor_at(std::uint64_t sequence) const {
  return epoch_ + "." + std::to_string(sequence);
}

}  // namespace syncline::loopback
