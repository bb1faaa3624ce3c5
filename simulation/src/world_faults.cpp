#include <algorithm>
#include <limits>
#include <utility>

#include "syncline/renewal.hpp"
#include "world.hpp"

// What a world does to its devices and its server on purpose.

namespace syncline::simulation {

using std::chrono::milliseconds;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kYearMs = 365LL * 24 * 60 * kMinuteMs;

std::int64_t either_way(SeededRandom& random, std::int64_t most, std::int64_t unit) {
  const std::int64_t by = random.between(1, most) * unit;
  return random.below(2) == 0 ? by : -by;
}

}  // namespace

void World::strike(Fault fault, Device& device, SeededRandom& random) {
  switch (fault) {
    case Fault::kRequestPartition:
    case Fault::kReplyPartition:
    case Fault::kFullPartition:
      return part(fault, device, random);
    case Fault::kClockDrift:
    case Fault::kClockFreeze:
    case Fault::kClockJumpMinutes:
    case Fault::kClockJumpDecades:
    case Fault::kClockRangeEnd:
      return strike_clock(fault, device, random);
    case Fault::kCrash:
      return device.crash(fault);
    case Fault::kCrashBeforeCommit:
      return device.store().end_at_next_commit(ProcessStore::End::kBeforeCommit);
    case Fault::kCrashAfterCommit:
      return device.store().end_at_next_commit(ProcessStore::End::kAfterCommit);
    case Fault::kCrashBeforeSend:
      device.link().end_before_send = true;
      return;
    case Fault::kCrashAfterSend:
      device.link().end_after_send = true;
      return;
    case Fault::kDiskFull:
      counts_.add(fault);
      device.store().set_disk(random.below(2) == 0 ? ProcessStore::Disk::kFull
                                                   : ProcessStore::Disk::kTight);
      static_cast<void>(time_.after(milliseconds{random.between(2'000, 60'000)}, [&device] {
        device.store().set_disk(ProcessStore::Disk::kRoomy);
      }));
      return;
    case Fault::kSchemaSkew:
      counts_.add(fault);
      device.stop();
      schema_ages_[device.number()] = random.below(8);
      return start(device);
    case Fault::kSecondWriter:
      return device.echo_changes(static_cast<unsigned>(random.between(1, 3)));
    case Fault::kBackupRestored:
    case Fault::kBackupCloned:
      return strike_backup(fault, device, random);
    case Fault::kSchemaMigrated:
      return migrate(device, random);
    case Fault::kDiskDamaged:
      return damage(device, random);
    case Fault::kOpRefused:
      return refuse(random);
    case Fault::kDeviceRestored:
    case Fault::kDeviceCloned:
      return strike_disk(fault, device);
    default:
      return strike_server(fault, random);
  }
}

void World::part(Fault fault, Device& device, SeededRandom& random) {
  counts_.add(fault);
  device.link().requests_pass = fault == Fault::kReplyPartition;
  device.link().replies_pass = fault == Fault::kRequestPartition;
  const bool is_told = fault == Fault::kFullPartition;
  if (is_told && device.is_running()) device.sync().set_reachable(false);
  static_cast<void>(time_.after(milliseconds{random.between(5'000, 120'000)}, [&device, is_told] {
    device.link().requests_pass = true;
    device.link().replies_pass = true;
    if (is_told && device.is_running()) device.sync().set_reachable(true);
  }));
}

void World::strike_clock(Fault fault, Device& device, SeededRandom& random) {
  counts_.add(fault);
  DeviceClock& clock = device.clock();
  switch (fault) {
    case Fault::kClockDrift:
      clock.drift(either_way(random, 500, 1));
      break;
    case Fault::kClockFreeze:
      clock.freeze(true);
      break;
    case Fault::kClockJumpMinutes:
      // Half of them to about where a stamp begins to be refused.
      clock.jump(random.below(2) == 0 ? kDriftMaxMs + random.between(-30'000, 90'000)
                                      : either_way(random, 40, kMinuteMs));
      break;
    case Fault::kClockJumpDecades:
      clock.jump(either_way(random, 60, kYearMs));
      break;
    default: {
      constexpr std::int64_t kEnds[] = {
          std::numeric_limits<std::int64_t>::min(), -1, 0, kMillisecondsMax - 1, kMillisecondsMax,
          std::numeric_limits<std::int64_t>::max()};
      clock.set(kEnds[random.below(std::size(kEnds))]);
      break;
    }
  }
  // Most are put right before the end, by the person or by the network.
  if (random.below(5) != 0) {
    static_cast<void>(
        time_.after(milliseconds{random.between(5'000, 300'000)}, [&clock] { clock.mend(); }));
  }
}

