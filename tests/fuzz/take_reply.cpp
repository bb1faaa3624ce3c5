#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <set>

#include "syncline/kept_aside.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;        // NOLINT(google-build-using-namespace)
using namespace syncline::test;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char* kSchema = R"({"name":"n","version":1,"collections":{"c":{"fields":{
  "n":{"merge":"counter"},"l":{"merge":"min"},"s":{"merge":"set"},"m":{"merge":"map"},
  "v":{"merge":"multi"},"w":{"merge":"merge_text"},
  "q":{"merge":"list"}},
  "groups":{"g":{"fields":["a","b"]}}}}})";
constexpr std::size_t kRepliesMax = 6;
constexpr std::size_t kOpsMax = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kYearMs = 365 * 24 * kHourMs;
constexpr std::int64_t kTimeMaxMs = (std::int64_t{1} << 48) - 1;  // that a reply can have

// The bits of a reply's first byte.
constexpr int kPulls = 0;
constexpr int kPushes = 1;
constexpr int kSilent = 2;        // no verdicts, whatever was pushed
constexpr int kAnotherEpoch = 3;  // the other of two
constexpr int kHasMore = 4;
constexpr int kWritesMeanwhile = 5;
constexpr int kDeletesMeanwhile = 6;
constexpr int kAnotherFollows = 7;

// A record with something pending in every kind of field.
Result<void> fill(Transaction& transaction) {
  auto done = transaction.put("c", "r", {{"a", Value(1)}, {"l", Value(1)}, {"f", Value("x")}});
  if (done) done = transaction.patch("c", "r", {{"v", Value(1)}, {"w", Value("x")}});
  if (done) done = transaction.increment("c", "r", "n", 1);
  if (done) done = transaction.insert("c", "r", "q", 0, {Value("x")});
  if (done) done = transaction.add("c", "r", "s", {Value("x")});
  if (done) done = transaction.put_key("c", "r", "m", "k", Value("v"));
  return done;
}

Result<void> erase(Transaction& transaction) {
  const auto erased = transaction.erase("c", "r");
  if (!erased) return tl::unexpected(erased.error());
  return {};
}

using Pending = std::map<std::string, std::uint64_t>;  // slot key to the sequence of its op

// One device, and what is known of it before a reply.
class Device {
 public:
  // A clock that is ahead stamps what the server then refuses.
  explicit Device(std::int64_t ahead_ms) : wall_(kPresentMs + ahead_ms) {
    auto opened = Replica::open(*store_, wall_, random_, kSchema);
    fuzz::require(opened.has_value(), "a replica can be opened");
    replica_ = std::move(*opened);
    write(fill);
  }

  void exchange(fuzz::Choices& input, bool& another) {
    const std::uint8_t flags = input.byte();
    const auto has = [flags](int bit) { return (flags >> bit & 1) != 0; };
    another = has(kAnotherFollows);
    const std::uint8_t push_max = input.byte();
    std::optional<PushBatch> pushed;
    if (has(kPushes)) pushed = next_push(push_max == 0 ? kOpsMax : push_max);
    if (has(kWritesMeanwhile)) write(fill);
    if (has(kDeletesMeanwhile)) write(erase);

    SyncReply reply;
    reply.epoch = has(kAnotherEpoch) ? "00000000000000e2" : "00000000000000e1";
    reply.time_ms = next_time(input);
    if (pushed && !has(kSilent)) reply.push = next_verdicts(*pushed, input);
    if (has(kPulls)) reply.pull = next_page(has(kHasMore), another, input);
    take(reply, pushed ? &*pushed : nullptr);
  }

  // Whatever arrived, the device goes on.
  void go_on() {
    write(fill);
    write(erase);
    write(fill);
    check_sound();
  }

 private:
  void write(const Replica::Body& body) {
    const auto written = replica_->write(body);
    // A page may bring what no clock or counter comes beyond.
    fuzz::require(written || written.error().code == Code::kClockExhausted ||
                      written.error().code == Code::kCounterOverflow,
                  "writing goes on");
  }

  std::optional<PushBatch> next_push(std::size_t ops_max) {
    const auto push = replication().next_push({ops_max, kOpsMax});
    fuzz::require(push.has_value(), "what is pending can be pushed");
    if (*push) {
      const auto ops = decode_batch((*push)->ops);
      fuzz::require((*push)->items.size() > 0 && (!ops || ops->size() == (*push)->items.size()),
                    "a push has an item for each op");
      fuzz::require((*push)->items.size() <= ops_max, "and no more than it may");
    }
    return *push;
  }

