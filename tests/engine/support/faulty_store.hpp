#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "syncline/store.hpp"

namespace syncline::test {

// A store whose commits can be made to fail, before they change anything.
class FaultyStore final : public Store {
 public:
  explicit FaultyStore(Store& inner) : inner_(inner) {}

  void fail_commits(bool on) { fails_ = on; }
  void open_for_reading_only(bool on) { reads_only_ = on; }
  void fail_snapshots(bool on) { is_blind_ = on; }
  // As a full disk, which has no room for the pages that erasing from the log would change.
  void be_full_for_erasing(bool on) { full_for_erasing_ = on; }
  void let_pass(int commits) { passes_ = commits; }  // and fail every one after
  [[nodiscard]] int commits() const { return commits_; }

  Result<std::unique_ptr<Snapshot>> snapshot() const override {
    if (is_blind_) return fail(Code::kStoreIo, "the disk is gone");
    return inner_.snapshot();
  }
  Result<void> commit(const StoreBatch& batch) override {
    if (reads_only_) return fail(Code::kInvalidArgument, "the store is open for reading only");
    if (fails_ || passes_ == 0) return fail(Code::kStoreIo, "the disk is gone");
    if (full_for_erasing_ && erases_from_log(batch)) return fail(Code::kStoreFull, "no room");
    if (passes_ > 0) --passes_;
    ++commits_;
    return inner_.commit(batch);
  }

 private:
  static bool erases_from_log(const StoreBatch& batch) {
    return std::any_of(batch.changes().begin(), batch.changes().end(), [](const auto& change) {
      return change.keyspace == Keyspace::kLog && change.kind == StoreBatch::Kind::kErase;
    });
  }

  Store& inner_;
  bool fails_ = false;
  bool is_blind_ = false;
  bool reads_only_ = false;
  bool full_for_erasing_ = false;
  int passes_ = -1;
  int commits_ = 0;
};

}  // namespace syncline::test
