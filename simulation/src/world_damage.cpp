#include <algorithm>
#include <utility>

#include "repair_invariants.hpp"
#include "syncline/repair.hpp"
#include "world.hpp"

// What a world does to the disk of a device, and what the doctor makes of it.

namespace syncline::simulation {
namespace {

// Whether the log does not tell whether it has everything.
bool has_log_gaps(const DiskDamage& damage) {
  return damage.hits(Keyspace::kMeta, "log") ||
         std::any_of(damage.entries.begin(), damage.entries.end(),
                     [](const auto& entry) { return entry.keyspace == Keyspace::kLog; });
}

bool are_indexes_built(Device& device) {
  const auto indexes = device.replica().queries().indexes();
  return indexes && std::all_of(indexes->begin(), indexes->end(), [](const IndexInfo& index) {
           return index.state == IndexState::kBuilt;
         });
}

// The first attempt is stopped at a moment that is drawn, or finds the disk full.
void repair_in_vain(DamagedDisk& disk, const RepairOptions& options, SeededRandom& random) {
  std::uint64_t steps = random.below(3) == 0 ? random.below(200) : ~std::uint64_t{0};
  disk.fail_commits(true);
  static_cast<void>(repair_store(disk, random, options, {},
                                 [&steps](std::uint64_t, std::uint64_t) { return steps-- > 0; }));
  disk.fail_commits(false);
}

// What the disk holds after a repair, in the account of its device.
void take_repaired(DeviceAccount& account, Ledger& ledger, const DiskDamage& damage,
                   const DiskContents& disk) {
  for (const std::string& slot : damage.lost) {
    const auto left = disk.slots.find(slot);
    const auto is_gone = [&](const Register& put) {
      return left == disk.slots.end() || put > left->second.held;
    };
    if (const auto held = account.slots.find(slot); held != account.slots.end())
      account.seen[slot].erase(held->second.stamp);
    if (const auto pending = account.pending.find(slot); pending != account.pending.end()) {
      for (const Register& put : pending->second.unacknowledged) {
        if (!is_gone(put)) continue;
        ledger.withdraw(slot, put);
        account.seen[slot].erase(put.stamp);
      }
      account.pending.erase(pending);
    }
    account.slots.erase(slot);
    account.sequences.erase(slot);
    if (left == disk.slots.end()) continue;
    // The older one that the log still has may be one that was stamped anew since.
    if (!ledger.was_written(slot, left->second.held)) ledger.write(slot, left->second.held);
    account.slots.insert_or_assign(slot, left->second.held);
    account.sequences.insert_or_assign(slot, left->second.sequence);
  }
  for (const auto& [sequence, slot] : disk.marks) {
    auto& pending = account.pending[slot];
    pending.sequence = sequence;
    if (!pending.unacknowledged.empty()) continue;
    // What was not pending is, and nothing tells what it had replaced.
    const Register& held = disk.slots.at(slot).held;
    pending.unacknowledged.push_back(held);
    pending.is_unsure = true;
    ledger.doubt(slot, held.stamp);
  }
}

}  // namespace

// A write may be lost in every copy where another device has it, so that it comes back; or where
// nobody but this device can have it, so that it never was.
bool World::may_lose(Device& device, const std::string& slot,
                     const DiskContents::Slot& held) const {
  const auto parts = split_slot_key(slot);
  const auto newest = Schema::parse_stored(schema(0), options_.strategies);
  const DeviceAccount& account = device.account();
  const auto known = account.slots.find(slot);
  // An item of a list that is lost for a while may be moved from where it was before.
  const bool is_list =
      newest && newest->collection(parts->collection).field(parts->field).merge == Merge::kList;
  if (is_list || is_engine_collection(parts->collection)) return false;
  if (known == account.slots.end() || known->second != held.held) return false;
  const bool is_elsewhere = std::any_of(devices_.begin(), devices_.end(), [&](const auto& other) {
    const auto& slots = other->account().slots;
    const auto found = slots.find(slot);
    return other.get() != &device && found != slots.end() && found->second >= held.held;
  });
  // What is set aside names the slot that has it.
  const bool is_set_aside =
      std::any_of(account.set_aside.begin(), account.set_aside.end(),
                  [&](const auto& aside) { return aside.second.slot == slot; });
  if (is_set_aside) return false;
  const auto pending = account.pending.find(slot);
  if (pending == account.pending.end()) return is_elsewhere;
  const auto& waiting = pending->second.unacknowledged;
  const bool is_plain = !parts->field.empty() && parts->element.empty();
  return is_plain && !is_elsewhere &&
         std::none_of(waiting.begin(), waiting.end(),
                      [&](const Register& put) { return ledger_.was_sent(slot, put); });
}

void World::damage(Device& device, SeededRandom& random) {
  DamageLimits limits;
  limits.are_indexes_built = device.is_running() && are_indexes_built(device);
  limits.may_lose = [&](const std::string& slot, const DiskContents::Slot& held) {
    return may_lose(device, slot, held);
  };
  device.stop();
  static_cast<void>(device.take_statuses());
  DamagedDisk disk(device.store().disk());
  const DiskContents before = read_disk(disk);
  DiskDamage damage = draw_damage(before, limits, random);
  // A device that never started has nothing to damage.
  if (damage.entries.empty() || before.of(Keyspace::kMeta).empty()) return start(device);
  // A later change of a slot may be among what the log lacks, or not, and it is offered again.
  for (const DiskDamage::Entry& entry : damage.entries) {
    if (has_log_gaps(damage) && entry.keyspace == Keyspace::kSlots)
      damage.offered.insert(entry.key);
  }
  counts_.add(Fault::kDiskDamaged);
  note(describe(damage));
  inflict(damage, before, disk);
  report(invariants::a_verification_finds_what_is_damaged(disk, damage, before));
  repair(device, disk, damage, before, random);
  if (!finding_) start(device);
}

void World::repair(Device& device, DamagedDisk& disk, const DiskDamage& damage,
                   const DiskContents& before, SeededRandom& random) {
  const RepairOptions options{.entries_may_be_lost = damage.is_traceless};
  if (random.below(4) == 0) {
    const DiskContents damaged = read_disk(device.store().disk());
    repair_in_vain(disk, options, random);
    report(invariants::an_interrupted_repair_changes_nothing(damaged,
                                                             read_disk(device.store().disk())));
  }
  const unsigned commits = disk.commits();
  const auto repaired = repair_store(disk, random, options, [this](const Repair& repair) {
    note("  " + repair.fault.what + ": " + repair.what);
  });
  if (!repaired) return report(Violation{"a_repaired_store_is_sound", repaired.error().message});
  report(invariants::a_repaired_store_is_sound(disk, commits, random));
  const DiskContents after = read_disk(disk);
  report(invariants::a_repair_loses_nothing_that_is_there(damage, before, after));
  report(invariants::a_repair_is_as_careful_as_it_has_to_be(*repaired, damage, has_log_gaps(damage),
                                                            before, after));
  if (finding_) return;
  DeviceAccount& account = device.account();
  // What goes on in the old name may have been sent, and what a mark knew is known to no one.
  for (auto& [slot, pending] : account.pending) {
    if (damage.is_traceless || damage.unsure.contains(slot)) pending.is_unsure = true;
    for (const Register& written : pending.unacknowledged) {
      if (pending.is_unsure || repaired->has_new_id) ledger_.doubt(slot, written.stamp);
    }
  }
  if (repaired->has_new_id) {
    for (const auto& [sequence, aside] : account.set_aside) {
      for (const Register& written : aside.pending.unacknowledged)
        ledger_.doubt(aside.slot, written.stamp);
    }
  }
  take_repaired(account, ledger_, damage, after);
}

}  // namespace syncline::simulation
