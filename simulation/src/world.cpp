#include "world.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "syncline/history.hpp"

namespace syncline::simulation {

using std::chrono::milliseconds;

World::World(const Options& options, const Plan& plan)
    : options_(options),
      plan_(plan),
      clock_(time_),
      random_(mix(plan.seed, 2)),
      server_(options.server(clock_, random_)),
      workload_(options.workload()),
      network_(time_, *server_, ledger_, plan.rates, counts_, mix(plan.seed, 3)),
      audit_(ledger_, *server_),
      schema_ages_(plan.devices, 0),
      backups_(plan.devices) {
  for (std::size_t i = 0; i < plan.devices; ++i) {
    // Some have an older version of the app. An older one after a newer one changes nothing.
    if (mix(plan.seed, 200 + i) % 3 == 0) schema_ages_[i] = 1;
    devices_.push_back(std::make_unique<Device>(Device::Parts{time_, network_, counts_}, i,
                                                mix(plan.seed, 100 + i)));
    devices_.back()->tokens().set(server_->log_in());
    start(*devices_.back());
  }
}

World::~World() = default;

Finding World::run() {
  for (const PlanStep& step : plan_.steps) {
    if (finding_) return finding_;
    if (step.kind != StepKind::kLateAct) take(step);
  }
  mend();
  come_to_rest();
  for (const PlanStep& step : plan_.steps) {
    if (finding_) return finding_;
    if (step.kind != StepKind::kLateAct) continue;
    take(step);
    come_to_rest();
  }
  migrate_all();
  check_settled();
  return finding_;
}

const std::string& World::schema(std::size_t age) const {
  const auto& built_in =
      plan_.seed % 2 == 0 ? built_in_schemas() : built_in_schemas_with_little_history();
  const auto& schemas = options_.schemas.empty() ? built_in : options_.schemas;
  return schemas[age % schemas.size()];
}

void World::report(Finding finding) {
  if (finding && !finding_) finding_ = std::move(finding);
}

void World::note(std::string line) {
  if (!keeps_trace_) return;
  char time[24];
  std::snprintf(time, sizeof time, "%9.3f s  ", static_cast<double>(time_.now().count()) / 1000);
  trace_.push_back(time + std::move(line));
}

void World::take(const PlanStep& step) {
  SeededRandom random(step.seed);
  // Some steps of two devices fall into the same millisecond.
  if (random.below(8) != 0) pass(milliseconds{random.between(0, 3'000)});
  if (finding_) return;
  Device& device = *devices_[step.device];
  if (step.kind != StepKind::kAct && step.kind != StepKind::kLateAct) note(describe(step));
  switch (step.kind) {
    case StepKind::kAct:
    case StepKind::kLateAct:
      if (ready(device)) act(device, random);
      break;
    case StepKind::kSync:
      if (ready(device)) sync_once(device);
      break;
    case StepKind::kWatch:
      if (ready(device)) device.sync().watch();
      break;
    case StepKind::kRest:
      if (device.is_running()) device.sync().stop();
      break;
    case StepKind::kWait:
      pass(milliseconds{random.between(1'000, 180'000)});
      // An app that has nothing to do has time for that.
      if (random.below(2) == 0 && device.is_running()) compact(device);
      break;
    case StepKind::kRestart:
      if (device.is_running()) report(Audit::look_at_queries(device));
      device.stop();
      start(device);
      if (random.below(2) == 0 && device.is_running()) compact(device);
      break;
    case StepKind::kLogIn:
      log_in(device);
      break;
    case StepKind::kFault:
      strike(step.fault, device, random);
      break;
  }
  look_at_all();
}

// An app holds a view over what it and others write, and reads through it again in the end.
void World::hold_view(Device& device, SeededRandom& random) {
  constexpr std::uint64_t kActsBetween = 24;
  auto& held = device.held_view();
  if (random.below(kActsBetween) != 0) return;
  if (held) report(invariants::a_view_stays_as_it_was(*held));
  held.reset();
  if (auto view = device.replica().view()) held.emplace(std::move(*view));
}

void World::act(Device& device, SeededRandom& random) {
  hold_view(device, random);
  const bool may_fail = device.store().is_full();
  const Act act = workload_->act(device.replica(), random);
  note("device " + std::to_string(device.number()) + ": " + act.what +
       (act.result ? "" : " (" + act.result.error().message + ")"));
  if (device.has_crashed()) return;
  report(invariants::writes_fail_only_for_a_reason(act.result, may_fail));
  report(invariants::an_app_reads_what_it_wrote(act.surprise));
}

void World::compact(Device& device) {
  const auto done = device.replica().history().compact();
  note(done ? std::to_string(done->dropped_ops) + " ops are dropped, " +
                  std::to_string(done->kept_ops) + " are kept"
            : done.error().message);
  if (device.has_crashed()) return;
  report(invariants::writes_fail_only_for_a_reason(done ? Result<void>() : fail(done.error()),
                                                   device.store().is_full()));
  if (!done) return;
  const Replication& replication = device.replica().replication();
  report(invariants::what_is_dropped_is_counted(replication, done->kept_ops));
  report(invariants::state_is_the_fold_of_the_log(replication));
}

void World::sync_once(Device& device) {
  const std::size_t number = device.number();
  const std::string epoch = server_->epoch();
  std::uint64_t had = 0;
  server_->visit_rows([&](const Op&, std::uint64_t sequence) { had = std::max(had, sequence); });
  device.sync().sync_once([this, number, epoch, had](const Result<SyncSummary>& result) {
    if (result && server_->epoch() == epoch) {
      const auto& replication = devices_[number]->replica().replication();
      const auto cursors = replication.cursors();
      const std::uint64_t reached = cursors ? reached_by(cursors->at("*").value_or(""), epoch) : 0;
      report(invariants::a_sync_brings_what_the_server_had(had, reached));
    }
    note("device " + std::to_string(number) + ": " +
         (result ? "synced, " + std::to_string(result->sent_ops) + " sent, " +
                       std::to_string(result->merged_ops) + " merged"
                 : "not synced, " + result.error().message));
  });
}

bool World::ready(Device& device) {
  if (!device.is_running()) start(device);
  return device.is_running();
}

void World::start(Device& device) {
  device.reap();
  if (device.is_running()) return;
  const std::string& given = schema_for(device);
  const auto started = device.start(given, options_.strategies);
  account_for_schema(device, given);
  if (!started) {
    // A disk that is full may have no room for a new schema.
    if (!device.store().is_full() && !device.has_crashed())
      report(Violation{"a_device_can_always_start", started.error().message});
    return;
  }
  enable(device);
  if (device.is_running()) report(audit_.look_after_start(device));
}

void World::enable(Device& device) {
  const auto enabled = device.sync().is_enabled();
  if (!enabled || *enabled || device.store().is_full()) return;
  if (const auto done = device.sync().enable(); !done && device.is_running())
    report(Violation{"a_device_can_always_start", done.error().message});
}

void World::pass(milliseconds duration) {
  const milliseconds until = time_.now() + duration;
  while (!finding_ && time_.run_next(until)) look_at_all();
}

void World::look_at_all() {
  for (const auto& device : devices_) {
    device->store().end_task();
    if (finding_) return;
    if (device->has_crashed()) {
      report(audit_.look_after_crash(*device));
      device->reap();
      note("device " + std::to_string(device->number()) + " has crashed");
      const milliseconds down{random_.between(500, 20'000)};
      static_cast<void>(time_.after(down, [this, &device = *device] { start(device); }));
    } else if (device->is_running()) {
      report(audit_.look(*device));
    }
  }
  report(invariants::verdicts_tell_the_truth(network_.broken_verdict()));
}

void World::mend() {
  if (plan_.rests_watching) {
    // What goes wrong from here on is tried again by itself.
    for (const auto& device : devices_) {
      if (ready(*device)) device->sync().watch();
    }
    pass(milliseconds{20'000});
  }
  note("all faults end");
  network_.mend();
  note_server_time();
  clock_.mend();
  server_->refuse_ops({});
  for (const auto& device : devices_) mend(*device);
  // What the server took in while its clock was ahead waits for its time on every device.
  if (const std::int64_t wait = server_latest_ms_ - clock_.now_ms(); wait > 0)
    pass(milliseconds{wait});
}

void World::mend(Device& device) {
  device.clock().mend();
  device.store().set_disk(ProcessStore::Disk::kRoomy);
  device.store().end_at_next_commit(ProcessStore::End::kNever);
  device.link() = {};
  device.echo_changes(0);
  if (!ready(device)) return;
  enable(device);
  if (plan_.rests_watching) return device.sync().watch();
  device.sync().stop();
  device.sync().set_reachable(true);
  log_in(device);
}

void World::log_in(Device& device) {
  device.tokens().set(server_->log_in());
  if (device.is_running()) device.sync().credentials_changed();
}

// What waits for the person does not wait in vain.
void World::log_in_if_paused(Device& device) {
  const auto status = device.sync().status();
  if (status && (status->phase == Phase::kPausedAuth || status->phase == Phase::kFailed))
    log_in(device);
}

std::string World::round_of_rest() {
  // What a round may still change: ops that arrive, and ops that others have not seen.
  const auto logged = [this] {
    std::pair<std::uint64_t, std::uint64_t> ops;
    for (const auto& device : devices_) {
      ops.first += device->account().last_sequence;
      ops.second += device->account().pending.size();
    }
    return ops;
  };
  const auto before = logged();
  bool is_offered_again = false;
  for (const auto& device : devices_) {
    if (!ready(*device)) continue;
    is_offered_again = retry_kept_aside(*device) || is_offered_again;
    if (plan_.rests_watching) {
      log_in_if_paused(*device);
    } else {
      sync_once(*device);
      pass(milliseconds{120'000});
    }
    if (finding_) return {};
  }
  if (plan_.rests_watching) pass(milliseconds{150'000});
  std::string who;
  for (const auto& device : devices_) {
    const auto status = device->sync().status();
    if (!status || !status->synced)
      who += "device " + std::to_string(device->number()) + " is " +
             (status ? std::string(phase_name(status->phase)) : status.error().message) + "; ";
  }
  if (logged() != before || is_offered_again) who += "ops are still sent; ";
  return who;
}

void World::come_to_rest() {
  constexpr unsigned kRoundsMax = 8;
  std::string who;
  unsigned rounds = 1;
  for (; rounds <= kRoundsMax && !finding_; ++rounds) {
    who = round_of_rest();
    if (finding_ || who.empty()) return;
  }
  report(invariants::all_converge_within_bounded_rounds(rounds, kRoundsMax, who));
}

void World::check_settled() {
  if (finding_) return;
  const Slots expected = ledger_.expected();
  std::vector<const Replica*> replicas;
  for (const auto& device : devices_) {
    const std::string who = "device " + std::to_string(device->number());
    report(invariants::nothing_acknowledged_is_lost(expected, device->account().slots, who));
    report(invariants::state_is_the_fold_of_the_log(device->replica().replication()));
    report(invariants::deletions_stay_deleted(expected, device->replica()));
    report(invariants::reads_are_what_the_slots_say(expected, device->replica()));
    report(invariants::indexes_agree_with_records(device->replica(), true));
    report(Audit::look_at_queries(*device));
    if (device->held_view()) report(invariants::a_view_stays_as_it_was(*device->held_view()));
    replicas.push_back(&device->replica());
  }
  Slots held;
  if (server_->visit_rows([&](const Op& op, std::uint64_t) {
        held.emplace(op.key.bytes(), Register{op.stamp, op.value});
      })) {
    report(invariants::nothing_acknowledged_is_lost(expected, held, "the server"));
  }
  report(invariants::devices_read_the_same(replicas));
  const bool was_set_back =
      counts_.of(Fault::kServerRestored) != 0 || counts_.of(Fault::kServerEmptied) != 0;
  report(invariants::of_the_journal(ledger_, was_set_back));
  report(invariants::an_app_finds_what_it_did(workload_->check_settled(replicas)));
  for (const auto& [slot, written] : expected) {
    for (const std::string& part : {slot, encode_stamp(written.stamp), written.value}) {
      for (const char byte : part) hash_ = mix(hash_, static_cast<unsigned char>(byte));
    }
  }
  for (std::size_t i = 0; i < kFaultCount; ++i)
    hash_ = mix(hash_, counts_.of(static_cast<Fault>(i)));
}

}  // namespace syncline::simulation
