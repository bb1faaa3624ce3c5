#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "replica/log_fold.hpp"
#include "replica/log_state.hpp"
#include "syncline/repair.hpp"

namespace syncline::replica {

// What the repair of a store is going to commit, and the slots as they will be.
//
// Thread safety: none.
class RepairPlan {
 public:
  // A slot's register and the sequence under which it is kept.
  struct Kept {
    std::uint64_t sequence = 0;
    Stamp stamp;
    std::string value;
  };

  // Both are borrowed. Errors: store_io.
  [[nodiscard]] static Result<RepairPlan> begin(const Snapshot& snapshot, const RepairSink& told);

  [[nodiscard]] const Snapshot& snapshot() const { return *snapshot_; }
  [[nodiscard]] const LogFold& fold() const { return fold_; }
  // The replica and the head, where they can be read.
  [[nodiscard]] std::optional<ReplicaId> replica() const { return replica_; }
  [[nodiscard]] std::optional<Head> head() const { return head_; }
  // What the log lacks, where that can be read.
  [[nodiscard]] const std::optional<LogState>& log_state() const { return log_; }
  // How many changes the log will have.
  [[nodiscard]] std::uint64_t log_ops() const { return fold_.ops() + logged_again_.size(); }

  // Whether the log has everything from the sequence to the end but what compaction dropped, so
  // that nothing later can be lost.
  [[nodiscard]] bool has_all_from(std::uint64_t sequence) const;

  // The slot as it will be; nothing where there is none, or none that can be read.
  [[nodiscard]] std::optional<Kept> slot(std::string_view key) const;
  // The change of this sequence, where the log has it.
  [[nodiscard]] std::optional<Op> logged(std::uint64_t sequence);

  // Whether the change of this sequence is set aside. A damaged entry says nothing.
  [[nodiscard]] bool is_set_aside(std::uint64_t sequence) const;

  // Whether the slot will be another one than it is.
  [[nodiscard]] bool changes(std::string_view key) const { return changed_.contains(key); }
  [[nodiscard]] bool changes_slots() const { return !changed_.empty(); }
  void put_slot(std::string_view key, const Kept& kept);
  void put_head(const Head& head);
  // Puts one change into the log, under a sequence that the log does not have, once.
  void put_log(std::uint64_t sequence, std::string entry);
  void erase_slot(std::string_view key);
  void put(Keyspace keyspace, std::string_view key, std::string value);
  void erase(Keyspace keyspace, std::string_view key);

  // Marks what a slot will hold as pending. Where the base is not known, others may not know of
  // what this replica wrote, and do know of the rest.
  void mark(std::uint64_t sequence, std::string_view slot_key, std::optional<Stamp> base = {});

  // A sequence that no change has yet.
  [[nodiscard]] std::uint64_t next_sequence() { return ++last_sequence_; }
  [[nodiscard]] std::uint64_t last_sequence() const { return last_sequence_; }
  // No sequence up to this one is free.
  void note_sequence(std::uint64_t sequence);

  // Whether no entry of meta has this name, or will have it.
  [[nodiscard]] bool is_free_meta(const std::string& name) const;

  void renewed() { summary_.has_new_id = true; }
  void ask_again() { summary_.pulls_again = true; }
  void tell(const StoreFault& fault, RepairKind kind, std::string what);
  [[nodiscard]] const RepairSummary& summary() const { return summary_; }
  // The batch to commit; the plan is spent.
  [[nodiscard]] StoreBatch finish() { return std::move(batch_); }

 private:
  RepairPlan(const Snapshot& snapshot, const RepairSink& told)
      : snapshot_(&snapshot), told_(&told) {}

  // The last log entry that was decoded; no sequence is 0.
  struct DecodedEntry {
    std::uint64_t first = 0;
    std::vector<Op> ops;
  };

  const Snapshot* snapshot_;
  const RepairSink* told_;
  LogFold fold_;
  DecodedEntry decoded_;
  std::optional<ReplicaId> replica_;
  std::optional<Head> head_;
  std::optional<LogState> log_;
  Ancestors ancestors_;  // as far as they can be read
  std::uint64_t last_sequence_ = 0;
  std::set<std::uint64_t> logged_again_;
  std::map<std::string, std::optional<Kept>, std::less<>> changed_;
  std::set<std::string, std::less<>> put_into_meta_;
  StoreBatch batch_;
  RepairSummary summary_;
};

// Each repairs the faults of some keyspaces, in this order. Errors: store_io.
[[nodiscard]] Result<void> repair_log_and_slots(RepairPlan& plan,
                                                const std::vector<StoreFault>& faults);
[[nodiscard]] Result<void> repair_marks(RepairPlan& plan, const std::vector<StoreFault>& faults,
                                        const RepairOptions& options);
[[nodiscard]] Result<void> repair_indexes(RepairPlan& plan, const std::vector<StoreFault>& faults);
[[nodiscard]] Result<void> repair_rest(RepairPlan& plan, const std::vector<StoreFault>& faults,
                                       Random& random);

}  // namespace syncline::replica
