#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/store.hpp"

namespace syncline {

enum class FaultKind : std::uint8_t {
  kDamaged,      // what is stored fails its checksum
  kMalformed,    // it is as it was written, and yet not what belongs there
  kNotInLog,     // a slot holds a change that the log has lost
  kUnlikeLog,    // a slot does not hold what the log says
  kSlotMissing,  // the log says that there is a slot
  kMarkAmiss,    // what marks a slot as pending does not fit it
  kMetaMissing,  // an entry without which no replica can be opened
  kHeadBehind,   // the head does not know of the last changes
  kIndexAmiss,   // an index has not exactly the places of the records
};
inline constexpr std::size_t kFaultKindCount = 9;

// In snake_case, as shown by the command line.
[[nodiscard]] std::string_view fault_kind_name(FaultKind kind);
[[nodiscard]] std::string_view keyspace_name(Keyspace keyspace);

// One entry of a store that is wrong.
struct StoreFault {
  FaultKind kind = FaultKind::kDamaged;
  Keyspace keyspace = Keyspace::kMeta;
  std::string key;   // the entry's, as it is; empty where it cannot be read
  std::string what;  // a sentence
  // The slot that it is about, where that is known. The field is empty for the record itself.
  std::string collection{};
  std::string record{};
  std::string field{};
};

struct Verification {
  std::uint64_t entries = 0;          // that were looked at
  std::uint64_t faults = 0;           // that were told
  std::uint64_t log_ops = 0;          // changes that the log holds
  std::uint64_t log_missing_ops = 0;  // and has lost; not those that compaction dropped
  std::uint64_t slots = 0;
  std::uint64_t pending_ops = 0;
  std::uint64_t set_aside_ops = 0;
  std::uint64_t quarantined_ops = 0;
  std::uint64_t lost_entries = 0;  // that a repair has kept as they were (repair.hpp)
  // Whether the indexes were held against the records. They cannot be where the schema, the list of
  // indexes or the name of a slot cannot be read.
  bool indexes_checked = false;
  // Of these records they were not, because a slot of theirs is at fault.
  std::uint64_t unindexed_records = 0;
  // The time of the greatest stamp that the clock has made or seen, since 1970, and what corrects
  // the wall clock; 0 where the head cannot be read.
  std::int64_t clock_ms = 0;
  std::int64_t clock_offset_ms = 0;
};

using FaultSink = std::function<void(const StoreFault&)>;
// Told how much of the work is done; false stops it.
using VerificationProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Looks at every entry of a replica's store, at one moment, and changes nothing: whether it can be
// read and decoded, whether the slots are what the log says, as far as the log is kept, and whether
// the marks of what is pending, the head, the other entries of meta and the indexes fit them. It
// goes on behind a fault, and holds a snapshot meanwhile. It needs memory for the name of every
// slot. Errors: store_io, cancelled.
[[nodiscard]] Result<Verification> verify_store(const Store& store, const FaultSink& told,
                                                const VerificationProgress& progress = {});

}  // namespace syncline