  Pending pending() {
    Pending pending;
    if (const auto push = next_push(kOpsMax)) {
      for (const PushBatch::Item& item : push->items)
        pending.emplace(item.key.bytes(), item.sequence);
      fuzz::require(pending.size() == push->items.size(), "a slot is pending once");
    }
    return pending;
  }

  // The keys of the slots for which something waits.
  std::set<std::string> quarantined() {
    std::set<std::string> keys;
    const auto visited = replica_->kept_aside().visit([&keys](const AsideOp& aside) {
      if (aside.id.kind == AsideKind::kQuarantined && aside.op) keys.insert(aside.op->key.bytes());
      return true;
    });
    fuzz::require(visited.has_value(), "what is kept aside can be read");
    return keys;
  }

  ReplicationState state() {
    const auto state = replication().state();
    fuzz::require(state.has_value(), "the state can be read");
    return *state;
  }

  static std::int64_t next_time(fuzz::Choices& input) {
    constexpr auto kTimes = std::to_array<std::int64_t>(
        {kPresentMs, kPresentMs - kHourMs, kPresentMs + kHourMs, kPresentMs + kYearMs,
         kPresentMs - kYearMs, 0, kTimeMaxMs, kPresentMs + 1});
    return kTimes.at(input.byte() % kTimes.size());
  }

