#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/check.hpp"
#include "replica/log_fold.hpp"
#include "syncline/verification.hpp"

namespace syncline::replica {

// Looks at a store keyspace by keyspace (verify_store). Each step needs those before it.
//
// Thread safety: none.
class Verifier {
 public:
  // Both are borrowed.
  Verifier(const Snapshot& snapshot, const FaultSink& told, const VerificationProgress& progress)
      : snapshot_(snapshot), told_(told), progress_(progress) {}

  // Errors: store_io, cancelled.
  [[nodiscard]] Result<Verification> run();

 private:
  using Check = void (Verifier::*)(std::string_view key, std::string_view value);

  Result<void> count_all();
  Result<void> walk(Keyspace keyspace, Check check);

  void check_meta(std::string_view key, std::string_view value);
  void check_log(std::string_view key, std::string_view value);
  void check_slot(std::string_view key, std::string_view value);
  void check_mark(std::string_view key, std::string_view value);
  void check_set_aside(std::string_view key, std::string_view value);
  void check_quarantine(std::string_view key, std::string_view value);
  void check_index_entry(std::string_view key, std::string_view value);

  void check_required();
  void compare_with_log(std::string_view key, const SlotEntry& slot);
  // Tells of the slots that the log knows and that were not met before this key; of all without.
  void tell_missing_before(std::optional<std::string_view> key);
  void check_head();
  // Errors: store_io, cancelled.
  Result<void> check_indexes();
  // Notes what the check of the indexes has to know of a fault.
  void note(const StoreFault& fault);

  void tell(FaultKind kind, Keyspace keyspace, std::string_view key, std::string what,
            std::string_view slot_key = {});
  bool go_on();  // behind an entry
  bool step();   // behind any part of the work

  const Snapshot& snapshot_;
  const FaultSink& told_;
  const VerificationProgress& progress_;
  Verification found_;
  std::uint64_t done_ = 0;  // parts of the work
  std::uint64_t total_ = 0;
  LogFold fold_;
  LogFold::Winners::const_iterator expected_;
  std::optional<Head> head_;
  bool has_id_ = false;
  bool has_head_ = false;
  std::uint64_t greatest_sequence_ = 0;
  std::uint64_t dropped_ops_ = 0;  // by compaction
  query::KnownFaults known_;
  bool has_nameless_slot_ = false;  // so that any record may have lost one
};

}  // namespace syncline::replica
