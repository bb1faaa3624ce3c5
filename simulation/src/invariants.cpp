#include "invariants.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "finding_text.hpp"
#include "syncline/slot.hpp"
#include "syncline/verification.hpp"

namespace syncline::simulation {

std::uint64_t reached_by(const std::string& cursor, const std::string& epoch) {
  const std::size_t dot = cursor.find('.');
  if (dot == std::string::npos || cursor.substr(0, dot) != epoch) return 0;
  std::uint64_t reached = 0;
  std::from_chars(cursor.data() + dot + 1, cursor.data() + cursor.size(), reached);
  return reached;
}

namespace invariants {
namespace {

// The law, as the order of registers has it and not as the engine does.
bool is_greater(const Register& a, const Register& b) { return a > b; }

const Register* own_slot(const DeviceAccount& account, const SlotKey& key,
                         std::string_view element) {
  const auto own = SlotKey::make(key.collection(), key.record(), {}, element);
  const auto held = own ? account.slots.find(own->bytes()) : account.slots.end();
  return held == account.slots.end() ? nullptr : &held->second;
}

}  // namespace

Finding nothing_new_is_dropped(const DeviceAccount& account, const LogItem& item) {
  if (account.is_of_log_alone || item.sequence == account.next_sequence) return std::nullopt;
  return broken(__func__, "the log goes on at " + std::to_string(item.sequence) +
                              ", and was read to " + std::to_string(account.next_sequence - 1));
}

Finding clocks_strictly_increase(const DeviceAccount& account, const Op& op, HybridTime before) {
  static_cast<void>(account);
  if (op.stamp.time > before) return std::nullopt;
  return broken(__func__, printable(op.key.bytes()) + " got " + shown({op.stamp, op.value}) +
                              ", not after " + std::to_string(before.milliseconds()) + "." +
                              std::to_string(before.counter()));
}

Finding reads_never_go_back(const DeviceAccount& account, const Op& op) {
  const auto held = account.slots.find(op.key.bytes());
  const Register next{op.stamp, op.value};
  if (held == account.slots.end() || is_greater(next, held->second)) return std::nullopt;
  // What took the slot back in between may have been dropped.
  if (account.is_of_log_alone) return std::nullopt;
  return broken(__func__, printable(op.key.bytes()) + " went from " + shown(held->second) + " to " +
                              shown(next));
}

Finding an_edit_revives_only_by_the_schema(const DeviceAccount& account, const Op& op,
                                           const CollectionRules& rules) {
  const Register* live = own_slot(account, op.key, kLiveElement);
  const Register* dead = own_slot(account, op.key, kDeadElement);
  const bool exists = live != nullptr && (dead == nullptr || live->stamp > dead->stamp);
  const bool revives = rules.delete_rule == DeleteRule::kEditRevives;
  if (!op.key.field().empty()) {
    // What makes the record comes before what it is made for. A deletion that is newer is a later
    // change of the same transaction, and stands in the place of an earlier one.
    const bool is_made = live != nullptr && live->stamp >= op.stamp;
    const bool is_deleted_again = dead != nullptr && dead->stamp > op.stamp;
    if (!is_made && !is_deleted_again && (revives || !exists))
      return broken(__func__, printable(op.key.bytes()) + " is written without its record");
  } else if (op.key.element() == kLiveElement && exists && !revives) {
    return broken(__func__, printable(op.key.bytes()) + " is written though the record is there");
  }
  return std::nullopt;
}

Finding each_addition_has_a_tag_of_its_own(const Ledger& ledger, const Op& op,
                                           const CollectionRules& rules) {
  constexpr std::size_t kTagBytes = kStampBytes + 2;
  const Merge merge = rules.field(op.key.field()).merge;
  const bool is_tagged =
      merge == Merge::kSet || merge == Merge::kMulti || merge == Merge::kMergeText;
  const bool adds = rules.group(op.key.field()) == nullptr && is_tagged &&
                    op.key.element().size() == kTagBytes && !is_tombstone(op.value);
  if (!adds || !ledger.has(op.key.bytes())) return std::nullopt;
  if (ledger.was_written(op.key.bytes(), {op.stamp, op.value})) return std::nullopt;
  return broken(__func__,
                printable(op.key.bytes()) + " is added under the tag of another addition");
}

Finding stamping_anew_changes_nothing_that_is_read(const std::string& before,
                                                   const std::string& after) {
  if (before == after) return std::nullopt;
  return broken(__func__, "before it reads:\n" + before + "and after:\n" + after);
}

Finding what_is_stamped_anew_comes_last(const DeviceAccount& account, std::uint64_t first) {
  std::string slot;
  HybridTime kept;
  for (const auto& [name, pending] : account.pending) {
    const HybridTime time = account.slots.at(name).stamp.time;
    if (pending.sequence >= first || time <= kept) continue;
    slot = name;
    kept = time;
  }
  for (const auto& [name, pending] : account.pending) {
    const Register& held = account.slots.at(name);
    if (pending.sequence < first || held.stamp.time > kept) continue;
    return broken(__func__, printable(name) + " is stamped anew as " + shown(held) + ", and " +
                                printable(slot) + " stays at " + shown(account.slots.at(slot)));
  }
  return std::nullopt;
}

Finding what_is_still_to_come_is_remembered(bool more, const ReplicationState& state) {
  if (state.complete == !more) return std::nullopt;
  return broken(__func__, std::string("the server said that it has ") +
                              (more ? "more" : "no more") +
                              ", and the device remembers the opposite");
}

Finding a_sync_brings_what_the_server_had(std::uint64_t had, std::uint64_t reached) {
  if (reached >= had) return std::nullopt;
  return broken(__func__, "a sync that was asked for when the server was at " +
                              std::to_string(had) + " ended at " + std::to_string(reached));
}

Finding nothing_is_invented(const Ledger& ledger, const Op& op) {
  const Register seen{op.stamp, op.value};
  if (ledger.was_written(op.key.bytes(), seen)) return std::nullopt;
  return broken(__func__, printable(op.key.bytes()) + " arrived as " + shown(seen) +
                              ", which nobody has written");
}

Finding restamped_ops_are_below_no_acknowledged_one(const Ledger& ledger, const std::string& slot,
                                                    const Register& before, const Register& anew,
                                                    const std::string& epoch) {
  if (is_greater(anew, before) || !ledger.was_acknowledged(slot, before, epoch))
    return std::nullopt;
  // A lost reply had refused others, and so nothing says that this one was taken.
  if (ledger.is_doubted(slot, before.stamp)) return std::nullopt;
  return broken(__func__, printable(slot) + " is stamped anew as " + shown(anew) +
                              ", and a server holds " + shown(before));
}

Finding outbox_entries_leave_only_when_held(const Ledger& ledger, const DeviceAccount& account,
                                            const std::string& slot) {
  const Register& sent = account.pending.at(slot).unacknowledged.back();
  // Where the first epoch came with the last commit before a crash, and was lost since, it is any.
  if (account.epoch.empty() ? ledger.was_acknowledged(slot, sent)
                            : ledger.was_acknowledged(slot, sent, account.epoch))
    return std::nullopt;
  return broken(__func__,
                printable(slot) + " is not offered any more, and no server has had " + shown(sent));
}

Finding a_new_epoch_is_offered_everything(const Ledger& ledger, const DeviceAccount& account,
                                          const Server& server, const PushBatch& offered) {
  std::map<std::string_view, bool> is_offered;
  for (const auto& item : offered.items) is_offered.emplace(item.key.bytes(), true);
  for (const auto& [slot, held] : account.slots) {
    if (is_offered.contains(slot) || ledger.was_refused(slot, held, server.epoch())) continue;
    const auto at_server = server.find(*SlotKey::parse(slot));
    if (at_server && !is_greater(held, {at_server->stamp, at_server->value})) continue;
    return broken(__func__,
                  printable(slot) + " is not offered, and the server does not hold " + shown(held));
  }
  return std::nullopt;
}

Finding pending_counts_are_exact(const DeviceAccount& account, const PushBatch& offered,
                                 const ReplicationState& state) {
  for (const auto& item : offered.items) {
    const auto known = account.pending.find(item.key.bytes());
    if (known == account.pending.end() || known->second.sequence != item.sequence)
      return broken(__func__, printable(item.key.bytes()) + " is offered without a new write");
  }
  if (state.pending_ops == account.pending.size() && state.pending_ops == offered.items.size())
    return std::nullopt;
  return broken(__func__, std::to_string(state.pending_ops) + " are shown as pending, " +
                              std::to_string(offered.items.size()) + " are offered and " +
                              std::to_string(account.pending.size()) + " are not acknowledged");
}

Finding cursors_never_pass_an_unpersisted_op(const DeviceAccount& account, const Server& server) {
  const auto cursor = account.cursors.find("*");
  if (cursor == account.cursors.end()) return std::nullopt;
  const std::uint64_t reached = reached_by(cursor->second, server.epoch());
  Finding finding;
  server.visit_rows([&](const Op& op, std::uint64_t sequence) {
    if (finding || sequence > reached) return;
    const auto held = account.slots.find(op.key.bytes());
    const Register row{op.stamp, op.value};
    if (held != account.slots.end() && !is_greater(row, held->second)) return;
    const auto waits = [&](const auto& waiting) {
      return waiting.second.first == op.key.bytes() && !is_greater(row, waiting.second.second);
    };
    if (std::any_of(account.quarantine.begin(), account.quarantine.end(), waits)) return;
    finding = broken("cursors_never_pass_an_unpersisted_op",
                     "the cursor is at " + std::to_string(reached) + ", and " +
                         printable(op.key.bytes()) + " " + shown(row) + " of " +
                         std::to_string(sequence) + " is not there");
  });
  return finding;
}

Finding synced_is_never_shown_with_work_pending(const DeviceAccount& account,
                                                const Status& status) {
  if (!status.synced) return std::nullopt;
  if (status.pending_ops != 0) {
    return broken(__func__,
                  "synced is shown with " + std::to_string(status.pending_ops) + " pending");
  }
  for (const auto& [slot, pending] : account.pending) {
    if (pending.sequence <= status.synced_sequence) {
      return broken(__func__, "synced is shown up to " + std::to_string(status.synced_sequence) +
                                  ", and " + printable(slot) + " of " +
                                  std::to_string(pending.sequence) + " is not acknowledged");
    }
  }
  return std::nullopt;
}

Finding session_steps_are_in_the_table(const SessionStep& step) {
  if (step.legal) return std::nullopt;
  return broken(__func__, "from " + std::string(phase_name(step.from)) + " on " +
                              std::string(step.event) + " to " + std::string(phase_name(step.to)));
}

Finding verdicts_tell_the_truth(const std::string& broken_verdict) {
  if (broken_verdict.empty()) return std::nullopt;
  return broken(__func__, broken_verdict);
}

Finding an_app_reads_what_it_wrote(const std::optional<std::string>& surprise) {
  if (!surprise) return std::nullopt;
  return broken(__func__, *surprise);
}

Finding a_view_stays_as_it_was(const HeldView& view) {
  const auto now = view.read();
  if (!now || !view.first())
    return broken(__func__, now ? view.first().error().message : now.error().message);
  if (*now == *view.first()) return std::nullopt;
  return broken(__func__, "at first it read:\n" + *view.first() + "and later:\n" + *now);
}

Finding writes_fail_only_for_a_reason(const Result<void>& result, bool may_fail) {
  if (result || may_fail || result.error().code == Code::kClockExhausted) return std::nullopt;
  return broken(__func__, result.error().message);
}

Finding durable_writes_survive_a_crash(const DeviceAccount& account,
                                       const ReplicationState& state) {
  if (state.log_ops >= account.last_sequence) return std::nullopt;
  return broken(__func__, "the log ends at " + std::to_string(state.log_ops) + " and had reached " +
                              std::to_string(account.last_sequence));
}

Finding a_backup_is_sound(const Store& backup) {
  std::string first;
  const auto verified = verify_store(backup, [&first](const StoreFault& fault) {
    if (first.empty()) first = printable(fault.key) + ": " + fault.what;
  });
  if (verified && verified->faults == 0 && verified->log_missing_ops == 0) return std::nullopt;
  return broken(__func__, !verified ? verified.error().message
                          : verified->faults == 0
                              ? "the log lacks " + std::to_string(verified->log_missing_ops) +
                                    " ops that it has not dropped"
                              : first);
}

Finding what_is_dropped_is_counted(const Replication& replication, std::uint64_t kept_ops) {
  std::uint64_t ops = 0;
  const auto read = replication.read_log(0, [&ops](const LogItem&) { return ++ops > 0; });
  if (!read) return broken(__func__, read.error().message);
  if (ops == kept_ops) return std::nullopt;
  return broken(__func__, "the log has " + std::to_string(ops) + " ops, and should have " +
                              std::to_string(kept_ops));
}

Finding state_is_the_fold_of_the_log(const Replication& replication) {
  const auto verified = replication.verify();
  if (verified) return std::nullopt;
  return broken(__func__, verified.error().message);
}

}  // namespace invariants
}  // namespace syncline::simulation