void World::strike_server(Fault fault, SeededRandom& random) {
  bool done = false;
  switch (fault) {
    case Fault::kTokenExpiry:
      done = server_->expire_tokens();
      break;
    case Fault::kServerRestored:
      done = server_->restore_backup();
      if (!done) server_->take_backup();
      break;
    case Fault::kServerEmptied:
      done = server_->empty();
      break;
    case Fault::kServerClockJump:
      jump_server_clock(random);
      done = true;
      break;
    default:
      break;
  }
  if (done) counts_.add(fault);
}

// It is never further off than that, so that what waits for the present need not wait for long.
void World::jump_server_clock(SeededRandom& random) {
  note_server_time();
  clock_.mend();
  clock_.jump(either_way(random, 30, kMinuteMs));
  const milliseconds lasts{random.between(10'000, 400'000)};
  if (random.below(5) != 0) {
    static_cast<void>(time_.after(lasts, [this] {
      note_server_time();
      clock_.mend();
    }));
  }
  Device& device = *devices_[random.below(devices_.size())];
  const milliseconds when{random.between(1, 2 * lasts.count())};
  static_cast<void>(
      time_.after(when, [this, &device] { static_cast<void>(retry_kept_aside(device)); }));
}

void World::note_server_time() { server_latest_ms_ = std::max(server_latest_ms_, clock_.now_ms()); }

void World::strike_disk(Fault fault, Device& device) {
  auto& backup = backups_[device.number()];
  if (fault == Fault::kDeviceRestored && backup == nullptr) {
    backup = copy_of(device.store().disk());
    return;
  }
  counts_.add(fault);
  if (fault == Fault::kDeviceRestored) {
    device.stop();
    // What it alone had is gone with its disk, and no engine brings it back.
    for (const auto& [slot, pending] : device.account().pending) {
      for (const Register& lost : pending.unacknowledged) ledger_.withdraw(slot, lost);
    }
    device.store().replace_disk(std::move(backup));
    Audit::forget(device);
    return start(device);
  }
  DeviceAccount account;
  account.is_of_log_alone = true;
  account.schema = device.account().schema;
  add_device(device, copy_of(device.store().disk()), std::move(account));
}

void World::strike_backup(Fault fault, Device& device, SeededRandom& random) {
  // What is written between a backup and the loss of a device is lost with it, and no invariant
  // speaks of that: so it is lost right after.
  const bool is_lost = fault == Fault::kBackupRestored;
  const auto taken = is_lost ? kept_.end() : kept_.find(device.number());
  Backup backup = taken == kept_.end() ? Backup{copy_of(device.store().disk()), device.account()}
                                       : std::move(taken->second);
  if (!is_lost && taken == kept_.end()) {
    kept_.emplace(device.number(), std::move(backup));
    return;
  }
  if (taken != kept_.end()) kept_.erase(taken);
  report(invariants::a_backup_is_sound(*backup.disk));
  // A device that never started has nothing to go on with.
  if (!renew_replica(*backup.disk, random)) return;
  counts_.add(fault);
  // The device that it was copied from may have sent it, and others have seen it.
  for (const auto& [slot, pending] : backup.account.pending) {
    for (const Register& written : pending.unacknowledged) ledger_.doubt(slot, written.stamp);
  }
  if (is_lost) {
    device.stop();
    device.store().replace_disk(std::move(backup.disk));
    return start(device);
  }
  for (const auto& [slot, pending] : backup.account.pending) {
    for (const Register& written : pending.unacknowledged) {
      if (!ledger_.was_acknowledged(slot, written)) ledger_.write(slot, written);
    }
  }
  add_device(device, std::move(backup.disk), std::move(backup.account));
}

void World::add_device(const Device& original, std::unique_ptr<Store> disk, DeviceAccount account) {
  const std::size_t number = devices_.size();
  devices_.push_back(std::make_unique<Device>(Device::Parts{time_, network_, counts_}, number,
                                              mix(plan_.seed, 100 + number)));
  Device& added = *devices_.back();
  schema_ages_.push_back(schema_ages_[original.number()]);
  backups_.emplace_back();
  added.store().replace_disk(std::move(disk));
  added.account() = std::move(account);
  added.tokens().set(server_->log_in());
  start(added);
}

}  // namespace syncline::simulation
