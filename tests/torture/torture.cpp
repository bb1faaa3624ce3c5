#include "torture.hpp"

#include <algorithm>
#include <thread>

#include "invariants.hpp"

namespace syncline::torture {

using std::chrono::milliseconds;
namespace invariants = simulation::invariants;

namespace {

// No exchange takes this long; one that does will never end.
constexpr std::chrono::seconds kForever{120};

bool is_about_the_login(Code code) {
  return code == Code::kTokenInvalid || code == Code::kTokenExpired ||
         code == Code::kTokenMissing || code == Code::kRefreshInvalid || code == Code::kNotLoggedIn;
}

}  // namespace

Torture::Torture(const Options& options, RealServer& server, Turn turn)
    : options_(options),
      server_(server),
      turn_(std::move(turn)),
      random_(options.seed),
      identities_(system_random()),
      witness_(server),
      workload_(simulation::make_schema_workload()) {}

simulation::Finding Torture::run() {
  start_all();
  turn_("faults_begin");
  for (std::size_t i = 0; i < options_.steps && !is_broken(); ++i) {
    std::this_thread::sleep_for(milliseconds{random_.between(0, 2 * options_.pace.count())});
    step();
    take_answers();
  }
  turn_("faults_end");
  if (!is_broken()) mend();
  if (!is_broken()) come_to_rest();
  if (!is_broken()) let_a_new_device_in();
  if (!is_broken()) check_settled();
  return witness_.finding();
}

void Torture::broken(std::string invariant, std::string what) {
  witness_.report(simulation::Violation{std::move(invariant), std::move(what)});
}

void Torture::start_all() {
  for (std::size_t i = 0; i < options_.devices && !is_broken(); ++i) {
    const std::string name = "device " + std::to_string(i);
    devices_.push_back(std::make_unique<Device>(Device::Parts{witness_, server_, *identities_},
                                                name, options_.folder / std::to_string(i)));
    Device& device = *devices_.back();
    if (const auto done = device.log_in(); !done)
      return broken("a_device_can_always_start", done.error().message);
    start(device);
  }
}

void Torture::start(Device& device) {
  if (const auto started = device.start(); !started)
    broken("a_device_can_always_start", device.name() + ": " + started.error().message);
}

void Torture::step() {
  Device& device = *devices_[random_.below(devices_.size())];
  const std::uint64_t kind = random_.below(100);
  if (random_.below(2) == 0) log_in_again(device);
  if (kind < 55) return act(device);
  if (kind < 75) return sync_once(device);
  if (kind < 82) return device.sync().watch();
  if (kind < 86) return device.sync().stop();
  if (kind < 92) return device.sync().set_reachable(random_.below(3) != 0);
  if (kind < 96) return restart(device);
  set_clock(device);
}

void Torture::log_in_again(Device& device) {
  if (!std::exchange(wants_login_[&device], false)) return;
  const auto done = device.log_in();
  witness_.note(device.name() + ": " + (done ? "logs in" : done.error().message));
  wants_login_[&device] = !done;
}

void Torture::act(Device& device) {
  const simulation::Act act = device.act(*workload_, random_, random_.below(4) != 0);
  witness_.note(device.name() + ": " + act.what +
                (act.result ? "" : " (" + act.result.error().message + ")"));
  witness_.report(invariants::writes_fail_only_for_a_reason(act.result, false));
  witness_.report(invariants::an_app_reads_what_it_wrote(act.surprise));
  ++counts_.acts;
}

void Torture::sync_once(Device& device) { syncs_.push_back({&device, device.sync_once()}); }

void Torture::restart(Device& device) {
  witness_.note(device.name() + " is closed and opened");
  device.stop();
  // A sync that had not begun is not answered any more.
  std::erase_if(syncs_, [&](const Sync& sync) { return sync.device == &device; });
  start(device);
  ++counts_.restarts;
}

// Nothing near the five minutes at which the server begins to refuse a stamp: it would depend on
// the moment whether it does.
void Torture::set_clock(Device& device) {
  constexpr std::int64_t kMinutes[] = {-90, -3, 0, 0, 2, 30, 525'600};
  const std::int64_t ahead = kMinutes[random_.below(std::size(kMinutes))];
  witness_.note(device.name() + ": the clock is " + std::to_string(ahead) + " minutes ahead");
  device.clock().set_ahead(std::chrono::minutes{ahead});
  ++counts_.clock_jumps;
}

void Torture::take_answers() {
  std::erase_if(syncs_, [this](Sync& sync) {
    if (sync.answer.wait_for(milliseconds{0}) != std::future_status::ready) return false;
    take_answer(*sync.device, sync.answer.get());
    return true;
  });
}

void Torture::take_answer(Device& device, const Result<SyncSummary>& result) {
  ++counts_.syncs;
  ++counts_.sync_ends[result ? "ok" : std::string(code_name(result.error().code))];
  if (!result && is_about_the_login(result.error().code)) wants_login_[&device] = true;
}

void Torture::mend() {
  witness_.note("all faults end");
  for (const auto& device : devices_) {
    device->clock().set_ahead({});
    device->sync().set_reachable(true);
  }
  for (Sync& sync : syncs_) {
    if (!is_answered(*sync.device, sync.answer)) return;
  }
  syncs_.clear();
}

bool Torture::is_answered(Device& device, std::future<Result<SyncSummary>>& answer) {
  if (answer.wait_for(kForever) != std::future_status::ready) {
    broken("every_sync_once_ends", device.name() + " is not answered");
    return false;
  }
  take_answer(device, answer.get());
  return true;
}

void Torture::come_to_rest() {
  constexpr unsigned kRoundsMax = 8;
  std::vector<const simulation::DeviceAccount*> accounts;
  for (const auto& device : devices_) accounts.push_back(&device->account());
  std::string who = "not at rest";
  for (counts_.rounds = 1; counts_.rounds <= kRoundsMax && !is_broken(); ++counts_.rounds) {
    const auto before = witness_.count_ops(accounts);
    for (const auto& device : devices_) {
      log_in_again(*device);
      auto answer = device->sync_once();
      if (!is_answered(*device, answer)) return;
    }
    who.clear();
    for (const auto& device : devices_) {
      const auto status = device->sync().status();
      if (!status || !status->synced) {
        who += device->name() + " is " +
               (status ? std::string(phase_name(status->phase)) : status.error().message) + "; ";
      }
    }
    if (witness_.count_ops(accounts) != before) who += "ops are still sent; ";
    if (who.empty()) return;
  }
  witness_.report(invariants::all_converge_within_bounded_rounds(
      static_cast<unsigned>(counts_.rounds), kRoundsMax, who));
}

// It has nothing but what the server holds.
void Torture::let_a_new_device_in() {
  devices_.push_back(std::make_unique<Device>(Device::Parts{witness_, server_, *identities_},
                                              "the new device", options_.folder / "new"));
  Device& device = *devices_.back();
  if (const auto done = device.log_in(); !done)
    return broken("a_device_can_always_log_in", done.error().message);
  start(device);
  if (is_broken()) return;
  auto answer = device.sync_once();
  if (!is_answered(device, answer)) return;
  const auto status = device.sync().status();
  if (!status || !status->synced)
    broken("all_converge_within_bounded_rounds", "the new device does not get everything");
}

void Torture::check_settled() {
  // Opened again, so that nothing runs any more, and what is read is what the disk holds.
  for (const auto& device : devices_) {
    device->stop();
    start(*device);
    if (is_broken()) return;
  }
  const simulation::Slots expected = witness_.expected();
  counts_.slots = expected.size();
  std::vector<const Replica*> replicas;
  for (const auto& device : devices_) {
    counts_.ops += device->account().last_sequence;
    witness_.report(invariants::nothing_acknowledged_is_lost(expected, device->account().slots,
                                                             device->name()));
    witness_.report(invariants::state_is_the_fold_of_the_log(device->replica().replication()));
    witness_.report(invariants::deletions_stay_deleted(expected, device->replica()));
    replicas.push_back(&device->replica());
  }
  witness_.report(invariants::devices_read_the_same(replicas));
  witness_.report(invariants::an_app_finds_what_it_did(workload_->check_settled(replicas)));
}

Counts Torture::counts() const {
  Counts counts = counts_;
  counts.logins = server_.logins();
  for (const auto& device : devices_) counts.requests += device->requests();
  return counts;
}

}  // namespace syncline::torture
