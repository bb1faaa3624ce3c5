#include "syncline/repair.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "query/index_list.hpp"
#include "replica/entry_walk.hpp"
#include "replica/lost_entries.hpp"
#include "replica/memory.hpp"
#include "replica/repair_meter.hpp"
#include "replica/repair_plan.hpp"
#include "replica/verifier.hpp"

namespace syncline {
namespace replica {
namespace {

// The greatest time of all stamps that are left. What arrived has moved the clock as well, and what
// this replica had stamped before may be in no slot any more.
Result<HybridTime> greatest_time(const RepairPlan& plan) {
  HybridTime greatest;
  const auto note = [&greatest](const Stamp& stamp) { greatest = std::max(greatest, stamp.time); };
  for (const auto& [key, winner] : plan.fold().winners()) note(winner.stamp);
  const auto walked = walk_entries(plan.snapshot(), Keyspace::kSlots,
                                   {[&note](std::string_view key, std::string_view value) {
                                      if (const auto slot = decode_slot(value, key))
                                        note(slot->stamp);
                                      return true;
                                    },
                                    [](std::string_view, const Error&) { return true; }});
  if (!walked) return fail(walked.error());
  return greatest;
}

// What an op replaced that is pending or set aside, as far as it can be read; nothing of any other.
std::optional<Stamp> waiting_base(const Snapshot& snapshot, std::uint64_t sequence) {
  const std::string key = sequence_key(sequence);
  const auto pending = snapshot.get(Keyspace::kOutbox, key);
  if (pending && !*pending) {
    const auto set_aside = read_set_aside(snapshot, sequence);
    if (set_aside && !*set_aside) return std::nullopt;
    return set_aside ? (*set_aside)->base : Stamp{};
  }
  const auto mark = pending ? decode_outbox(**pending, key) : OutboxEntry{};
  return mark ? mark->base : Stamp{};
}

// The greatest time of what arrived, and of what others may have seen: what does not wait, or was
// offered before, and what the waiting ops have replaced.
Result<HybridTime> confirmed_time(const RepairPlan& plan) {
  HybridTime confirmed;
  const auto note = [&confirmed](const Stamp& stamp) {
    if (stamp != kOfferedAgain) confirmed = std::max(confirmed, stamp.time);
  };
  const auto walked = walk_entries(plan.snapshot(), Keyspace::kSlots,
                                   {[&plan, &note](std::string_view key, std::string_view) {
                                      const auto kept = plan.slot(key);
                                      if (!kept) return true;
                                      const auto base =
                                          waiting_base(plan.snapshot(), kept->sequence);
                                      if (!base || *base == kOfferedAgain) note(kept->stamp);
                                      if (base) note(*base);
                                      return true;
                                    },
                                    [](std::string_view, const Error&) { return true; }});
  if (!walked) return fail(walked.error());
  return confirmed;
}

Result<void> rebuild_head(RepairPlan& plan, const StoreFault& fault) {
  const auto greatest = greatest_time(plan);
  if (!greatest) return fail(greatest.error());
  Head head = plan.head().value_or(Head{});
  head.clock.last = std::max(head.clock.last, *greatest);
  if (!plan.head()) {
    const auto confirmed = confirmed_time(plan);
    if (!confirmed) return fail(confirmed.error());
    head.clock.confirmed = *confirmed;
  }
  head.sequence = plan.last_sequence();
  plan.put_head(head);
  plan.tell(fault, RepairKind::kRebuilt, "rebuilt from the log and the slots");
  return {};
}

// What the log lacks counts as dropped, and of what nobody has confirmed everything may be among
// it.
void settle_log_state(RepairPlan& plan) {
  LogState log = plan.log_state().value_or(LogState{});
  const std::uint64_t dropped = plan.last_sequence() - plan.log_ops();
  if (log.dropped == dropped && plan.log_state()) return;
  log = LogState{.dropped = dropped, .kept = log.kept, .unconfirmed = std::move(log.unconfirmed)};
  const HybridClock::State clock = plan.head().value_or(Head{}).clock;
  if (plan.replica() && clock.last > clock.confirmed)
    note_dropped(log.unconfirmed, {*plan.replica(), clock.confirmed, clock.last});
  plan.put(Keyspace::kMeta, kLogStateName, encode_log_state(log));
}

void renew_id(RepairPlan& plan, Random& random) {
  // What the old id had stamped is an ancestor's now.
  auto ancestors = read_ancestors(plan.snapshot());
  if (ancestors && plan.replica() && plan.head()) {
    // An entry of the fence that cannot be read is 0, and the worst that comes of it is a doubt.
    ancestors->push_back(
        {*plan.replica(), plan.head()->clock.confirmed, read_fence(plan.snapshot()).value_or(0)});
    plan.put(Keyspace::kMeta, kAncestorsName, encode_ancestors(*ancestors));
  }
  ReplicaId id{};
  while (id == ReplicaId{} || id == plan.replica()) id = static_cast<ReplicaId>(random.next());
  plan.put(Keyspace::kMeta, kReplicaName, encode_id(id));
  plan.renewed();
}

Result<void> repair_meta(RepairPlan& plan, const StoreFault& fault, Random& random) {
  if (fault.kind == FaultKind::kMalformed) keep_as_it_is(plan, Keyspace::kMeta, fault.key);
  if (fault.key == kHeadName) return rebuild_head(plan, fault);
  if (fault.key == kLogStateName) {
    plan.tell(fault, RepairKind::kRebuilt, "rebuilt from the log");
    return {};
  }
  if (fault.key == kReplicaName) {
    renew_id(plan, random);
    plan.tell(fault, RepairKind::kRebuilt, "this device has a new replica id");
    return {};
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDropped = {{
      {kAncestorsName, "taken out: what a device before this one had stamped too far ahead waits"},
      {kFenceName, "taken out: the server says it again"},
      {kProgressName, "taken out: the next sync asks for everything again"},
      {kMemoryName, "taken out: sync is off until it is turned on again"},
      {kSchemaName,
       "taken out: without a schema every field is the latest value, until the app "
       "brings its own"},
      {kFormerName, "taken out: how fields merged before the present schema is not known any more"},
      {kAccountName, "taken out: the next login decides which account this database belongs to"},
  }};
  for (const auto& [name, what] : kDropped) {
    if (fault.key != name) continue;
    plan.erase(Keyspace::kMeta, name);
    plan.tell(fault, RepairKind::kSetAside, std::string(what));
    return {};
  }
  if (fault.key.starts_with(kLostPrefix)) {
    plan.erase(Keyspace::kMeta, fault.key);
    plan.tell(fault, RepairKind::kSetAside, "taken out, because it is damaged");
    return {};
  }
  plan.tell(fault, RepairKind::kLeft, "left, because this version does not know it");
  return {};
}

// Whoever has lost something cannot say that everything is here, and asks for it.
Result<void> forget_cursors(RepairPlan& plan) {
  const auto progress = plan.snapshot().get(Keyspace::kMeta, kProgressName);
  if (progress && *progress) {
    if (auto decoded = decode_progress(**progress)) {
      decoded->cursors.clear();
      plan.put(Keyspace::kMeta, kProgressName, encode_progress(*decoded));
    }
  }
  const auto memory = plan.snapshot().get(Keyspace::kMeta, kMemoryName);
  if (memory && *memory) {
    if (auto decoded = decode_memory(**memory)) {
      decoded->complete = false;
      plan.put(Keyspace::kMeta, kMemoryName, encode_memory(*decoded));
    }
  }
  return {};
}

}  // namespace

Result<void> repair_rest(RepairPlan& plan, const std::vector<StoreFault>& faults, Random& random) {
  const bool is_rebuilt = std::any_of(faults.begin(), faults.end(), [](const StoreFault& fault) {
    return fault.keyspace == Keyspace::kMeta && fault.key == kHeadName;
  });
  const bool has_lost_head = is_rebuilt && !plan.head();
  for (const StoreFault& fault : faults) {
    if (fault.keyspace == Keyspace::kSetAside || fault.keyspace == Keyspace::kQuarantine) {
      if (fault.key.empty()) {
        plan.tell(fault, RepairKind::kLeft, "left, because its name cannot be read");
        continue;
      }
      const auto kept = keep_as_it_is(plan, fault.keyspace, fault.key);
      plan.erase(fault.keyspace, fault.key);
      plan.tell(fault, RepairKind::kSetAside,
                kept
                    ? "kept as it is under the name " + *kept + ", because nothing tells what it is"
                    : "taken out, because it cannot be read and nothing tells what it was");
    }
    if (fault.keyspace != Keyspace::kMeta || fault.key == query::kIndexesName) continue;
    if (Result<void> repaired = repair_meta(plan, fault, random); !repaired) return repaired;
  }
  settle_log_state(plan);
  // A slot may have got a sequence that the head does not know.
  if (!is_rebuilt && plan.head() && plan.head()->sequence < plan.last_sequence()) {
    Head head = *plan.head();
    head.sequence = plan.last_sequence();
    plan.put_head(head);
  }
  // What arrived and was less than what was pending here is told by nothing else: it has to come
  // again before anything is stamped anew.
  if (!has_lost_head && !plan.summary().pulls_again) return {};
  // A counter that went on from what is left of it would take back on the server what is lost here.
  if (plan.summary().pulls_again && plan.replica() && !plan.summary().has_new_id)
    renew_id(plan, random);
  return forget_cursors(plan);
}

}  // namespace replica

Result<RepairSummary> repair_store(Store& store, Random& random, const RepairOptions& options,
                                   const RepairSink& told, const VerificationProgress& progress) {
  auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  auto meter = replica::RepairMeter::begin(**snapshot, progress);
  if (!meter) return fail(meter.error());
  std::vector<StoreFault> faults;
  const FaultSink noted = [&faults](const StoreFault& fault) { faults.push_back(fault); };
  const VerificationProgress verified = meter->verification();
  const auto found = replica::Verifier(**snapshot, noted, verified).run();
  if (!found) return fail(found.error());
  const replica::MeteredSnapshot metered(**snapshot, *meter);
  auto plan = replica::RepairPlan::begin(metered, told);
  if (!plan) return fail(plan.error());
  if (auto done = replica::repair_log_and_slots(*plan, faults); !done) return fail(done.error());
  if (auto done = replica::repair_marks(*plan, faults, options); !done) return fail(done.error());
  if (auto done = replica::repair_indexes(*plan, faults); !done) return fail(done.error());
  if (auto done = replica::repair_rest(*plan, faults, random); !done) return fail(done.error());
  if (auto done = meter->finish(); !done) return fail(done.error());
  const RepairSummary summary = plan->summary();
  const StoreBatch batch = plan->finish();
  snapshot->reset();
  if (batch.changes().empty()) return summary;
  if (auto done = store.commit(batch); !done) return fail(done.error());
  return summary;
}

std::string_view repair_kind_name(RepairKind kind) {
  constexpr std::array<std::string_view, kRepairKindCount> kNames = {"rebuilt", "outdated",
                                                                     "set_aside", "left"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace syncline
