#include "repair_invariants.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "finding_text.hpp"
#include "syncline/verification.hpp"

namespace syncline::simulation::invariants {
namespace {

std::string text_of(const StoreFault& fault) {
  return std::string(fault_kind_name(fault.kind)) + " in " +
         std::string(keyspace_name(fault.keyspace)) + " " + printable(fault.key) + ": " +
         fault.what;
}

struct Found {
  std::vector<StoreFault> faults;
  Verification counts;
};

Result<Found> verified(const Store& disk) {
  Found found;
  const auto counts =
      verify_store(disk, [&found](const StoreFault& fault) { found.faults.push_back(fault); });
  if (!counts) return fail(counts.error());
  found.counts = *counts;
  return found;
}

bool is_found(const DiskDamage::Entry& entry, const Found& found, const DiskContents& before) {
  const auto tells = [&found](const auto& about) {
    return std::any_of(found.faults.begin(), found.faults.end(), about);
  };
  if (entry.keyspace == Keyspace::kIndexes) {
    return tells([](const StoreFault& fault) { return fault.keyspace == Keyspace::kIndexes; }) ||
           !found.counts.indexes_checked || found.counts.unindexed_records > 0;
  }
  // Nothing tells what was pending.
  if (entry.keyspace == Keyspace::kOutbox && entry.harm == Harm::kGone) return true;
  if (entry.keyspace == Keyspace::kLog && entry.harm == Harm::kGone) {
    const auto lost = std::find_if(before.log.begin(), before.log.end(),
                                   [&](const auto& one) { return one.key == entry.key; });
    return std::all_of(lost->slots.begin(), lost->slots.end(), [&](const std::string& slot) {
      return !lost->has(before.slots.at(slot).sequence) ||
             tells([&](const StoreFault& fault) { return fault.key == slot; });
    });
  }
  return tells([&entry](const StoreFault& fault) {
    return fault.keyspace == entry.keyspace && fault.key == entry.key;
  });
}

// A mark that is too many cannot be held against a slot that cannot be read, and what the log lacks
// may be in an entry of it that cannot be read; the repair sees to both.
bool is_hidden(const DiskDamage::Entry& entry, const DiskDamage& damage) {
  const auto is_other_log_entry = [&entry](const DiskDamage::Entry& other) {
    return other.keyspace == Keyspace::kLog && other.key != entry.key;
  };
  if (entry.keyspace == Keyspace::kLog && entry.harm == Harm::kGone)
    return std::any_of(damage.entries.begin(), damage.entries.end(), is_other_log_entry);
  constexpr std::size_t kSlotAt = 1 + sizeof(std::uint64_t);  // behind the format and the number
  return entry.keyspace == Keyspace::kOutbox && entry.harm == Harm::kAdded &&
         damage.hits(Keyspace::kSlots, entry.value.substr(kSlotAt));
}

// What was damaged and could still be read, and is in no other place.
bool is_kept(const DiskDamage::Entry& entry, const DiskContents& after) {
  const auto& meta = after.of(Keyspace::kMeta);
  const std::string prefix = "lost/" + std::string(keyspace_name(entry.keyspace)) + "/";
  return std::any_of(meta.begin(), meta.end(), [&](const auto& kept) {
    return kept.first.starts_with(prefix) && kept.second == entry.value;
  });
}

std::string id_in(const DiskContents& disk) {
  const auto found = disk.of(Keyspace::kMeta).find("replica");
  return found == disk.of(Keyspace::kMeta).end() ? std::string() : found->second;
}

}  // namespace

Finding a_verification_finds_what_is_damaged(const Store& disk, const DiskDamage& damage,
                                             const DiskContents& before) {
  const auto found = verified(disk);
  if (!found) return broken(__func__, found.error().message);
  for (const DiskDamage::Entry& entry : damage.entries) {
    if (!is_found(entry, *found, before) && !is_hidden(entry, damage))
      return broken(__func__, printable(entry.key) + " of " +
                                  std::string(keyspace_name(entry.keyspace)) +
                                  " is no fault: " + describe(damage));
  }
  return std::nullopt;
}

Finding an_interrupted_repair_changes_nothing(const DiskContents& before,
                                              const DiskContents& after) {
  if (before.entries == after.entries) return std::nullopt;
  return broken(__func__, "a repair that was stopped has changed the disk");
}

Finding a_repaired_store_is_sound(DamagedDisk& disk, unsigned commits_before, Random& random) {
  if (disk.commits() > commits_before + 1)
    return broken(__func__,
                  "it took " + std::to_string(disk.commits() - commits_before) + " commits");
  const auto found = verified(disk);
  if (!found) return broken(__func__, found.error().message);
  if (!found->faults.empty()) return broken(__func__, text_of(found->faults.front()));
  if (found->counts.log_missing_ops != 0)
    return broken(__func__, "what the log has lost counts neither as dropped nor as there");
  const unsigned commits = disk.commits();
  std::string told;
  const auto again = repair_store(disk, random, {}, [&told](const Repair& repair) {
    told = text_of(repair.fault) + ": " + repair.what;
  });
  if (!again) return broken(__func__, again.error().message);
  if (disk.commits() == commits && told.empty() && !again->has_new_id) return std::nullopt;
  return broken(__func__, "there was something to repair again: " + told);
}

Finding a_repair_loses_nothing_that_is_there(const DiskDamage& damage, const DiskContents& before,
                                             const DiskContents& after) {
  const bool is_log_hit =
      std::any_of(damage.entries.begin(), damage.entries.end(),
                  [](const auto& one) { return one.keyspace == Keyspace::kLog; });
  std::set<std::string> again;  // slots that are logged again, as changes of their own
  for (const auto& [slot, held] : before.slots) {
    const auto found = after.slots.find(slot);
    const bool is_same = found != after.slots.end() && found->second.held == held.held;
    // The log may have lost what had withdrawn a greater one.
    if (is_same && is_log_hit && found->second.sequence > held.sequence) again.insert(slot);
    const bool is_left = is_same && (found->second == held || again.contains(slot));
    if (!is_left && !damage.lost.contains(slot)) {
      return broken(
          __func__,
          printable(slot) + " held " + shown(held.held) + ", and " +
              (found == after.slots.end() ? "is gone" : "holds " + shown(found->second.held)));
    }
  }
  if (after.slots.size() > before.slots.size())
    return broken(__func__, "there are more slots than before");
  for (const auto& [sequence, slot] : before.marks) {
    const auto found = after.marks.find(sequence);
    const bool is_left = found != after.marks.end() && found->second == slot;
    if (!is_left && !damage.lost.contains(slot) && !again.contains(slot))
      return broken(__func__, printable(slot) + " is not pending any more");
  }
  for (const auto& [sequence, slot] : after.marks) {
    const bool was_pending = before.marks.contains(sequence) && before.marks.at(sequence) == slot;
    const bool may_be_pending = damage.offered.contains(slot) || again.contains(slot);
    if (!was_pending && !damage.is_traceless && !may_be_pending)
      return broken(__func__, printable(slot) + " is pending and was not");
  }
  for (const DiskDamage::Entry& entry : damage.entries) {
    const bool is_readable =
        entry.harm == Harm::kAdded &&
        (entry.keyspace == Keyspace::kQuarantine || entry.keyspace == Keyspace::kSetAside);
    if (is_readable && !is_kept(entry, after))
      return broken(__func__, "what was kept aside and cannot be decoded is gone");
  }
  return std::nullopt;
}

Finding a_repair_is_as_careful_as_it_has_to_be(const RepairSummary& summary,
                                               const DiskDamage& damage, bool has_log_gaps,
                                               const DiskContents& before,
                                               const DiskContents& after) {
  const bool has_new_id = id_in(before) != id_in(after);
  if (has_new_id != summary.has_new_id)
    return broken(__func__, "whether the replica has a new id is told wrongly");
  const bool loses_cursors = damage.hits(Keyspace::kMeta, "progress");
  if (damage.may_be_lost && !(summary.pulls_again && has_new_id))
    return broken(__func__, "something may be lost, and nothing is asked for again");
  if (loses_cursors && after.of(Keyspace::kMeta).contains("progress"))
    return broken(__func__, "cursors that cannot be read are kept");
  if (!damage.may_be_lost && !has_log_gaps && (summary.pulls_again || has_new_id))
    return broken(__func__, "nothing can be lost, and the replica has a new id");
  return std::nullopt;
}

}  // namespace syncline::simulation::invariants