  // A count, then a byte each: one that does not fit what was pushed is what the decoder lets pass.
  static SyncReply::Push next_verdicts(const PushBatch& pushed, fuzz::Choices& input) {
    constexpr auto kCodes = std::to_array(
        {Code::kStampInFuture, Code::kValueMalformed, Code::kKeyTooLong, Code::kValidationFailed});
    SyncReply::Push push;
    const std::uint8_t given = input.byte();
    const std::size_t count = given == 0 ? pushed.items.size() : given - 1U;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t verdict = input.byte();
      if (verdict % 4 == 0) {
        push.verdicts.push_back(Verdict::kApplied);
      } else if (verdict % 4 == 1) {
        push.verdicts.push_back(Verdict::kSuperseded);
      } else {
        push.verdicts.push_back(Verdict::kRefused);
        push.refused.push_back({i, kCodes.at(verdict / 4 % kCodes.size())});
      }
    }
    return push;
  }

  static SyncReply::Pull next_page(bool has_more, bool another, fuzz::Choices& input) {
    SyncReply::Pull pull;
    const std::uint8_t cursor = input.byte();
    if (has_more) pull.remaining = cursor / 2U;
    if (cursor != 0)
      pull.cursors.emplace(cursor % 2 == 0 ? "*" : "c",
                           "00000000000000e1." + std::to_string(cursor));
    const std::size_t size_bytes = another ? input.byte() : 0;
    pull.ops = another ? input.take(size_bytes) : input.rest();
    return pull;
  }

  void take(const SyncReply& reply, const PushBatch* pushed) {
    const ReplicationState before = state();
    const Pending pending_before = pending();
    const std::set<std::string> waiting = quarantined();
    const auto outcome = replication().take_reply(reply, pushed, wall_.now_ms(), wall_.now_ms());
    const ReplicationState after = state();
    const Pending pending_after = pending();
    fuzz::require(after.pending_ops == pending_after.size(), "what is pending is counted");
    check_sound();
    if (!outcome) {
      check_failure(outcome.error(), before, after);
      return;
    }
    check_counts(*outcome, before, after);
    check_pending(reply, *outcome, pending_before, pending_after, pushed, waiting);
    if (pushed != nullptr) check_settled(*reply.push, *pushed, pending_after);
    check_again(reply);
  }

  static void check_failure(const Error& error, const ReplicationState& before,
                            const ReplicationState& after) {
    // A clock at its end fails the second commit, and the page stands.
    if (error.code == Code::kClockExhausted) return;
    fuzz::require(error.code == Code::kResponseMalformed, "only a bad reply fails");
    fuzz::require(!error.message.empty(), "and says what is wrong");
    fuzz::require(after.log_ops == before.log_ops && after.epoch == before.epoch &&
                      after.pending_ops == before.pending_ops &&
                      after.set_aside_ops == before.set_aside_ops &&
                      after.quarantined_ops == before.quarantined_ops &&
                      after.complete == before.complete,
                  "and changes nothing");
  }

  static void check_counts(const ReplyOutcome& outcome, const ReplicationState& before,
                           const ReplicationState& after) {
    fuzz::require(outcome.merged + outcome.quarantined <= outcome.arrived + before.quarantined_ops,
                  "ops are counted once");
    fuzz::require(after.quarantined_ops <= before.quarantined_ops + outcome.quarantined,
                  "quarantined ops are kept");
    fuzz::require(after.quarantined_ops >= outcome.waiting, "and those that wait are among them");
    // What is stamped anew is pending again, and what is offered to another epoch.
    const std::uint64_t set_aside = before.set_aside_ops + outcome.set_aside;
    const std::uint64_t offered =
        before.epoch == after.epoch ? outcome.restamped : after.pending_ops;
    fuzz::require(after.set_aside_ops <= set_aside && after.set_aside_ops + offered >= set_aside,
                  "ops that are set aside are kept");
    fuzz::require(after.log_ops >= before.log_ops + outcome.merged, "what is merged is in the log");
    fuzz::require(outcome.epoch_changed == (!before.epoch.empty() && before.epoch != after.epoch),
                  "another epoch is seen");
    fuzz::require(!after.complete || outcome.remaining == 0, "complete is complete");
  }

  static void check_pending(const SyncReply& reply, const ReplyOutcome& outcome,
                            const Pending& before, const Pending& after, const PushBatch* pushed,
                            const std::set<std::string>& waiting) {
    std::set<std::string> answered;
    if (reply.pull) {
      const auto page = decode_batch(reply.pull->ops);
      fuzz::require(page.has_value(), "a page that was taken in is a batch");
      for (const DecodedOp& item : *page) {
        if (item.op) answered.insert(item.op->key.bytes());
      }
    }
    for (std::size_t i = 0; pushed != nullptr && i < pushed->items.size(); ++i) {
      const auto refusal = std::ranges::find(reply.push->refused, i, &Refusal::index);
      const bool goes_on =
          refusal != reply.push->refused.end() && refusal->code == Code::kStampInFuture;
      if (!goes_on) answered.insert(pushed->items[i].key.bytes());
    }
    // What waited in quarantine may have come too.
    for (const auto& [key, sequence] : before) {
      fuzz::require(after.contains(key) || answered.contains(key) || outcome.merged > 0,
                    "nothing stops being pending by itself");
    }
    // Everything is offered to another epoch, and what follows a deletion has a new name.
    if (outcome.epoch_changed || outcome.restamped > 0) return;
    for (const auto& [key, sequence] : after) {
      // What lost on arrival is written into the journal.
      if (is_engine_collection(key)) continue;
      // What leaves quarantine is offered.
      if (waiting.contains(key)) continue;
      const auto known = before.find(key);
      fuzz::require(known != before.end() && known->second == sequence,
                    "nothing becomes pending by itself");
    }
  }

  static void check_settled(const SyncReply::Push& verdicts, const PushBatch& pushed,
                            const Pending& after) {
    for (std::size_t i = 0; i < pushed.items.size(); ++i) {
      const auto refusal = std::ranges::find(verdicts.refused, i, &Refusal::index);
      if (refusal != verdicts.refused.end() && refusal->code == Code::kStampInFuture) continue;
      if (verdicts.verdicts[i] == Verdict::kUnseen) continue;
      const auto found = after.find(pushed.items[i].key.bytes());
      fuzz::require(found == after.end() || found->second != pushed.items[i].sequence,
                    "what has its verdict is not sent again");
    }
  }

  // A page that is taken in once more changes nothing.
  void check_again(const SyncReply& reply) {
    SyncReply repeated = reply;
    repeated.push.reset();
    if (!repeated.pull) return;
    repeated.pull->remaining = 0;
    const auto again = replication().take_reply(repeated, nullptr, wall_.now_ms(), wall_.now_ms());
    fuzz::require(again && again->merged == 0, "a second time changes no slot");
    check_sound();
  }

  // Reads everything, which is what must never fail.
  void check_sound() {
    fuzz::require(replication().verify().has_value(), "the slots are the fold of the log");
    const auto collections = replica_->collections();
    fuzz::require(collections.has_value(), "collections can be listed");
    for (const std::string& collection : *collections) {
      const auto scanned =
          replica_->scan(collection, {}, [](const Record& record) { return !record.id.empty(); });
      fuzz::require(scanned.has_value(), "a collection can be scanned");
    }
  }

  Replication& replication() { return replica_->replication(); }

  ManualWall wall_;
  CountingRandom random_;
  std::unique_ptr<Store> store_ = make_memory_store();
  std::unique_ptr<Replica> replica_;
};

}  // namespace

// The first byte says how far the clock is ahead; then follow the replies, one after the other.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  constexpr auto kAhead = std::to_array<std::int64_t>({0, kHourMs, kYearMs, -kYearMs});
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  Device device(kAhead.at(input.byte() % kAhead.size()));
  bool another = true;
  for (std::size_t i = 0; another && i < kRepliesMax; ++i) device.exchange(input, another);
  device.go_on();
  return 0;
}
