#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "knowledge.hpp"
#include "syncline/batch.hpp"
#include "syncline/replication.hpp"
#include "syncline/schema.hpp"
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
  [[nodiscard]] bool was_withdrawn(const std::string& slot, const Stamp& stamp) const {
    return withdrawn_.contains({slot, stamp});
  }
  // A server of this epoch says that it holds it, or a greater one.
  void acknowledge(const std::string& slot, const Register& held, const std::string& epoch) {
    acknowledged_[slot][held].insert(epoch);
  }

  // A device that has not written it has it, merged or in quarantine.
  void arrive(const std::string& slot, const Register& arrived) { arrived_[slot].insert(arrived); }
  [[nodiscard]] bool has_arrived(const std::string& slot, const Register& written) const {
    const auto of_slot = arrived_.find(slot);
    return of_slot != arrived_.end() && of_slot->second.contains(written);
  }

  // A request that may arrive, now or later, carries it.
  void send(const std::string& slot, const Register& sent) { sent_[slot].insert(sent); }
  // A server of this epoch refuses it for good.
  void refuse(const std::string& slot, const Register& refused, const std::string& epoch) {
    refused_[{slot, refused}].insert(epoch);
  }
  [[nodiscard]] bool was_refused(const std::string& slot, const Register& sent) const {
    return refused_.contains({slot, sent});
  }
  [[nodiscard]] bool was_refused(const std::string& slot, const Register& sent,
                                 const std::string& epoch) const {
    return was_refused(slot, sent) && refused_.at({slot, sent}).contains(epoch);
  }

  // Its push had others refused beside it: its writer may not learn that it was taken.
  void doubt(const std::string& slot, const Stamp& stamp) { doubted_.emplace(slot, stamp); }

  [[nodiscard]] bool has(const std::string& slot) const;
  [[nodiscard]] bool was_written(const std::string& slot, const Register& seen) const;
  [[nodiscard]] bool was_acknowledged(const std::string& slot, const Register& sent) const;
  [[nodiscard]] bool was_acknowledged(const std::string& slot, const Register& sent,
                                      const std::string& epoch) const;
  [[nodiscard]] bool was_sent(const std::string& slot, const Register& written) const {
    const auto of_slot = sent_.find(slot);
    return of_slot != sent_.end() && of_slot->second.contains(written);
  }
  [[nodiscard]] bool is_doubted(const std::string& slot, const Stamp& stamp) const {
    return doubted_.contains({slot, stamp});
  }
  // What was written to a slot and not withdrawn.
  [[nodiscard]] std::set<Register> written(const std::string& slot) const;
  void visit(const std::function<void(const std::string& slot, const std::set<Register>& written)>&
                 visitor) const;
  // What every device has to hold in the end: the greatest register of each slot.
  [[nodiscard]] Slots expected() const;

  // A device with this schema has it and nobody has acknowledged it: what it meets there is told by
  // the rules of the schema.
  void hold(const std::string& slot, const Stamp& stamp, const Schema& schema);
  // A migration made it of what other slots hold, which stay.
  void carry_over(const std::string& slot, const Stamp& stamp) { carried_.emplace(slot, stamp); }
  [[nodiscard]] bool is_carried_over(const std::string& slot, const Stamp& stamp) const {
    return carried_.contains({slot, stamp});
  }
  // The schemas of those who held it.
  [[nodiscard]] std::vector<const Schema*> held_by(const std::string& slot,
                                                   const Stamp& stamp) const;

  // Who had seen what when it wrote.
  [[nodiscard]] Knowledge& knowledge() { return knowledge_; }
  [[nodiscard]] const Knowledge& knowledge() const { return knowledge_; }

 private:
  std::map<std::string, std::map<Register, unsigned>> ops_;
  std::map<std::string, std::map<Register, std::set<std::string>>> acknowledged_;  // epochs
  std::map<std::string, std::set<Register>> arrived_;
  std::map<std::string, std::set<Register>> sent_;
  std::map<std::pair<std::string, Register>, std::set<std::string>> refused_;  // epochs
  std::set<std::pair<std::string, Stamp>> withdrawn_;
  std::set<std::pair<std::string, Stamp>> doubted_;
  std::set<std::pair<std::string, Stamp>> carried_;
  std::map<std::string, Schema> schemas_;  // by digest
  std::map<std::pair<std::string, Stamp>, std::set<const Schema*>> holders_;
  Knowledge knowledge_;
};

// What a migration is to write, by a plain reading of spec/merge.md.
struct CarriedOver {
  // A list whose slots of before are there again. Which places the items get is not told here.
  struct List {
    std::string prefix;  // of its slot keys
    std::string items;   // encoded
    Stamp stamp;
    Stamp deletion;  // of its record
  };
  Slots registers;
  std::vector<List> lists;
  // Items that are added to a list, by the prefix and the id, each of which gets a place.
  std::map<std::string, Stamp> places;
};

// The schema that a device's store keeps.
struct SchemaAccount {
  using Field = std::pair<std::string, std::string>;  // collection and field

  std::string document;  // empty where it is not known
  std::vector<std::string> former_documents;
  std::map<Field, std::vector<std::string>> former;  // rules in words, the latest last
  std::optional<CarriedOver> unread;                 // of a migration that no log told of yet
  bool is_whole = false;                             // that migration came to its end
};

// What a device may take for the present, between two bounds (spec/clock.md). All in milliseconds
// since 1970.
struct Present {
  std::int64_t least_ms = 0;
  std::int64_t most_ms = 0;
  std::int64_t reply_ms = 0;  // the server's time, of the last reply
};

// What one device has, by its log.
struct DeviceAccount {
  struct Pending {
    std::uint64_t sequence = 0;
    // All that the device has put into the slot and nobody has acknowledged; the last one is sent.
    std::vector<Register> unacknowledged;
    // Nothing tells any more what it had replaced, nor does it of what takes its place.
    bool is_unsure = false;
  };

  // An op that the device has set aside, with what it had put into the slot before.
  struct SetAside {
    std::string slot;
    Pending pending;
    bool is_discarded = false;  // the app has asked for it
  };

  std::uint64_t next_sequence = 1;  // of the log, not yet read
  // What was before is only known from what the log still has of it.
  bool is_of_log_alone = false;
  std::uint64_t last_sequence = 0;
  Slots slots;
  Seen seen;
  std::map<std::string, Pending> pending;          // by slot key
  std::map<std::string, std::uint64_t> sequences;  // by slot key, of what it holds
  std::set<std::uint64_t> written_over;            // of what was set aside
  std::map<std::uint64_t, SetAside> set_aside;     // by sequence
  std::map<std::uint64_t, std::pair<std::string, Register>> quarantine;  // by number of arrival
  std::optional<Present> present;                // nothing where the device's clock is not known
  std::pair<std::int64_t, std::int64_t> offset;  // bounds of what corrects its wall clock
  std::int64_t reply_ms = 0;
  std::int64_t greatest_ms = 0;  // of all stamps that it had in its log
  bool may_offer = false;        // since the last look the app may have asked for another try
  bool has_retried = false;      // and it was done
  HybridTime last_time;          // of the device's own stamps
  std::string epoch;
  std::map<std::string, std::string> cursors;
  SchemaAccount schema;
};

// What one reading of a device's log says of the conflict journal: names of entries.
struct JournalNews {
  std::set<std::string> recorded;  // here
  std::set<std::string> removed;   // here
  std::set<std::string> arrived;   // what others wrote of them
};

}  // namespace syncline::simulation
