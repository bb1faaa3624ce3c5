#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "syncline/batch.hpp"
#include "syncline/stamp.hpp"

// An account of who had seen what: which registers a device's log held of a slot, and of its
// record's deletion, when the device wrote there. What two writers did not know of each other is in
// conflict, whatever the engine makes of it.

namespace syncline::simulation {

// What a device has had in its log, by slot key.
using Seen = std::map<std::string, std::set<Stamp>>;

// Thread safety: none.
class Knowledge {
 public:
  // A device that had seen this wrote the op. What is known already stays: a device may read its
  // log again, and a stamp that was withdrawn may be given again.
  void wrote(const Op& op, const Seen& seen);
  // A device that had seen this migrated, and so did others, who had seen other things.
  void carried_over(const Op& op, const Seen& seen);
  // The write got another stamp; its writer knows what it knew.
  void stamped_anew(const std::string& slot, const Stamp& before, const Stamp& anew);
  // So did what it follows, and it has another slot now.
  void renamed(const std::string& before, const Stamp& stamp_before, const std::string& slot,
               const Stamp& anew);

  // Whether the writer of the one had seen the other.
  [[nodiscard]] bool knew(const std::string& slot, const Stamp& stamp,
                          const std::string& other_slot, const Stamp& other) const;
  // Whether all writers of the one had: what a migration makes may have several.
  [[nodiscard]] bool all_knew(const std::string& slot, const Stamp& stamp,
                              const std::string& other_slot, const Stamp& other) const;
  [[nodiscard]] bool has(const std::string& slot, const Stamp& stamp) const {
    return known_.contains({slot, stamp});
  }
  // The stamps that the write has had, this one among them.
  [[nodiscard]] std::set<Stamp> stamps_of(const std::string& slot, const Stamp& stamp) const;

 private:
  using Write = std::pair<std::string, Stamp>;

  [[nodiscard]] static std::set<Write> seen_of(const std::string& slot, const Seen& seen);

  std::map<Write, std::set<Write>> known_;
  std::map<Write, std::set<Write>> known_to_all_;  // of what was written more than once
  std::map<Write, std::set<Stamp>> before_;        // all that it was stamped before
};

// What the keys of all slots of this slot's record begin with.
[[nodiscard]] std::string record_prefix(const std::string& slot);

// The key of the slot that holds the deletion of this slot's record.
[[nodiscard]] std::string deletion_slot(const std::string& slot);

}  // namespace syncline::simulation
