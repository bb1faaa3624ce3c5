#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "syncline/environment.hpp"
#include "syncline/verification.hpp"

namespace syncline {

enum class RepairKind : std::uint8_t {
  kRebuilt,   // from what else the store holds; nothing is lost
  kOutdated,  // rebuilt from an older change: a later one is lost here, and the server may have it
  kSetAside,  // taken out, because nothing explains it; the server may have it
  kLeft,      // not touched: this version does not know what it is, or how to repair it
};
inline constexpr std::size_t kRepairKindCount = 4;

// In snake_case, as shown by the command line.
[[nodiscard]] std::string_view repair_kind_name(RepairKind kind);

// What was done about one fault.
struct Repair {
  StoreFault fault;
  RepairKind kind = RepairKind::kLeft;
  std::string what;  // a sentence
};

struct RepairSummary {
  std::uint64_t repaired = 0;  // rebuilt, whole or from an older change
  std::uint64_t set_aside = 0;
  std::uint64_t left = 0;
  // The next sync asks for everything again, so that what the server has comes back.
  bool pulls_again = false;
  // The replica has another id: its own was lost, or something that it had written may be, so that
  // its counters must not go on from what is left of them.
  bool has_new_id = false;
};

struct RepairOptions {
  // Entries may be gone without a trace: everything that is left is offered to the server again,
  // and everything is asked for again.
  bool entries_may_be_lost = false;
};

using RepairSink = std::function<void(const Repair&)>;

// Repairs in one commit what verify_store finds and what can be repaired: slots from the log, the
// log from the slots, marks from both, the head from all. What it takes out and cannot explain
// stays, as a lost entry, if its bytes can be read. What is damaged is gone from the store, so keep
// a copy of the file before, as repair_lmdb_store does. The randomness is for a new replica id. No
// replica may have the store open. Until the commit `progress` may stop it. Errors: those of the
// store, cancelled. After each of them nothing is changed, whatever was told.
[[nodiscard]] Result<RepairSummary> repair_store(Store& store, Random& random,
                                                 const RepairOptions& options,
                                                 const RepairSink& told,
                                                 const VerificationProgress& progress = {});

// An entry as it was when a repair took it out, because it could not be explained. A later version
// may know what it is.
struct LostEntry {
  Keyspace keyspace = Keyspace::kQuarantine;
  std::string name;  // of meta, under which it is kept (spec/op-format.md, What is stored)
  std::string value;
};

// Visits what repairs have kept of what they could not explain; false ends the visit. Errors:
// store_io, store_corrupt.
[[nodiscard]] Result<void> read_lost_entries(const Store& store,
                                             const std::function<bool(const LostEntry&)>& visitor);

}  // namespace syncline
