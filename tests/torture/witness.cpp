#include "witness.hpp"

#include <cstdio>

#include "network.hpp"

namespace syncline::torture {

using simulation::DeviceAccount;
using simulation::Finding;
namespace invariants = simulation::invariants;

Result<void> Witness::commit(DeviceAccount& account, Replica* replica, Store& disk,
                             const StoreBatch& batch) {
  const std::lock_guard lock(mutex_);
  auto done = disk.commit(batch);
  if (replica != nullptr) report_locked(audit_.look_at_commits(account, *replica));
  return done;
}

void Witness::hear(const Request& request, const TransportReply& reply) {
  const std::lock_guard lock(mutex_);
  report_locked(invariants::verdicts_tell_the_truth(
      simulation::note_verdicts(ledger_, server_, request, reply)));
}

void Witness::see(const DeviceAccount& account, const Status& status) {
  const std::lock_guard lock(mutex_);
  report_locked(invariants::synced_is_never_shown_with_work_pending(account, status));
}

void Witness::see(const SessionStep& step) {
  report(invariants::session_steps_are_in_the_table(step));
}

void Witness::see_start(DeviceAccount& account, Replica& replica, const Status& status) {
  const std::lock_guard lock(mutex_);
  report_locked(audit_.look_after_start(account, replica, status));
}

simulation::Slots Witness::expected() const {
  const std::lock_guard lock(mutex_);
  return ledger_.expected();
}

std::pair<std::uint64_t, std::uint64_t> Witness::count_ops(
    const std::vector<const DeviceAccount*>& accounts) const {
  const std::lock_guard lock(mutex_);
  std::pair<std::uint64_t, std::uint64_t> ops;
  for (const DeviceAccount* account : accounts) {
    ops.first += account->last_sequence;
    ops.second += account->pending.size();
  }
  return ops;
}

void Witness::report(Finding finding) {
  const std::lock_guard lock(mutex_);
  report_locked(std::move(finding));
}

void Witness::report_locked(Finding finding) {
  if (finding && !finding_) finding_ = std::move(finding);
}

Finding Witness::finding() const {
  const std::lock_guard lock(mutex_);
  return finding_;
}

void Witness::note(std::string line) {
  constexpr std::size_t kLinesMax = 100;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
  char time[24];
  std::snprintf(time, sizeof time, "%9.3f s  ", passed.count());
  const std::lock_guard lock(mutex_);
  if (finding_) return;
  trace_.push_back(time + std::move(line));
  if (trace_.size() > kLinesMax) trace_.pop_front();
}

std::deque<std::string> Witness::trace() const {
  const std::lock_guard lock(mutex_);
  return trace_;
}

}  // namespace syncline::torture
