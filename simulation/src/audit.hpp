#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "device.hpp"
#include "invariants.hpp"
#include "ledger.hpp"
#include "syncline/simulation/server.hpp"

namespace syncline::simulation {

// Reads what a device has done since the last look and holds it against the invariants.
//
// Thread safety: none.
class Audit {
 public:
  Audit(Ledger& ledger, const Server& server) : ledger_(ledger), server_(server) {}

  // To be called after every task of the device, while it runs.
  [[nodiscard]] Finding look(Device& device);
  // What the live queries of the device were told.
  [[nodiscard]] static Finding look_at_queries(Device& device);
  // After a crash, before the process is removed: others may see what it had sent before it starts
  // again.
  [[nodiscard]] Finding look_after_crash(Device& device);
  // After a start: what was there is still there.
  [[nodiscard]] Finding look_after_start(Device& device);

  // After the app had tried again what is kept aside, at once: what is due has left.
  [[nodiscard]] Finding look_after_retry(Device& device);

  // The same of a device that is in no world: of what it has committed, ...
  [[nodiscard]] Finding look_at_commits(DeviceAccount& account, Replica& replica);
  // ... and after its start, by the status that it shows then.
  [[nodiscard]] Finding look_after_start(DeviceAccount& account, Replica& replica,
                                         const Status& status);

  // A device that has gone back to an older disk is known by its log alone.
  static void forget(Device& device) {
    SchemaAccount schema = std::move(device.account().schema);
    device.account() = {};
    device.account().schema = std::move(schema);
    device.account().is_of_log_alone = true;
  }

 private:
  [[nodiscard]] static Finding unreadable(const Error& error) {
    return Violation{"the_store_can_be_read", error.message};
  }

  [[nodiscard]] Finding read_log(DeviceAccount& account, Replica& replica);
  [[nodiscard]] Finding take(DeviceAccount& account, const Replica& replica, const LogItem& item,
                             HybridTime& before);
  [[nodiscard]] Finding take_local(const DeviceAccount& account, const Schema& schema, const Op& op,
                                   HybridTime before);
  // What a migration has written.
  [[nodiscard]] Finding take_carried_over(DeviceAccount& account, const Op& op);
  // The device has all that is pending under this schema from now on.
  void hold_pending(const DeviceAccount& account, const Schema& schema);
  [[nodiscard]] Finding restamp(DeviceAccount& account, const std::string& slot,
                                const Register& anew, bool is_own);
  [[nodiscard]] static Slots::const_iterator renamed_from(const DeviceAccount& account,
                                                          const std::string& slot,
                                                          const std::string& value);
  [[nodiscard]] bool is_elsewhere(const std::string& slot, const Register& put) const;
  [[nodiscard]] Finding check_outbox(DeviceAccount& account, Replica& replica,
                                     const ReplicationState& state);
  [[nodiscard]] Finding check_set_aside(DeviceAccount& account, Replica& replica,
                                        const ReplicationState& state, const PushBatch& offered);
  [[nodiscard]] Finding check_quarantine(DeviceAccount& account, const std::vector<AsideOp>& listed,
                                         const ReplicationState& state,
                                         const std::set<std::uint64_t>& offered, bool asks_again);
  [[nodiscard]] Finding take_quarantined(const DeviceAccount& account, const AsideOp& aside);
  [[nodiscard]] Finding note_quarantine(DeviceAccount& account, Replica& replica);
  // What the replies since the last look, of which the last was surely taken in if `has_taken`,
  // and the wall clock make of the present.
  static void note_time(Device& device, bool has_taken);
  // After a reply or a start: what is due is merged.
  [[nodiscard]] static Finding check_due(const DeviceAccount& account, std::int64_t present_ms);
  // What is written over is set aside no more.
  static void write_over_set_aside(DeviceAccount& account, const std::string& slot);
  [[nodiscard]] Finding check_cursors(DeviceAccount& account, const Replication& replication);

  Ledger& ledger_;
  const Server& server_;
  std::vector<std::uint64_t> seen_commits_;  // by device
  std::uint64_t starts_ = 0;                 // of all devices
  std::uint64_t looks_ = 0;                  // at commits of all devices
};

}  // namespace syncline::simulation
