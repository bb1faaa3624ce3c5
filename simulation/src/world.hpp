#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit.hpp"
#include "device.hpp"
#include "disk_damage.hpp"
#include "plan.hpp"
#include "schema_family.hpp"

namespace syncline::simulation {

// One world: carries a plan out, then ends all faults and lets the devices come to rest. The first
// broken invariant ends it.
//
// Thread safety: none; any number of worlds may run in threads of their own.
class World {
 public:
  // Both must outlive it.
  World(const Options& options, const Plan& plan);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // Keeps a line for each step, for people to read.
  void keep_trace() { keeps_trace_ = true; }

  // Answers what was broken, or nothing.
  [[nodiscard]] Finding run();

  [[nodiscard]] const FaultCounts& faults() const { return counts_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::vector<std::string> trace() const { return trace_; }

 private:
  void take(const PlanStep& step);
  void act(Device& device, SeededRandom& random);
  void hold_view(Device& device, SeededRandom& random);
  void strike(Fault fault, Device& device, SeededRandom& random);
  void strike_clock(Fault fault, Device& device, SeededRandom& random);
  void strike_server(Fault fault, SeededRandom& random);
  void jump_server_clock(SeededRandom& random);
  // Keeps how far the server's clock ever was.
  void note_server_time();
  void strike_disk(Fault fault, Device& device);
  void strike_backup(Fault fault, Device& device, SeededRandom& random);
  void migrate(Device& device, SeededRandom& random);
  // Whether the account knows the schema of the device's store, and the device may get another.
  [[nodiscard]] bool may_migrate(const Device& device) const;
  void migrate_to(Device& device, const std::optional<std::string>& document, SeededRandom* random);
  [[nodiscard]] bool run_migration(Device& device, const std::optional<std::string>& document,
                                   SeededRandom* random);
  void refuse_openings(Device& device, SeededRandom& random);
  void migrate_all();
  // The schema that an app opens the device with, and what that made of the store's.
  [[nodiscard]] const std::string& schema_for(Device& device) const;
  void account_for_schema(Device& device, const std::string& given);
  void damage(Device& device, SeededRandom& random);
  void repair(Device& device, DamagedDisk& disk, const DiskDamage& damage,
              const DiskContents& before, SeededRandom& random);
  [[nodiscard]] bool may_lose(Device& device, const std::string& slot,
                              const DiskContents::Slot& held) const;
  void refuse(SeededRandom& random);
  // Lets the app try again what its device keeps aside, or discard what it cannot offer.
  // Whether something is offered again by that.
  bool retry_kept_aside(Device& device);
  void discard_replaced(Device& device);
  void add_device(const Device& original, std::unique_ptr<Store> disk, DeviceAccount account);
  void part(Fault fault, Device& device, SeededRandom& random);

  // Lets time pass, task by task; each is looked at.
  void pass(std::chrono::milliseconds duration);
  void look_at_all();
  void start(Device& device);
  void enable(Device& device);
  void compact(Device& device);
  void sync_once(Device& device);
  [[nodiscard]] bool ready(Device& device);
  [[nodiscard]] const std::string& schema(std::size_t age) const;
  [[nodiscard]] const std::vector<SchemaVersions>& family() const {
    return schema_family(plan_.seed % 2 != 0);
  }

  void mend();
  void mend(Device& device);
  void log_in(Device& device);
  void log_in_if_paused(Device& device);
  void come_to_rest();
  // Lets a round of it pass; answers who is not at rest.
  [[nodiscard]] std::string round_of_rest();
  void check_settled();
  void report(Finding finding);
  void note(std::string line);

  const Options& options_;
  const Plan& plan_;
  Finding finding_;
  std::uint64_t hash_ = 0;
  bool keeps_trace_ = false;
  std::vector<std::string> trace_;

  VirtualTime time_;
  DeviceClock clock_;  // of the server
  SeededRandom random_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Workload> workload_;
  Ledger ledger_;
  FaultCounts counts_;
  Network network_;
  Audit audit_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::size_t> schema_ages_;         // by device
  std::vector<std::unique_ptr<Store>> backups_;  // by device, of its disk
  // What a backup holds, and what the device is known to have had by then.
  struct Backup {
    std::unique_ptr<Store> disk;
    DeviceAccount account;
  };
  std::map<std::size_t, Backup> kept_;  // by device
  std::int64_t server_latest_ms_ = 0;
  std::uint64_t refusals_ = 0;  // how often the server began to refuse
};

}  // namespace syncline::simulation
