#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "syncline/batch.hpp"
#include "syncline/error.hpp"
#include "syncline/store.hpp"

// Ops that one side could not take: kept, listed and tried again (spec/protocol.md, Kept aside).

namespace syncline {

enum class AsideKind : std::uint8_t {
  kSetAside,    // written here; the server refuses it for good
  kQuarantined  // arrived; it cannot be merged, or not yet
};

// What names one that is kept aside. The number is never given to another.
struct AsideId {
  AsideKind kind = AsideKind::kSetAside;
  std::uint64_t number = 0;  // of a kSetAside the sequence of its op in the log

  auto operator<=>(const AsideId&) const = default;
};

struct AsideOp {
  AsideId id;
  Code code = Code::kInternal;  // why it is kept aside
  std::optional<Op> op;         // nothing where this build cannot read it
  std::string batch;            // of it alone, as it was sent or came
  bool current = false;         // its slot holds it: true of a kSetAside until it is replaced
};

using AsideVisitor = std::function<bool(const AsideOp&)>;  // false ends the visit

// Visits all that a store keeps aside, ascending by id: first what is set aside, in the order in
// which it was written, then what is quarantined, in the order of its arrival. What is damaged is
// passed over; a verification tells of it. Errors: store_io.
[[nodiscard]] Result<void> read_kept_aside(const Store& store, const AsideVisitor& visitor);

struct AsideRetry {
  std::uint64_t merged = 0;   // had arrived, and left quarantine
  std::uint64_t offered = 0;  // had been set aside, and are pending again
  std::uint64_t left = 0;     // stay where they are

  bool operator==(const AsideRetry&) const = default;
};

// What a replica keeps aside. What is const reads one moment and never waits for a writer; what is
// not takes the writers' turn. Errors of all members: those of the store, beside those that are
// named.
//
// Thread safety: all members may be called from any thread.
class KeptAside {
 public:
  KeptAside() = default;
  KeptAside(const KeptAside&) = delete;
  KeptAside& operator=(const KeptAside&) = delete;
  virtual ~KeptAside() = default;

  // read_kept_aside of the replica's store.
  [[nodiscard]] virtual Result<void> visit(const AsideVisitor& visitor) const = 0;

  // In one commit, merges what is quarantined as far as this build can read it and its time has
  // come by the device's clock, and offers the server again what is set aside and current. An
  // opening does the first by itself, and a sync by the server's clock. Errors: those of
  // Store::commit.
  [[nodiscard]] virtual Result<AsideRetry> retry() = 0;

  // Forgets one for good, its value with it; false if there is none of this id. What its slot holds
  // stays. Errors: those of Store::commit.
  [[nodiscard]] virtual Result<bool> discard(const AsideId& id) = 0;
};

}  // namespace syncline
