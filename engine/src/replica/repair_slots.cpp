#include <utility>

#include "replica/entry_walk.hpp"
#include "replica/lost_entries.hpp"
#include "replica/repair_plan.hpp"

namespace syncline::replica {
namespace {

// Writes into the log what a slot holds, under a sequence that the log does not have.
void log_slot(RepairPlan& plan, const SlotKey& key, const RepairPlan::Kept& kept) {
  const auto winner = plan.fold().winners().find(key.bytes());
  const bool is_smaller =
      winner != plan.fold().winners().end() && kept.stamp < winner->second.stamp;
  // Only one that was stamped anew can have replaced a greater one.
  const LogOrigin origin = is_smaller                             ? LogOrigin::kRestamped
                           : kept.stamp.replica == plan.replica() ? LogOrigin::kLocal
                                                                  : LogOrigin::kRemote;
  const Op op{key, kept.stamp, kept.value};
  plan.put_log(kept.sequence, encode_log({origin, encode_batch({&op, 1})}));
}

// The slot as the log has it under this sequence. False where that cannot be read.
bool rebuild(RepairPlan& plan, const StoreFault& fault, std::uint64_t sequence) {
  auto op = plan.logged(sequence);
  if (!op) return false;
  plan.put_slot(fault.key, {sequence, op->stamp, std::move(op->value)});
  const bool has_last_change = plan.has_all_from(sequence);
  if (fault.kind == FaultKind::kUnlikeLog || !has_last_change)
    keep_as_it_is(plan, Keyspace::kSlots, fault.key);
  // What a slot holds that can be read is not lost, unless the log is beyond it.
  if (fault.kind == FaultKind::kUnlikeLog || has_last_change) {
    plan.tell(fault, RepairKind::kRebuilt, "rebuilt from the log");
  } else {
    // A mark of what is lost is none of this. Sending it twice changes nothing.
    const auto marked = plan.snapshot().get(Keyspace::kOutbox, sequence_key(sequence));
    if (marked && !*marked && !plan.is_set_aside(sequence)) plan.mark(sequence, fault.key);
    plan.tell(fault, RepairKind::kOutdated,
              "rebuilt from the last change of it that the log still has");
  }
  return true;
}

void repair_slot(RepairPlan& plan, const StoreFault& fault) {
  if (fault.key.empty()) {
    return plan.tell(fault, RepairKind::kLeft, "left, because its name cannot be read");
  }
  auto key = SlotKey::parse(fault.key);
  auto kept = plan.slot(fault.key);
  if (fault.kind == FaultKind::kNotInLog && key && kept) {
    log_slot(plan, *key, *kept);
    return plan.tell(fault, RepairKind::kRebuilt, "written into the log again");
  }
  const auto winner = plan.fold().winners().find(fault.key);
  // What the log has of it came before, and may have been withdrawn by what the log has lost.
  const bool is_logged = winner != plan.fold().winners().end();
  const bool is_sound = fault.kind == FaultKind::kUnlikeLog && key && kept;
  const bool is_later = is_logged && is_sound && kept->sequence > winner->second.sequence;
  if (is_logged && !is_later && rebuild(plan, fault, winner->second.sequence)) return;
  if (is_sound) {
    kept->sequence = plan.next_sequence();
    log_slot(plan, *key, *kept);
    plan.put_slot(fault.key, *kept);
    plan.mark(kept->sequence, fault.key);
    return plan.tell(fault, RepairKind::kRebuilt,
                     "kept, as a change of its own that is sent again");
  }
  const auto name = keep_as_it_is(plan, Keyspace::kSlots, fault.key);
  plan.erase_slot(fault.key);
  plan.tell(fault, RepairKind::kSetAside,
            name ? "kept as it is under the name " + *name + ", because the log does not know it"
                 : "taken out, because the log does not know it");
}

// Writes into the log what the slots hold of it from a sequence on. No fault tells of the beginning
// of a log, which need not be kept.
Result<void> log_lost_slots(RepairPlan& plan, std::uint64_t least) {
  const auto walked = walk_entries(plan.snapshot(), Keyspace::kSlots,
                                   {[&plan, least](std::string_view key, std::string_view) {
                                      const auto slot_key = SlotKey::parse(key);
                                      const auto kept = plan.slot(key);
                                      if (slot_key && kept && kept->sequence >= least &&
                                          !plan.changes(key) && !plan.fold().has(kept->sequence)) {
                                        log_slot(plan, *slot_key, *kept);
                                      }
                                      return true;
                                    },
                                    [](std::string_view, const Error&) { return true; }});
  if (!walked) return fail(walked.error());
  return {};
}

}  // namespace

Result<void> repair_log_and_slots(RepairPlan& plan, const std::vector<StoreFault>& faults) {
  std::optional<std::uint64_t> least;  // from where on the log has gaps now
  // What is put back into the log may begin where a damaged entry began.
  for (const StoreFault& fault : faults) {
    if (fault.keyspace != Keyspace::kLog) continue;
    if (fault.key.empty()) {
      plan.tell(fault, RepairKind::kLeft, "left, because its name cannot be read");
      continue;
    }
    keep_as_it_is(plan, Keyspace::kLog, fault.key);
    plan.erase(Keyspace::kLog, fault.key);
    const auto sequence = parse_sequence_key(fault.key);
    if (sequence && (!least || *sequence < *least)) least = sequence;
    plan.tell(fault, RepairKind::kRebuilt,
              "taken out of the log, which gets back of it what the slots hold");
  }
  for (const StoreFault& fault : faults) {
    if (fault.keyspace == Keyspace::kSlots) repair_slot(plan, fault);
  }
  return least ? log_lost_slots(plan, *least) : Result<void>();
}

}  // namespace syncline::replica
