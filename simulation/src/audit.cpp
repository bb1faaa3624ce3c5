#include "audit.hpp"

#include <limits>
#include <map>

namespace syncline::simulation {

Finding Audit::look(Device& device) {
  bool has_heard = false;
  bool has_taken = false;
  for (const SessionStep& step : device.take_steps()) {
    if (auto found = invariants::session_steps_are_in_the_table(step)) return found;
    // A look that finds nothing new says nothing of what was there before.
    has_taken = has_taken || step.event == "round_done";
    has_heard = has_heard || step.event == "round_done" ||
                (step.event == "look_done" && device.link().more);
  }
  note_time(device, has_taken);
  const auto statuses = device.take_statuses();
  if (seen_commits_.size() <= device.number()) seen_commits_.resize(device.number() + 1, 0);
  std::uint64_t& seen = seen_commits_[device.number()];
  const bool has_committed = seen != device.store().commit_count();
  if (!has_committed && statuses.empty() && !has_heard) return std::nullopt;
  seen = device.store().commit_count();
  if (auto found = look_at_commits(device.account(), device.replica())) return found;
  // What a live query was told wrongly stays wrong.
  constexpr std::uint64_t kLooksBetween = 16;
  if (looks_++ % kLooksBetween == 0) {
    if (auto found = look_at_queries(device)) return found;
  }
  if (has_taken) {
    if (auto found = check_due(device.account(), device.account().reply_ms)) return found;
  }
  if (has_heard) {
    const auto state = device.replica().replication().state();
    if (!state) return unreadable(state.error());
    if (auto found = invariants::what_is_still_to_come_is_remembered(device.link().more, *state))
      return found;
  }
  for (const Status& status : statuses) {
    if (auto found = invariants::synced_is_never_shown_with_work_pending(device.account(), status))
      return found;
  }
  return std::nullopt;
}

Finding Audit::look_at_queries(Device& device) {
  for (const auto& watched : device.watched()) {
    if (auto found = invariants::live_queries_agree_with_records(device.replica(), *watched))
      return found;
  }
  return std::nullopt;
}

Finding Audit::look_at_commits(DeviceAccount& account, Replica& replica) {
  if (auto found = read_log(account, replica)) return found;
  const Replication& replication = replica.replication();
  const auto state = replication.state();
  if (!state) return unreadable(state.error());
  if (auto found = check_outbox(account, replica, *state)) return found;
  return check_cursors(account, replication);
}

Finding Audit::look_after_crash(Device& device) {
  if (!device.has_process()) return std::nullopt;
  note_time(device, false);
  if (auto found = read_log(device.account(), device.replica())) return found;
  return note_quarantine(device.account(), device.replica());
}

Finding Audit::look_after_start(Device& device) {
  const auto status = device.sync().status();
  if (!status) return unreadable(status.error());
  note_time(device, false);
  if (auto found = look_after_start(device.account(), device.replica(), *status)) return found;
  // Nothing leaves quarantine on a disk that is full.
  if (!device.store().is_full()) {
    if (auto found = check_due(device.account(), device.account().present->least_ms)) return found;
  }
  if (auto found =
          invariants::reads_are_what_the_slots_say(device.account().slots, device.replica()))
    return found;
  // It costs as much as all other checks of a start together.
  constexpr std::uint64_t kStartsBetween = 4;
  if (starts_++ % kStartsBetween != 0) return std::nullopt;
  return invariants::indexes_agree_with_records(device.replica(), false);
}

Finding Audit::look_after_start(DeviceAccount& account, Replica& replica, const Status& status) {
  const Replication& replication = replica.replication();
  const auto state = replication.state();
  if (!state) return unreadable(state.error());
  if (auto found = invariants::durable_writes_survive_a_crash(account, *state)) return found;
  if (auto found = read_log(account, replica)) return found;
  hold_pending(account, replica.schema());
  if (auto found = check_outbox(account, replica, *state)) return found;
  return invariants::synced_is_never_shown_with_work_pending(account, status);
}

void Audit::hold_pending(const DeviceAccount& account, const Schema& schema) {
  for (const auto& [slot, pending] : account.pending) {
    for (const Register& one : pending.unacknowledged) ledger_.hold(slot, one.stamp, schema);
  }
  for (const auto& [sequence, aside] : account.set_aside) {
    for (const Register& one : aside.pending.unacknowledged)
      ledger_.hold(aside.slot, one.stamp, schema);
  }
  // What waits in quarantine meets what its record holds.
  for (const auto& [number, waiting] : account.quarantine) {
    const std::string prefix = record_prefix(waiting.first);
    for (auto held = account.slots.lower_bound(prefix);
         held != account.slots.end() && held->first.starts_with(prefix); ++held)
      ledger_.hold(held->first, held->second.stamp, schema);
  }
}

Finding Audit::check_outbox(DeviceAccount& account, Replica& replica,
                            const ReplicationState& state) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  auto next = replica.replication().next_push({kAll, kAll, true});
  if (!next) return unreadable(next.error());
  const PushBatch offered = *next ? std::move(**next) : PushBatch{};
  if (auto found = check_set_aside(account, replica, state, offered)) return found;
  if (account.epoch != state.epoch) {
    // A process that ended with the reply is looked at later, when the server may be another again.
    if (state.epoch == server_.epoch()) {
      if (auto found =
              invariants::a_new_epoch_is_offered_everything(ledger_, account, server_, offered))
        return found;
    }
    // What everyone had seen is offered once more.
    for (const auto& item : offered.items) {
      auto& pending = account.pending[item.key.bytes()];
      pending.sequence = item.sequence;
      if (pending.unacknowledged.empty())
        pending.unacknowledged.push_back(account.slots.at(item.key.bytes()));
    }
  }
  account.epoch = state.epoch;
  std::map<std::string_view, std::uint64_t> sequences;
  for (const auto& item : offered.items) sequences.emplace(item.key.bytes(), item.sequence);
  for (auto pending = account.pending.begin(); pending != account.pending.end();) {
    if (sequences.contains(pending->first)) {
      ++pending;
      continue;
    }
    if (!account.set_aside.contains(pending->second.sequence)) {
      if (auto found =
              invariants::outbox_entries_leave_only_when_held(ledger_, account, pending->first))
        return found;
    }
    pending = account.pending.erase(pending);
  }
  return invariants::pending_counts_are_exact(account, offered, state);
}

Finding Audit::check_cursors(DeviceAccount& account, const Replication& replication) {
  const auto cursors = replication.cursors();
  if (!cursors) return unreadable(cursors.error());
  std::map<std::string, std::string> known;
  for (const auto& [name, cursor] : *cursors) known.emplace(name, cursor.value_or(""));
  if (known == account.cursors) return std::nullopt;
  account.cursors = std::move(known);
  return invariants::cursors_never_pass_an_unpersisted_op(account, server_);
}

}  // namespace syncline::simulation
