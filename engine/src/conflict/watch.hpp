#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conflict/entry.hpp"
#include "replica/core.hpp"
#include "replica/entries.hpp"

namespace syncline::conflict {

// Which of the pending ops a reply says the server had taken in.
struct Taken {
  ReplicaId pusher{};                 // whose ops they are
  std::uint64_t through = 0;          // all up to this sequence, by earlier requests
  std::set<std::uint64_t> sequences;  // by this one

  // `from` is the least that `through` has to be for that op.
  [[nodiscard]] bool has(ReplicaId writer, std::uint64_t sequence, std::uint64_t from) const {
    return (writer == pusher && from <= through) || sequences.contains(sequence);
  }
};

// Finds what arrives and conflicts with ops of this replica that no server has acknowledged
// (spec/conflicts.md, What is a conflict). The ops of one commit are shown to it one by one, then
// it is asked. It borrows what it is given.
//
// Thread safety: none; the writer's lock is held.
class Watch {
 public:
  using After = std::optional<std::uint64_t>;

  Watch(const Replica::Core& core, const Snapshot& snapshot, const replica::Unsettled& unsettled,
        Taken taken)
      : core_(core), snapshot_(snapshot), unsettled_(unsettled), taken_(std::move(taken)) {}

  // Takes notice of an op that arrived. `present` is what the store has in its slot. What comes out
  // of quarantine is in conflict with all that was written here since it arrived there, which is
  // what comes after the sequence `after`. Errors: store_corrupt, store_io.
  [[nodiscard]] Result<void> meet(const Op& arrived,
                                  const std::optional<replica::SlotEntry>& present,
                                  After after = {});

  // The clashes, after all that arrived. Errors: store_corrupt, store_io.
  [[nodiscard]] Result<std::vector<Clash>> finish();

 private:
  // The own slots of a record, before what arrived and with it.
  struct Life {
    Stamp live;
    Stamp dead;

    [[nodiscard]] bool hides(const Stamp& stamp) const { return live <= dead || stamp <= dead; }
  };
  struct Seen {
    Life before;
    Life after;
    std::optional<replica::SlotEntry> deletion;  // as the store has it
    std::optional<Op> arrived_deletion;          // the greatest that changes the record
    After arrived_after;                         // of that
    std::vector<Op> edits;                       // arrived, concurrent with the deletion
  };

  [[nodiscard]] Result<Seen*> seen(const SlotKey& key);
  [[nodiscard]] Result<std::optional<replica::SlotEntry>> record_slot(
      const std::string& prefix, std::string_view element) const;
  // The base of an own op whose writer nobody else can have known of; nothing of any other.
  [[nodiscard]] Result<std::optional<Stamp>> unknown_elsewhere(const replica::SlotEntry& present,
                                                               After after) const;
  [[nodiscard]] Result<bool> was_written_here(std::uint64_t sequence) const;
  [[nodiscard]] Result<void> meet_in_slot(const Op& arrived, const replica::SlotEntry& present,
                                          After after, const Seen& record);
  [[nodiscard]] Result<void> find_hidden(const std::string& prefix, const Seen& record);
  // Notes it unless there is nothing to keep.
  void note(Clash clash);

  const Replica::Core& core_;
  const Snapshot& snapshot_;
  const replica::Unsettled& unsettled_;
  Taken taken_;
  std::map<std::string, Seen, std::less<>> records_;  // by the prefix of their slot keys
  std::set<std::string, std::less<>> lost_;           // slot keys of own ops that lost
  std::vector<Clash> clashes_;
};

}  // namespace syncline::conflict
