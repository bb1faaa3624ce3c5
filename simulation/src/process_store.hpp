#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "syncline/store.hpp"

namespace syncline::simulation {

// A device's disk, as its processes see it: it outlives them, and can end one around a commit.
//
// Thread safety: none.
class ProcessStore final : public Store {
 public:
  enum class End : std::uint8_t { kNever, kBeforeCommit, kAfterCommit };

  // A disk that is tight has room for one commit of a task and not for the second.
  enum class Disk : std::uint8_t { kRoomy, kTight, kFull };

  explicit ProcessStore(std::unique_ptr<Store> disk) : disk_(std::move(disk)) {}

  // `end` ends the process: from then on no commit of it is done.
  void on_end(std::function<void(End)> end) { end_ = std::move(end); }
  void set_running(bool running) { running_ = running; }
  void set_disk(Disk disk) { disk_state_ = disk; }
  // Whether a commit may fail for want of room.
  [[nodiscard]] bool is_full() const { return disk_state_ != Disk::kRoomy; }
  // The next commit is not of the same task as the last.
  void end_task() { commits_of_task_ = 0; }
  // The next commit ends the process, or the one after so many.
  void end_at_next_commit(End when, unsigned after = 0) {
    when_ = when;
    commits_before_end_ = after;
  }
  [[nodiscard]] std::uint64_t commit_count() const { return commit_count_; }

  [[nodiscard]] Store& disk() { return *disk_; }
  void replace_disk(std::unique_ptr<Store> disk) { disk_ = std::move(disk); }

  Result<std::unique_ptr<Snapshot>> snapshot() const override { return disk_->snapshot(); }

  Result<void> commit(const StoreBatch& batch) override {
    if (!running_) return fail(Code::kStoreIo, "this process has ended");
    const bool is_last = when_ != End::kNever && commits_before_end_ == 0;
    if (when_ != End::kNever && !is_last) --commits_before_end_;
    if (is_last && when_ == End::kBeforeCommit) {
      end_(std::exchange(when_, End::kNever));
      return fail(Code::kStoreIo, "this process has ended");
    }
    const bool fits =
        disk_state_ == Disk::kRoomy || (disk_state_ == Disk::kTight && commits_of_task_ == 0);
    if (!fits) return fail(Code::kStoreFull, "the disk is full");
    ++commits_of_task_;
    auto done = disk_->commit(batch);
    ++commit_count_;
    if (is_last && when_ == End::kAfterCommit) {
      end_(std::exchange(when_, End::kNever));
      return fail(Code::kStoreIo, "this process has ended");
    }
    return done;
  }

 private:
  std::unique_ptr<Store> disk_;
  std::function<void(End)> end_;
  End when_ = End::kNever;
  unsigned commits_before_end_ = 0;
  bool running_ = false;
  Disk disk_state_ = Disk::kRoomy;
  unsigned commits_of_task_ = 0;
  std::uint64_t commit_count_ = 0;
};

// Everything that a store holds, in a new one.
[[nodiscard]] std::unique_ptr<Store> copy_of(const Store& store);

}  // namespace syncline::simulation
