#include <algorithm>

#include "finding_text.hpp"
#include "invariants.hpp"
#include "syncline/limits.hpp"

// What is kept aside, held against an account of what a server has refused.

namespace syncline::simulation::invariants {
namespace {

bool is_current(const DeviceAccount& account, std::uint64_t sequence) {
  const auto held = account.sequences.find(account.set_aside.at(sequence).slot);
  return held != account.sequences.end() && held->second == sequence;
}

std::string told(const DeviceAccount& account, std::uint64_t sequence) {
  const auto& aside = account.set_aside.at(sequence);
  return printable(aside.slot) + " " + shown(aside.pending.unacknowledged.back());
}

}  // namespace

Finding nothing_is_put_aside_without_cause(const Ledger& ledger, const AsideOp& aside) {
  if (!aside.op) return broken(__func__, "what is set aside cannot be read");
  const Register written{aside.op->stamp, aside.op->value};
  if (ledger.was_refused(aside.op->key.bytes(), written)) return std::nullopt;
  return broken(__func__, printable(aside.op->key.bytes()) + " " + shown(written) +
                              " is set aside, and no server has refused it");
}

Finding what_is_set_aside_stays(const Ledger& ledger, const DeviceAccount& account,
                                std::uint64_t sequence, bool is_offered, bool is_new_epoch) {
  const auto& aside = account.set_aside.at(sequence);
  if (aside.is_discarded) return std::nullopt;
  if (is_offered && (account.may_offer || is_new_epoch) && is_current(account, sequence))
    return std::nullopt;
  if (ledger.was_acknowledged(aside.slot, aside.pending.unacknowledged.back())) return std::nullopt;
  return broken(__func__, told(account, sequence) + " is not set aside any more, and " +
                              (is_offered ? "nobody asked to offer it" : "no server has it"));
}

Finding nothing_is_pending_and_set_aside(const std::set<std::uint64_t>& pending,
                                         const AsideOp& aside) {
  if (!pending.contains(aside.id.number)) return std::nullopt;
  return broken(__func__, printable(aside.op->key.bytes()) + " is both");
}

Finding set_aside_counts_are_exact(const DeviceAccount& account, const std::vector<AsideOp>& listed,
                                   const ReplicationState& state) {
  for (const AsideOp& aside : listed) {
    const auto known = account.set_aside.find(aside.id.number);
    if (known == account.set_aside.end())
      return broken(__func__, printable(aside.op->key.bytes()) + " was written over");
    if (aside.current != is_current(account, aside.id.number))
      return broken(__func__, told(account, aside.id.number) + " is shown as " +
                                  (aside.current ? "current" : "replaced"));
  }
  if (state.set_aside_ops == account.set_aside.size()) return std::nullopt;
  return broken(__func__, std::to_string(state.set_aside_ops) + " are shown as set aside, and " +
                              std::to_string(account.set_aside.size()) + " were refused");
}

Finding a_retry_offers_what_is_current(const DeviceAccount& account) {
  if (!account.has_retried) return std::nullopt;
  for (const auto& [sequence, aside] : account.set_aside) {
    if (is_current(account, sequence))
      return broken(__func__, told(account, sequence) + " is still set aside");
  }
  return std::nullopt;
}

Finding only_what_lies_ahead_is_quarantined(const Ledger& ledger, const DeviceAccount& account,
                                            const AsideOp& aside) {
  if (!aside.op || aside.code != Code::kStampInFuture)
    return broken(__func__, "what arrived cannot be read");
  const std::string& slot = aside.op->key.bytes();
  const Register waiting{aside.op->stamp, aside.op->value};
  if (!ledger.was_written(slot, waiting))
    return broken(__func__, printable(slot) + " " + shown(waiting) + " was written by nobody");
  if (!account.present) return std::nullopt;
  const std::int64_t present = std::max(account.present->reply_ms, account.present->least_ms);
  if (waiting.stamp.time.milliseconds() > present + kDriftMaxMs) return std::nullopt;
  return broken(__func__, printable(slot) + " " + shown(waiting) + " is quarantined at " +
                              std::to_string(present));
}

Finding nothing_is_merged_before_its_time(const DeviceAccount& account, const Op& op) {
  if (!account.present || account.is_of_log_alone) return std::nullopt;
  const std::int64_t present = std::max(account.present->reply_ms, account.present->most_ms);
  if (op.stamp.time.milliseconds() <= present + kDriftMaxMs) return std::nullopt;
  return broken(__func__, printable(op.key.bytes()) + " " + shown({op.stamp, op.value}) +
                              " is merged at " + std::to_string(present));
}

Finding what_leaves_quarantine_is_merged(const DeviceAccount& account, const std::string& slot,
                                         const Register& left) {
  const auto held = account.slots.find(slot);
  if (held != account.slots.end() && held->second >= left) return std::nullopt;
  return broken(__func__,
                printable(slot) + " " + shown(left) + " is neither quarantined nor there");
}

Finding what_leaves_quarantine_is_offered(const std::string& slot, const Register& left,
                                          bool is_offered) {
  if (is_offered) return std::nullopt;
  return broken(__func__, printable(slot) + " " + shown(left) + " is not offered to the server");
}

Finding what_is_due_leaves_quarantine(const DeviceAccount& account, std::int64_t present_ms) {
  for (const auto& [number, waiting] : account.quarantine) {
    if (waiting.second.stamp.time.milliseconds() > present_ms + kDriftMaxMs) continue;
    return broken(__func__, printable(waiting.first) + " " + shown(waiting.second) +
                                " is still quarantined at " + std::to_string(present_ms));
  }
  return std::nullopt;
}

Finding quarantine_counts_are_exact(const DeviceAccount& account, const ReplicationState& state) {
  if (state.quarantined_ops == account.quarantine.size()) return std::nullopt;
  return broken(__func__, std::to_string(state.quarantined_ops) +
                              " are shown as quarantined, and " +
                              std::to_string(account.quarantine.size()) + " are");
}

Finding no_clock_is_ahead_of_what_it_knows(const DeviceAccount& account, const Op& op) {
  if (!account.present) return std::nullopt;
  const std::int64_t most = std::max(account.present->most_ms, account.greatest_ms);
  // Where the counter is at its end, the next millisecond begins.
  if (op.stamp.time.milliseconds() <= most + 1) return std::nullopt;
  return broken(__func__, printable(op.key.bytes()) + " got " + shown({op.stamp, op.value}) +
                              ", and the device knows of nothing after " + std::to_string(most));
}

}  // namespace syncline::simulation::invariants
