#include <map>
#include <set>
#include <utility>

#include "replica/entry_walk.hpp"
#include "replica/lost_entries.hpp"
#include "replica/repair_plan.hpp"

namespace syncline::replica {
namespace {

// Which slot holds the change of each sequence, as they will be.
using Holders = std::map<std::uint64_t, std::string>;

Result<Holders> find_holders(const RepairPlan& plan) {
  Holders holders;
  const auto note = [&plan, &holders](std::string_view key) {
    if (const auto kept = plan.slot(key)) holders.insert_or_assign(kept->sequence, key);
    return true;
  };
  const auto walked = walk_entries(
      plan.snapshot(), Keyspace::kSlots,
      {[&note](std::string_view key, std::string_view) { return note(key); },
       [&note](std::string_view key, const Error&) { return key.empty() || note(key); }});
  if (!walked) return fail(walked.error());
  for (const auto& [key, winner] : plan.fold().winners()) note(key);
  return holders;
}

// The mark, where it can be read. The slot key is borrowed from the snapshot.
std::optional<OutboxEntry> stored_mark(const RepairPlan& plan, std::string_view key) {
  const auto stored = plan.snapshot().get(Keyspace::kOutbox, key);
  if (!stored || !*stored) return std::nullopt;
  const auto mark = decode_outbox(**stored, key);
  if (!mark || !SlotKey::parse(mark->slot_key)) return std::nullopt;
  return *mark;
}

bool is_marked(const RepairPlan& plan, std::uint64_t sequence, std::string_view slot_key) {
  const auto mark = stored_mark(plan, sequence_key(sequence));
  return mark && mark->slot_key == slot_key;
}

void repair_mark(RepairPlan& plan, const StoreFault& fault, const Holders& holders) {
  if (fault.key.empty()) {
    return plan.tell(fault, RepairKind::kLeft, "left, because its name cannot be read");
  }
  const auto sequence = parse_sequence_key(fault.key);
  const auto holder = sequence ? holders.find(*sequence) : holders.end();
  const auto stored = stored_mark(plan, fault.key);
  if (!stored) keep_as_it_is(plan, Keyspace::kOutbox, fault.key);
  // A slot that was rebuilt may fit its mark by now.
  if (holder != holders.end()) {
    const bool is_known = stored && stored->slot_key == holder->second;
    plan.mark(*sequence, holder->second, is_known ? std::optional(stored->base) : std::nullopt);
    return plan.tell(fault, RepairKind::kRebuilt, "marked again as pending");
  }
  plan.erase(Keyspace::kOutbox, fault.key);
  const auto kept = stored ? plan.slot(stored->slot_key) : std::nullopt;
  if (kept) {
    // No server has what is set aside. Whether other things have been acknowledged is not known.
    // Sending them twice changes nothing. A mark of its own knows more of it.
    if (plan.is_set_aside(kept->sequence))
      return plan.tell(fault, RepairKind::kRebuilt,
                       "taken out, because its slot holds a change that is set aside");
    if (!is_marked(plan, kept->sequence, stored->slot_key))
      plan.mark(kept->sequence, stored->slot_key);
    return plan.tell(fault, RepairKind::kRebuilt, "what its slot holds is marked in its place");
  }
  if (stored || !sequence) {
    if (stored) keep_as_it_is(plan, Keyspace::kOutbox, fault.key);
    return plan.tell(fault, RepairKind::kSetAside, "taken out, because there is nothing to send");
  }
  plan.tell(fault, RepairKind::kRebuilt,
            "taken out, because its change was replaced by a later one");
}

// The marks that fit their slots until these were repaired.
Result<std::vector<StoreFault>> newly_amiss(const RepairPlan& plan) {
  std::vector<StoreFault> amiss;
  const auto walked =
      walk_entries(plan.snapshot(), Keyspace::kOutbox,
                   {[&](std::string_view key, std::string_view value) {
                      const auto mark = decode_outbox(value, key);
                      if (!mark || !plan.changes(mark->slot_key)) return true;
                      const auto kept = plan.slot(mark->slot_key);
                      if (kept && parse_sequence_key(key) == kept->sequence) return true;
                      StoreFault fault{FaultKind::kMarkAmiss, Keyspace::kOutbox, std::string(key),
                                       "a change is marked as pending that its slot has lost"};
                      if (const auto parts = split_slot_key(mark->slot_key)) {
                        fault.collection = parts->collection;
                        fault.record = parts->record;
                        fault.field = parts->field;
                      }
                      amiss.push_back(std::move(fault));
                      return true;
                    },
                    [](std::string_view, const Error&) { return true; }});
  if (!walked) return fail(walked.error());
  return amiss;
}

}  // namespace

Result<void> repair_marks(RepairPlan& plan, const std::vector<StoreFault>& faults,
                          const RepairOptions& options) {
  const auto holders = find_holders(plan);
  if (!holders) return fail(holders.error());
  auto amiss = newly_amiss(plan);
  if (!amiss) return fail(amiss.error());
  std::set<std::string> repaired;
  amiss->insert(amiss->begin(), faults.begin(), faults.end());
  for (const StoreFault& fault : *amiss) {
    if (fault.keyspace != Keyspace::kOutbox) continue;
    if (repaired.insert(fault.key).second) repair_mark(plan, fault, *holders);
  }
  // No server has what was set aside, and nothing else says so.
  for (const StoreFault& fault : faults) {
    if (fault.keyspace != Keyspace::kSetAside) continue;
    const auto sequence = parse_sequence_key(fault.key);
    const auto holder = sequence ? holders->find(*sequence) : holders->end();
    if (holder != holders->end() && !is_marked(plan, *sequence, holder->second))
      plan.mark(*sequence, holder->second);
  }
  if (!options.entries_may_be_lost) return {};
  plan.ask_again();
  for (const auto& [sequence, key] : *holders) {
    const auto pending = plan.snapshot().get(Keyspace::kOutbox, sequence_key(sequence));
    if (pending && !*pending && !plan.is_set_aside(sequence)) plan.mark(sequence, key);
  }
  return {};
}

}  // namespace syncline::replica
