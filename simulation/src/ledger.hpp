#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/replication.hpp"
#include "syncline/stamp.hpp"

// An account of what was written, seen and acknowledged that the engine's own is held against. It
// is kept from the log alone, by the plainest code that can be read.

namespace syncline::simulation {

struct Register {
  Stamp stamp;
  std::string value;

  auto operator<=>(const Register&) const = default;
};

using Slots = std::map<std::string, Register>;  // by slot key

// What all devices of a world have written.
//
// Thread safety: none.
class Ledger {
 public:
  void write(const std::string& slot, const Register& written) { ++ops_[slot][written]; }
  // Its writer stamped it anew before anyone else saw it.
  void withdraw(const std::string& slot, const Register& withdrawn);
  // A server of this epoch says that it holds it, or a greater one.
  void acknowledge(const std::string& slot, const Register& held, const std::string& epoch) {
    acknowledged_[slot][held].insert(epoch);
  }

  [[nodiscard]] bool has(const std::string& slot) const;
  [[nodiscard]] bool was_written(const std::string& slot, const Register& seen) const;
  [[nodiscard]] bool was_acknowledged(const std::string& slot, const Register& sent) const;
  [[nodiscard]] bool was_acknowledged(const std::string& slot, const Register& sent,
                                      const std::string& epoch) const;
  // What every device has to hold in the end: the greatest register of each slot.
  [[nodiscard]] Slots expected() const;

 private:
  std::map<std::string, std::map<Register, unsigned>> ops_;
  std::map<std::string, std::map<Register, std::set<std::string>>> acknowledged_;  // epochs
};

// What one device has, by its log.
struct DeviceAccount {
  struct Pending {
    std::uint64_t sequence = 0;
    // All that the device has put into the slot and nobody has acknowledged; the last one is sent.
    std::vector<Register> unacknowledged;
  };

  std::uint64_t next_sequence = 1;  // of the log, not yet read
  // What was before is only known from what the log still has of it.
  bool is_of_log_alone = false;
  std::uint64_t last_sequence = 0;
  Slots slots;
  std::map<std::string, Pending> pending;  // by slot key
  HybridTime last_time;                    // of the device's own stamps
  std::string epoch;
  std::map<std::string, std::string> cursors;
};

}  // namespace syncline::simulation
