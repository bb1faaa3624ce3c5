#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "syncline/store.hpp"
#include "syncline/verification.hpp"

namespace syncline::replica {

// How far a repair is: first the verification, then each entry that it walks past.
//
// Thread safety: none.
class RepairMeter {
 public:
  // The progress is borrowed. Errors: store_io.
  [[nodiscard]] static Result<RepairMeter> begin(const Snapshot& snapshot,
                                                 const VerificationProgress& progress);

  // The progress to verify with, which borrows the meter.
  [[nodiscard]] VerificationProgress verification();
  // Behind an entry. Once it was stopped, every step is. Errors: cancelled.
  [[nodiscard]] Result<void> step();
  // The end of the work, behind which nothing can be stopped. Errors: cancelled.
  [[nodiscard]] Result<void> finish();

 private:
  explicit RepairMeter(const VerificationProgress& progress) : progress_(&progress) {}

  const VerificationProgress* progress_;
  std::uint64_t verified_ = 0;  // of the work, what the verification is
  std::uint64_t walks_ = 0;     // and the walks after it, of which not all are needed
  std::uint64_t walked_ = 0;
  bool is_stopped_ = false;
};

// A snapshot whose walks are steps of a meter, and end when that is stopped. What is looked up
// stays as it is.
//
// Thread safety: none.
class MeteredSnapshot final : public Snapshot {
 public:
  // Both are borrowed.
  MeteredSnapshot(const Snapshot& inner, RepairMeter& meter) : inner_(inner), meter_(meter) {}

  Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                              std::string_view key) const override {
    return inner_.get(keyspace, key);
  }
  Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const override;
  Result<std::uint64_t> count(Keyspace keyspace) const override { return inner_.count(keyspace); }

 private:
  const Snapshot& inner_;
  RepairMeter& meter_;
};

}  // namespace syncline::replica
