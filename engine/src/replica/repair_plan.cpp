#include "replica/repair_plan.hpp"

#include <algorithm>
#include <utility>

#include "replica/ancestors.hpp"
#include "replica/entry_walk.hpp"

namespace syncline::replica {
namespace {

// An entry that can be read, of a keyspace or not.
std::optional<std::string_view> readable(const Snapshot& snapshot, Keyspace keyspace,
                                         std::string_view key) {
  const auto entry = snapshot.get(keyspace, key);
  return entry ? *entry : std::nullopt;
}

}  // namespace

Result<RepairPlan> RepairPlan::begin(const Snapshot& snapshot, const RepairSink& told) {
  RepairPlan plan(snapshot, told);
  const auto damaged = [](std::string_view, const Error&) { return true; };
  const auto walked = walk_entries(snapshot, Keyspace::kLog,
                                   {[&plan](std::string_view key, std::string_view value) {
                                      // What it does not take is a fault that has been found.
                                      static_cast<void>(plan.fold_.take(key, value));
                                      return true;
                                    },
                                    damaged});
  if (!walked) return fail(walked.error());
  if (const auto id = readable(snapshot, Keyspace::kMeta, kReplicaName)) {
    if (const auto decoded = decode_id(*id)) plan.replica_ = *decoded;
  }
  if (const auto head = readable(snapshot, Keyspace::kMeta, kHeadName)) {
    if (const auto decoded = decode_head(*head)) plan.head_ = *decoded;
  }
  if (const auto log = read_log_state(snapshot)) plan.log_ = *log;
  if (const auto ancestors = read_ancestors(snapshot)) plan.ancestors_ = *ancestors;
  plan.note_sequence(plan.fold_.last());
  if (plan.head_) plan.note_sequence(plan.head_->sequence);
  for (const Keyspace keyspace : {Keyspace::kSlots, Keyspace::kOutbox, Keyspace::kLog}) {
    const auto seen =
        walk_entries(snapshot, keyspace,
                     {[&plan, keyspace](std::string_view key, std::string_view value) {
                        if (keyspace != Keyspace::kSlots) {
                          plan.note_sequence(parse_sequence_key(key).value_or(0));
                        } else if (const auto slot = decode_slot(value, key)) {
                          plan.note_sequence(slot->sequence);
                        }
                        return true;
                      },
                      [&plan, keyspace](std::string_view key, const Error&) {
                        if (keyspace != Keyspace::kSlots) {
                          plan.note_sequence(parse_sequence_key(key).value_or(0));
                        }
                        return true;
                      }});
    if (!seen) return fail(seen.error());
  }
  return plan;
}

bool RepairPlan::has_all_from(std::uint64_t sequence) const {
  const std::uint64_t last = head_ ? head_->sequence : last_sequence_;
  if (log_ && log_->dropped > 0 && fold_.ops() + log_->dropped >= last) return true;
  return fold_.has_all(sequence, last);
}

std::optional<RepairPlan::Kept> RepairPlan::slot(std::string_view key) const {
  if (const auto changed = changed_.find(key); changed != changed_.end()) return changed->second;
  const auto entry = readable(*snapshot_, Keyspace::kSlots, key);
  if (!entry) return std::nullopt;
  const auto slot = decode_slot(*entry, key);
  if (!slot) return std::nullopt;
  return Kept{slot->sequence, slot->stamp, std::string(slot->value)};
}

std::optional<Op> RepairPlan::logged(std::uint64_t sequence) {
  if (!fold_.has(sequence)) return std::nullopt;
  const auto cursor = snapshot_->cursor(Keyspace::kLog);
  if (!cursor) return std::nullopt;
  const auto standing = (*cursor)->seek_before(sequence_key(sequence + 1));
  if (!standing || !*standing) return std::nullopt;
  const auto first = parse_sequence_key((*cursor)->key());
  if (!first) return std::nullopt;
  // Whoever asks for one change of a commit is likely to ask for the others.
  if (decoded_.first != *first) {
    const auto entry = decode_log((*cursor)->value(), (*cursor)->key());
    if (!entry) return std::nullopt;
    auto ops = decode_own_batch(entry->batch);
    if (!ops) return std::nullopt;
    decoded_ = {*first, std::move(*ops)};
  }
  if (sequence - *first >= decoded_.ops.size()) return std::nullopt;
  return decoded_.ops[sequence - *first];
}

bool RepairPlan::is_set_aside(std::uint64_t sequence) const {
  const auto entry = read_set_aside(*snapshot_, sequence);
  return entry && *entry && !(*entry)->batch.empty();
}

void RepairPlan::put_slot(std::string_view key, const Kept& kept) {
  changed_.insert_or_assign(std::string(key), kept);
  put(Keyspace::kSlots, key, encode_slot({kept.sequence, kept.stamp, kept.value}));
}

void RepairPlan::put_head(const Head& head) {
  head_ = head;
  put(Keyspace::kMeta, kHeadName, encode_head(head));
}

void RepairPlan::put_log(std::uint64_t sequence, std::string entry) {
  if (logged_again_.insert(sequence).second)
    put(Keyspace::kLog, sequence_key(sequence), std::move(entry));
}

void RepairPlan::erase_slot(std::string_view key) {
  changed_.insert_or_assign(std::string(key), std::nullopt);
  erase(Keyspace::kSlots, key);
}

bool RepairPlan::is_free_meta(const std::string& name) const {
  const auto taken = snapshot_->get(Keyspace::kMeta, name);
  return taken && !*taken && !put_into_meta_.contains(name);
}

void RepairPlan::put(Keyspace keyspace, std::string_view key, std::string value) {
  if (keyspace == Keyspace::kMeta) put_into_meta_.emplace(key);
  batch_.put(keyspace, std::string(key), std::move(value));
}

void RepairPlan::erase(Keyspace keyspace, std::string_view key) {
  batch_.erase(keyspace, std::string(key));
}

void RepairPlan::mark(std::uint64_t sequence, std::string_view slot_key,
                      std::optional<Stamp> base) {
  if (!base) {
    const auto kept = slot(slot_key);
    const bool is_foreign = kept && replica_ && kept->stamp.replica != *replica_ &&
                            unsettled_by(ancestors_, kept->stamp) == nullptr;
    base = is_foreign ? kOfferedAgain : Stamp{};
  }
  put(Keyspace::kOutbox, sequence_key(sequence), encode_outbox({sequence, slot_key, *base}));
}

void RepairPlan::note_sequence(std::uint64_t sequence) {
  last_sequence_ = std::max(last_sequence_, sequence);
}

void RepairPlan::tell(const StoreFault& fault, RepairKind kind, std::string what) {
  if (kind == RepairKind::kRebuilt || kind == RepairKind::kOutdated) ++summary_.repaired;
  if (kind == RepairKind::kSetAside) ++summary_.set_aside;
  if (kind == RepairKind::kLeft) ++summary_.left;
  if (kind == RepairKind::kOutdated || kind == RepairKind::kSetAside) ask_again();
  if (*told_) (*told_)({fault, kind, std::move(what)});
}

}  // namespace syncline::replica
