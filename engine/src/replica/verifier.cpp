#include "replica/verifier.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "query/index_list.hpp"
#include "replica/entry_walk.hpp"
#include "replica/log_state.hpp"
#include "replica/lost_entries.hpp"
#include "schema/former_rules.hpp"
#include "syncline/schema.hpp"
#include "syncline/strategy.hpp"
#include "syncline/value.hpp"

namespace syncline {
namespace replica {
namespace {

// One op as it is kept aside. The error says why it is none.
Result<DecodedOp> one_op(std::string_view batch, std::string_view key) {
  auto ops = decode_batch(batch);
  if (!ops || ops->size() != 1) return corrupt("op put aside", key);
  return std::move(ops->front());
}

Result<void> readable_value(std::string_view value) {
  if (is_tombstone(value)) return {};
  const auto decoded = decode_value(value);
  if (!decoded) return fail(decoded.error());
  return {};
}

}  // namespace

Result<Verification> Verifier::run() {
  constexpr std::array<std::pair<Keyspace, Check>, kKeyspaceCount> kChecks = {{
      {Keyspace::kMeta, &Verifier::check_meta},
      {Keyspace::kLog, &Verifier::check_log},
      {Keyspace::kSlots, &Verifier::check_slot},
      {Keyspace::kOutbox, &Verifier::check_mark},
      {Keyspace::kSetAside, &Verifier::check_set_aside},
      {Keyspace::kQuarantine, &Verifier::check_quarantine},
      {Keyspace::kIndexes, &Verifier::check_index_entry},
  }};
  if (Result<void> counted = count_all(); !counted) return fail(counted.error());
  for (const auto& [keyspace, check] : kChecks) {
    if (keyspace == Keyspace::kSlots) expected_ = fold_.winners().begin();
    if (Result<void> walked = walk(keyspace, check); !walked) return fail(walked.error());
    if (keyspace == Keyspace::kMeta) check_required();
    if (keyspace == Keyspace::kSlots) tell_missing_before({});
  }
  check_head();
  const auto checked = check_indexes();
  if (!checked && checked.error().code == Code::kCancelled)
    return fail(Code::kCancelled, "the verification was stopped");
  if (!checked) return fail(checked.error());
  return found_;
}

Result<void> Verifier::count_all() {
  const std::array<std::pair<Keyspace, std::uint64_t*>, 4> counts = {{
      {Keyspace::kSlots, &found_.slots},
      {Keyspace::kOutbox, &found_.pending_ops},
      {Keyspace::kSetAside, &found_.set_aside_ops},
      {Keyspace::kQuarantine, &found_.quarantined_ops},
  }};
  for (const auto& [keyspace, count] : counts) {
    const auto counted = snapshot_.count(keyspace);
    if (!counted) return fail(counted.error());
    *count = *counted;
    total_ += *counted;
  }
  for (const Keyspace keyspace : {Keyspace::kLog, Keyspace::kMeta, Keyspace::kIndexes}) {
    const auto counted = snapshot_.count(keyspace);
    if (!counted) return fail(counted.error());
    total_ += *counted;
    // Each is held against its record as well.
    if (keyspace == Keyspace::kIndexes) total_ += *counted;
  }
  // And each record against the indexes, where there are any.
  const auto stored = snapshot_.get(Keyspace::kMeta, query::kIndexesName);
  const auto list = stored && *stored ? query::decode_indexes(**stored) : query::IndexList();
  if (list && !list->indexes.empty()) total_ += found_.slots;
  return {};
}

Result<void> Verifier::walk(Keyspace keyspace, Check check) {
  const auto whole =
      walk_entries(snapshot_, keyspace,
                   {[this, check](std::string_view key, std::string_view value) {
                      (this->*check)(key, value);
                      return go_on();
                    },
                    [this, keyspace](std::string_view key, const Error& error) {
                      const bool is_slot = keyspace == Keyspace::kSlots && !key.empty();
                      if (is_slot) {
                        tell_missing_before(key);
                        if (expected_ != fold_.winners().end() && expected_->first == key)
                          ++expected_;
                      }
                      if (keyspace == Keyspace::kMeta && key == kReplicaName) has_id_ = true;
                      if (keyspace == Keyspace::kMeta && key == kHeadName) has_head_ = true;
                      tell(FaultKind::kDamaged, keyspace, key, error.message, is_slot ? key : "");
                      return go_on();
                    }});
  if (!whole) return fail(whole.error());
  if (!*whole) return fail(Code::kCancelled, "the verification was stopped");
  return {};
}

void Verifier::check_meta(std::string_view key, std::string_view value) {
  Result<void> checked;
  const auto take = [&checked](const auto& decoded) {
    if (!decoded) checked = fail(decoded.error());
  };
  if (key == kReplicaName) {
    has_id_ = true;
    take(decode_id(value));
  } else if (key == kHeadName) {
    has_head_ = true;
    const auto head = decode_head(value);
    if (head) {
      head_ = *head;
      found_.clock_ms = head->clock.last.milliseconds();
      found_.clock_offset_ms = head->clock.offset_ms;
    }
    take(head);
  } else if (key == kProgressName) {
    take(decode_progress(value));
  } else if (key == kAncestorsName) {
    take(decode_ancestors(value));
  } else if (key == kFenceName) {
    take(decode_fence(value));
  } else if (key == kMemoryName) {
    take(decode_memory(value));
  } else if (key == kLogStateName) {
    const auto log = decode_log_state(value);
    if (log) dropped_ops_ = log->dropped;
    take(log);
  } else if (key == query::kIndexesName) {
    take(query::decode_indexes(value));
  } else if (key == kFormerName) {
    if (!schema::decode_former_rules(value)) checked = corrupt("entry", key);
  } else if (key == kSchemaName) {
    take(Schema::parse_stored(value, Strategies()));
  } else if (key.starts_with(kLostPrefix) && !is_key_of_lost_entry(key)) {
    ++found_.lost_entries;
  }
  if (!checked) tell(FaultKind::kMalformed, Keyspace::kMeta, key, checked.error().message);
}

void Verifier::check_required() {
  for (const auto& [name, is_there] :
       {std::pair{kReplicaName, has_id_}, std::pair{kHeadName, has_head_}}) {
    if (is_there) continue;
    tell(FaultKind::kMetaMissing, Keyspace::kMeta, name,
         "the entry \"" + std::string(name) + "\" is missing");
  }
}

void Verifier::check_log(std::string_view key, std::string_view value) {
  if (const Result<void> taken = fold_.take(key, value); !taken) {
    tell(FaultKind::kMalformed, Keyspace::kLog, key, taken.error().message);
  }
}

void Verifier::check_slot(std::string_view key, std::string_view value) {
  tell_missing_before(key);
  const bool is_expected = expected_ != fold_.winners().end() && expected_->first == key;
  const auto parsed = SlotKey::parse(key);
  const auto slot = decode_slot(value, key);
  const auto readable = slot ? readable_value(slot->value) : Result<void>();
  if (!parsed || !slot || !readable || slot->sequence == 0 || slot->stamp == Stamp{}) {
    if (is_expected) ++expected_;
    tell(FaultKind::kMalformed, Keyspace::kSlots, key,
         !parsed     ? "a slot has a name that is none: " + parsed.error().message
         : !slot     ? slot.error().message
         : !readable ? "the value of a slot cannot be decoded: " + readable.error().message
                     : "a slot has no stamp or no sequence",
         key);
    return;
  }
  greatest_sequence_ = std::max(greatest_sequence_, slot->sequence);
  compare_with_log(key, *slot);
  if (is_expected) ++expected_;
}

void Verifier::compare_with_log(std::string_view key, const SlotEntry& slot) {
  const bool is_expected = expected_ != fold_.winners().end() && expected_->first == key;
  if (is_expected) {
    const LogFold::Winner& winner = expected_->second;
    if (winner.sequence == slot.sequence && winner.stamp == slot.stamp &&
        winner.value_hash == hash_of(slot.value)) {
      return;
    }
    // The log may have lost the change that the slot holds, but not one before it.
    if (slot.sequence < winner.sequence || fold_.has(slot.sequence)) {
      return tell(FaultKind::kUnlikeLog, Keyspace::kSlots, key,
                  "a slot does not hold what the log says", key);
    }
  } else if (slot.sequence < fold_.first()) {
    return;  // from before what the log keeps
  } else if (fold_.has(slot.sequence)) {
    return tell(FaultKind::kUnlikeLog, Keyspace::kSlots, key,
                "a slot holds a change that is another one in the log", key);
  }
  tell(FaultKind::kNotInLog, Keyspace::kSlots, key,
       "a slot holds change " + std::to_string(slot.sequence) + ", which the log has lost", key);
}

void Verifier::tell_missing_before(std::optional<std::string_view> key) {
  for (; expected_ != fold_.winners().end() && (!key || expected_->first < *key); ++expected_) {
    tell(FaultKind::kSlotMissing, Keyspace::kSlots, expected_->first,
         "a slot that the log knows is missing", expected_->first);
  }
}

void Verifier::check_mark(std::string_view key, std::string_view value) {
  const auto sequence = parse_sequence_key(key);
  const auto mark = decode_outbox(value, key);
  // What is offered again names the op that would have been the next.
  const std::uint64_t next = std::max(fold_.last(), greatest_sequence_) + 1;
  if (!sequence || !mark || mark->commit > std::max(*sequence, next) ||
      !SlotKey::parse(mark->slot_key)) {
    return tell(FaultKind::kMalformed, Keyspace::kOutbox, key,
                "the mark of a pending change cannot be decoded");
  }
  const auto slot = read_slot(snapshot_, mark->slot_key);
  if (!slot) return;  // the slot has been told
  if (*slot && (*slot)->sequence == *sequence) return;
  tell(FaultKind::kMarkAmiss, Keyspace::kOutbox, key,
       "change " + std::to_string(*sequence) + " is marked as pending, and its slot " +
           (*slot ? "holds another one" : "is missing"),
       mark->slot_key);
}

void Verifier::check_set_aside(std::string_view key, std::string_view value) {
  const auto entry = decode_aside(value, key);
  const auto op = entry ? one_op(entry->batch, key) : fail(entry.error());
  if (!parse_sequence_key(key) || !op) {
    tell(FaultKind::kMalformed, Keyspace::kSetAside, key, "a change set aside cannot be decoded");
  }
}

void Verifier::check_quarantine(std::string_view key, std::string_view value) {
  const auto entry = decode_aside(value, key);
  const auto op = entry ? one_op(entry->batch, key) : fail(entry.error());
  // What waits for its time is merged later, and has to be whole for that.
  const bool usable = op && (op->op || entry->code != Code::kStampInFuture);
  if (!parse_sequence_key(key) || !usable) {
    tell(FaultKind::kMalformed, Keyspace::kQuarantine, key,
         "a change in quarantine cannot be decoded");
  }
}

void Verifier::check_head() {
  const std::uint64_t known = std::max(fold_.last(), greatest_sequence_);
  found_.log_ops = fold_.ops();
  const std::uint64_t last = std::max(known, head_ ? head_->sequence : 0);
  const std::uint64_t known_of = fold_.ops() + dropped_ops_;
  found_.log_missing_ops = last > known_of ? last - known_of : 0;
  if (!head_ || head_->sequence >= known) return;
  tell(FaultKind::kHeadBehind, Keyspace::kMeta, kHeadName,
       "the head knows of " + std::to_string(head_->sequence) + " changes, and there are " +
           std::to_string(known));
}

void Verifier::tell(FaultKind kind, Keyspace keyspace, std::string_view key, std::string what,
                    std::string_view slot_key) {
  ++found_.faults;
  StoreFault fault{kind, keyspace, std::string(key), std::move(what)};
  if (const auto parts = split_slot_key(slot_key)) {
    fault.collection = parts->collection;
    fault.record = parts->record;
    fault.field = parts->field;
  }
  note(fault);
  if (told_) told_(fault);
}

bool Verifier::go_on() {
  ++found_.entries;
  return step();
}

bool Verifier::step() {
  ++done_;
  return !progress_ || progress_(std::min(done_, total_), total_);
}

}  // namespace replica

Result<Verification> verify_store(const Store& store, const FaultSink& told,
                                  const VerificationProgress& progress) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  return replica::Verifier(**snapshot, told, progress).run();
}

std::string_view fault_kind_name(FaultKind kind) {
  constexpr std::array<std::string_view, kFaultKindCount> kNames = {
      "damaged",    "malformed",    "not_in_log",  "unlike_log", "slot_missing",
      "mark_amiss", "meta_missing", "head_behind", "index_amiss"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view keyspace_name(Keyspace keyspace) {
  constexpr std::array<std::string_view, kKeyspaceCount> kNames = {
      "log", "slots", "outbox", "set_aside", "quarantine", "meta", "indexes"};
  return kNames.at(static_cast<std::size_t>(keyspace));
}

}  // namespace syncline
