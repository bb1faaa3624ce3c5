#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "audit.hpp"
#include "syncline/limits.hpp"

namespace syncline::simulation {
namespace {

__extension__ using Wide = __int128;

std::int64_t held(Wide time_ms) {
  return static_cast<std::int64_t>(std::clamp<Wide>(
      time_ms, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
}
// What a stamp can say.
std::int64_t present(std::int64_t wall_ms, std::int64_t offset_ms) {
  return std::clamp<std::int64_t>(held(Wide{wall_ms} + offset_ms), 0, kMillisecondsMax);
}
std::int64_t less(std::int64_t a, std::int64_t b) { return held(Wide{a} - b); }

}  // namespace

void Audit::write_over_set_aside(DeviceAccount& account, const std::string& slot) {
  const auto held = account.sequences.find(slot);
  if (held == account.sequences.end()) return;
  auto aside = account.set_aside.extract(held->second);
  if (!aside.empty()) account.written_over.insert(held->second);
  // What takes its place may be stamped anew, and then it is taken back with it.
  if (!aside.empty()) account.pending.try_emplace(slot, std::move(aside.mapped().pending));
}

Finding Audit::look_after_retry(Device& device) {
  note_time(device, false);
  return look_at_commits(device.account(), device.replica());
}

Finding Audit::check_set_aside(DeviceAccount& account, Replica& replica,
                               const ReplicationState& state, const PushBatch& offered) {
  std::vector<AsideOp> listed;
  std::vector<AsideOp> quarantined;
  std::set<std::uint64_t> numbers;
  const auto visited = replica.kept_aside().visit([&](const AsideOp& aside) {
    if (aside.id.kind == AsideKind::kQuarantined) {
      quarantined.push_back(aside);
      return true;
    }
    numbers.insert(aside.id.number);
    listed.push_back(aside);
    return true;
  });
  if (!visited) return unreadable(visited.error());
  std::set<std::uint64_t> pending;
  for (const auto& item : offered.items) pending.insert(item.sequence);
  for (auto known = account.set_aside.begin(); known != account.set_aside.end();) {
    if (numbers.contains(known->first)) {
      ++known;
      continue;
    }
    const bool is_offered = pending.contains(known->first);
    if (auto found = invariants::what_is_set_aside_stays(ledger_, account, known->first, is_offered,
                                                         account.epoch != state.epoch))
      return found;
    if (is_offered) {
      // Its device may not learn that it was taken.
      ledger_.doubt(known->second.slot, known->second.pending.unacknowledged.back().stamp);
      account.pending.insert_or_assign(known->second.slot, known->second.pending);
    }
    known = account.set_aside.erase(known);
  }
  for (const AsideOp& aside : listed) {
    const std::uint64_t number = aside.id.number;
    if (auto found = invariants::nothing_is_pending_and_set_aside(pending, aside)) return found;
    if (account.set_aside.contains(number) || account.written_over.contains(number)) continue;
    if (auto found = invariants::nothing_is_put_aside_without_cause(ledger_, aside)) return found;
    const std::string& slot = aside.op->key.bytes();
    const auto sent = account.pending.find(slot);
    const bool was_pending =
        sent != account.pending.end() && sent->second.sequence == aside.id.number;
    account.set_aside[aside.id.number] = {
        slot,
        was_pending ? sent->second
                    : DeviceAccount::Pending{aside.id.number, {{aside.op->stamp, aside.op->value}}},
        false};
  }
  if (auto found = invariants::set_aside_counts_are_exact(account, listed, state)) return found;
  const auto cursors = replica.replication().cursors();
  if (!cursors) return unreadable(cursors.error());
  const bool asks_again = std::all_of(cursors->begin(), cursors->end(), [](const auto& cursor) {
    return cursor.second.value_or("").empty();
  });
  if (auto found = check_quarantine(account, quarantined, state, pending, asks_again)) return found;
  auto found = invariants::a_retry_offers_what_is_current(account);
  if (!found && account.has_retried && account.present)
    found = check_due(account, account.present->least_ms);
  account.may_offer = account.has_retried = false;
  return found;
}

Finding Audit::check_quarantine(DeviceAccount& account, const std::vector<AsideOp>& listed,
                                const ReplicationState& state,
                                const std::set<std::uint64_t>& offered, bool asks_again) {
  std::map<std::uint64_t, std::pair<std::string, Register>> quarantine;
  for (const AsideOp& aside : listed) {
    if (aside.op)
      quarantine[aside.id.number] = {aside.op->key.bytes(), {aside.op->stamp, aside.op->value}};
    if (account.quarantine.contains(aside.id.number)) continue;
    if (auto found = take_quarantined(account, aside)) return found;
  }
  for (const auto& [number, known] : account.quarantine) {
    if (quarantine.contains(number)) continue;
    // It was less than an ancestor's op that was then stamped anew, and it comes again.
    if (asks_again && account.slots.contains(known.first) &&
        known.second > account.slots.at(known.first))
      continue;
    if (auto found =
            invariants::what_leaves_quarantine_is_merged(account, known.first, known.second))
      return found;
    if (account.slots.at(known.first) != known.second) continue;
    const std::uint64_t sequence = account.sequences.at(known.first);
    if (auto found = invariants::what_leaves_quarantine_is_offered(known.first, known.second,
                                                                   offered.contains(sequence)))
      return found;
    account.pending[known.first] = {sequence, {known.second}};
  }
  account.quarantine = std::move(quarantine);
  return invariants::quarantine_counts_are_exact(account, state);
}

Finding Audit::take_quarantined(const DeviceAccount& account, const AsideOp& aside) {
  if (auto found = invariants::only_what_lies_ahead_is_quarantined(ledger_, account, aside))
    return found;
  ledger_.arrive(aside.op->key.bytes(), {aside.op->stamp, aside.op->value});
  return std::nullopt;
}

// What came into quarantine with the last commit of a process that ended may leave it at the start.
Finding Audit::note_quarantine(DeviceAccount& account, Replica& replica) {
  Finding finding;
  const auto visited = replica.kept_aside().visit([&](const AsideOp& aside) {
    if (aside.id.kind != AsideKind::kQuarantined || !aside.op) return true;
    const bool is_new = account.quarantine
                            .try_emplace(aside.id.number, aside.op->key.bytes(),
                                         Register{aside.op->stamp, aside.op->value})
                            .second;
    if (is_new) finding = take_quarantined(account, aside);
    return !finding;
  });
  if (!visited) return unreadable(visited.error());
  return finding;
}

Finding Audit::check_due(const DeviceAccount& account, std::int64_t present_ms) {
  return invariants::what_is_due_leaves_quarantine(account, present_ms);
}

void Audit::note_time(Device& device, bool has_taken) {
  DeviceAccount& account = device.account();
  const auto heard = std::exchange(device.link().heard, {});
  for (const HeardTime& time : heard) {
    // A wall clock that was set back meanwhile tells nothing.
    if (time.received_ms < time.sent_ms) continue;
    if (has_taken && &time == &heard.back()) account.offset = {};
    account.offset.first = std::min(account.offset.first, less(time.server_ms, time.received_ms));
    account.offset.second = std::max(account.offset.second, less(time.server_ms, time.sent_ms));
  }
  if (!heard.empty()) account.reply_ms = heard.back().server_ms;
  const std::int64_t wall_ms = device.clock().now_ms();
  account.present = Present{present(wall_ms, account.offset.first),
                            present(wall_ms, account.offset.second), account.reply_ms};
}

}  // namespace syncline::simulation
