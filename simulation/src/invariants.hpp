#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "held_view.hpp"
#include "ledger.hpp"
#include "syncline/kept_aside.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "syncline/simulation/server.hpp"
#include "syncline/synchronizer.hpp"
#include "watched_query.hpp"

// What must hold in every world, one function each. A function answers what is wrong, or nothing;
// its name is the name under which a violation is reported.

namespace syncline::simulation {

// A broken invariant.
struct Violation {
  std::string invariant;
  std::string what;
};
using Finding = std::optional<Violation>;

// The sequence that a cursor of this epoch stands at; 0 for a cursor of another.
[[nodiscard]] std::uint64_t reached_by(const std::string& cursor, const std::string& epoch);

namespace invariants {

// --- After each task that changed something.

// What a device logs is in its log until someone could have read it.
[[nodiscard]] Finding nothing_new_is_dropped(const DeviceAccount& account, const LogItem& item);
// A device's own stamps ascend, over restarts and whatever its wall clock says.
[[nodiscard]] Finding clocks_strictly_increase(const DeviceAccount& account, const Op& op,
                                               HybridTime before);
// A slot only ever changes to a greater register, unless nobody else has seen the one before.
[[nodiscard]] Finding reads_never_go_back(const DeviceAccount& account, const Op& op);
// A write brings its record back where the schema says so, and only there.
[[nodiscard]] Finding an_edit_revives_only_by_the_schema(const DeviceAccount& account, const Op& op,
                                                         const CollectionRules& rules);
// No two additions to a set have the same slot.
[[nodiscard]] Finding each_addition_has_a_tag_of_its_own(const Ledger& ledger, const Op& op,
                                                         const CollectionRules& rules);
// What arrives was written by a device, to the letter.
[[nodiscard]] Finding nothing_is_invented(const Ledger& ledger, const Op& op);
// What is stamped anew stays above what the server, of this epoch, holds of the same device: it may
// have taken in what its lost reply did not say.
[[nodiscard]] Finding restamped_ops_are_below_no_acknowledged_one(const Ledger& ledger,
                                                                  const std::string& slot,
                                                                  const Register& before,
                                                                  const Register& anew,
                                                                  const std::string& epoch);
// When a device has recorded a conflict, its journal has as many entries as may be kept, beside
// those that only now arrived; what it removed for that is older than what was kept, and its values
// are gone.
[[nodiscard]] Finding the_journal_keeps_its_bounds(const Slots& slots, const JournalNews& news,
                                                   std::size_t keep);
// Stamps that are corrected leave everything as it reads.
[[nodiscard]] Finding stamping_anew_changes_nothing_that_is_read(const std::string& before,
                                                                 const std::string& after);
// What is stamped anew stays above what is pending and keeps its stamp. The sequence is the first
// of the former.
[[nodiscard]] Finding what_is_stamped_anew_comes_last(const DeviceAccount& account,
                                                      std::uint64_t first);
// A device stops offering an op only when a server holds it or a greater one.
[[nodiscard]] Finding outbox_entries_leave_only_when_held(const Ledger& ledger,
                                                          const DeviceAccount& account,
                                                          const std::string& slot);
// A server with a new epoch is offered everything that it does not hold and has not refused.
[[nodiscard]] Finding a_new_epoch_is_offered_everything(const Ledger& ledger,
                                                        const DeviceAccount& account,
                                                        const Server& server,
                                                        const PushBatch& offered);
// What is shown as pending is what was written and not acknowledged.
[[nodiscard]] Finding pending_counts_are_exact(const DeviceAccount& account,
                                               const PushBatch& offered,
                                               const ReplicationState& state);
// A cursor stands behind nothing that the device has not stored.
[[nodiscard]] Finding cursors_never_pass_an_unpersisted_op(const DeviceAccount& account,
                                                           const Server& server);
// Whether the server has more is stored together with what said so.
[[nodiscard]] Finding what_is_still_to_come_is_remembered(bool more, const ReplicationState& state);
// A sync that succeeds has all that the server had when it was asked for.
[[nodiscard]] Finding a_sync_brings_what_the_server_had(std::uint64_t had, std::uint64_t reached);
// Only what a server has refused for good is set aside.
[[nodiscard]] Finding nothing_is_put_aside_without_cause(const Ledger& ledger,
                                                         const AsideOp& aside);
// What is set aside stays until a server takes it, its device writes over it, the app discards it
// or has it offered again, or everything is offered to a server of another epoch.
[[nodiscard]] Finding what_is_set_aside_stays(const Ledger& ledger, const DeviceAccount& account,
                                              std::uint64_t sequence, bool is_offered,
                                              bool is_new_epoch);
[[nodiscard]] Finding nothing_is_pending_and_set_aside(const std::set<std::uint64_t>& pending,
                                                       const AsideOp& aside);
// What is shown as set aside is what was refused and has not left since, and whether its slot holds
// it is true.
[[nodiscard]] Finding set_aside_counts_are_exact(const DeviceAccount& account,
                                                 const std::vector<AsideOp>& listed,
                                                 const ReplicationState& state);
// After another try nothing is set aside that its slot holds.
[[nodiscard]] Finding a_retry_offers_what_is_current(const DeviceAccount& account);
// Only what a device wrote, another or this one before it was restored, and what lies too far ahead
// of the server's time and of this device's is quarantined.
[[nodiscard]] Finding only_what_lies_ahead_is_quarantined(const Ledger& ledger,
                                                          const DeviceAccount& account,
                                                          const AsideOp& aside);
// What lies too far ahead waits.
[[nodiscard]] Finding nothing_is_merged_before_its_time(const DeviceAccount& account, const Op& op);
// What leaves quarantine is merged: its slot holds it, or a greater one.
[[nodiscard]] Finding what_leaves_quarantine_is_merged(const DeviceAccount& account,
                                                       const std::string& slot,
                                                       const Register& left);
// It is pending then: the server that sent it may have been restored since.
[[nodiscard]] Finding what_leaves_quarantine_is_offered(const std::string& slot,
                                                        const Register& left, bool is_offered);
// Nothing stays in quarantine when its time has come and a reply, a start or the app has had it
// tried again.
[[nodiscard]] Finding what_is_due_leaves_quarantine(const DeviceAccount& account,
                                                    std::int64_t present_ms);
// What is shown as quarantined is there.
[[nodiscard]] Finding quarantine_counts_are_exact(const DeviceAccount& account,
                                                  const ReplicationState& state);
// A device stamps by the present and by what it has merged, and by nothing that waits.
[[nodiscard]] Finding no_clock_is_ahead_of_what_it_knows(const DeviceAccount& account,
                                                         const Op& op);
// "Synced" up to a sequence means that nothing up to there is unacknowledged.
[[nodiscard]] Finding synced_is_never_shown_with_work_pending(const DeviceAccount& account,
                                                              const Status& status);
// The session does what its table of transitions allows.
[[nodiscard]] Finding session_steps_are_in_the_table(const SessionStep& step);
// An acknowledgement is true.
[[nodiscard]] Finding verdicts_tell_the_truth(const std::string& broken_verdict);

// --- After each act and each start.

// What was written reads as it was written.
[[nodiscard]] Finding an_app_reads_what_it_wrote(const std::optional<std::string>& surprise);
// What is read through a view is what was there when it was taken, whatever was written since.
[[nodiscard]] Finding a_view_stays_as_it_was(const HeldView& view);
// A write fails for a full disk, a process that ends or a clock at its end, and for nothing else.
[[nodiscard]] Finding writes_fail_only_for_a_reason(const Result<void>& result, bool may_fail);
// What a device had stored is there when it starts again.
[[nodiscard]] Finding durable_writes_survive_a_crash(const DeviceAccount& account,
                                                     const ReplicationState& state);
// A backup has no fault that a verification tells.
[[nodiscard]] Finding a_backup_is_sound(const Store& backup);
// The log has as many ops as a compaction says that it left.
[[nodiscard]] Finding what_is_dropped_is_counted(const Replication& replication,
                                                 std::uint64_t kept_ops);
// A query by any index that is built gives what a scan gives, sorted; with `all_built`, when there
// was time for it, every index is.
[[nodiscard]] Finding indexes_agree_with_records(const Replica& replica, bool all_built);
// What a live query was told adds up to the records that it is of.
[[nodiscard]] Finding live_queries_agree_with_records(const Replica& replica,
                                                      const WatchedQuery& watched);
// The slots are the log, folded, and the entries of indexes are the places of records.
[[nodiscard]] Finding state_is_the_fold_of_the_log(const Replication& replication);

// --- When a device is migrated.

// A schema that has another rule for a field, or the first for one that holds what it would not
// read, is refused, by name, and the store stays as it was. No other one would be.
[[nodiscard]] Finding a_changed_schema_is_refused(const Store& store, const std::string& given,
                                                  const DeviceAccount& account);
// A document of an older version, or the same again, leaves the stored one in force; every other
// that is taken is in force.
[[nodiscard]] Finding the_newer_schema_is_in_force(const SchemaAccount& account,
                                                   const std::string& given, const Schema& opened);
// What is written has the stamps of what it was made of, and is what the plain reading makes of it.
[[nodiscard]] Finding a_migration_writes_what_the_rules_say(DeviceAccount& account, const Op& op);
// All of it is there, if the migration came to its end.
[[nodiscard]] Finding a_migration_carries_over_everything(const DeviceAccount& account);
// The slots of before are there as they were, save where something was carried over into them.
[[nodiscard]] Finding a_migration_takes_nothing_away(const Store& before, const Store& after,
                                                     const CarriedOver& carried);
// What is carried over is there, so another migration to the same schema changes nothing.
[[nodiscard]] Finding a_second_migration_writes_nothing(const Store& migrated,
                                                        std::optional<std::string_view> document);

// --- When all faults are over.

// Every device comes to rest in a bounded number of rounds.
[[nodiscard]] Finding all_converge_within_bounded_rounds(unsigned rounds, unsigned rounds_max,
                                                         const std::string& who);
// The same ops give the same state: the greatest register of each slot that was ever written.
[[nodiscard]] Finding nothing_acknowledged_is_lost(const Slots& expected, const Slots& held,
                                                   const std::string& who);
// A record whose deletion is newer than its creation is not there.
[[nodiscard]] Finding deletions_stay_deleted(const Slots& slots, const Replica& replica);
// A device reads what its slots mean by spec/merge.md.
[[nodiscard]] Finding reads_are_what_the_slots_say(const Slots& slots, const Replica& replica);
// Devices with the same schema read the same.
[[nodiscard]] Finding devices_read_the_same(const std::vector<const Replica*>& devices);
// What the journal tells is true: neither of the two writers had seen the other's write.
[[nodiscard]] Finding conflicts_are_between_strangers(const Ledger& ledger);
// A value is there, or whoever replaced or deleted it had seen it, or the journal has it.
[[nodiscard]] Finding no_value_is_lost_unnoticed(const Ledger& ledger);
// One conflict is recorded under one name, whoever finds it.
[[nodiscard]] Finding a_conflict_has_one_name(const Ledger& ledger);
// What is recorded as lost is a value, and another one than what was kept.
[[nodiscard]] Finding what_lost_is_a_value_of_its_own(const Ledger& ledger);
// All four, the first two only where no server was set back: that one knows less of what it had
// taken.
[[nodiscard]] Finding of_the_journal(const Ledger& ledger, bool was_set_back);
// The workload finds what it did.
[[nodiscard]] Finding an_app_finds_what_it_did(const std::optional<std::string>& surprise);

}  // namespace invariants
}  // namespace syncline::simulation
