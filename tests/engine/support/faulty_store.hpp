#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "syncline/store.hpp"

namespace syncline::test {

// Entries whose checksum does not match, as a disk may leave them.
using DamagedEntries = std::set<std::pair<Keyspace, std::string>>;

class DamagedCursor final : public StoreCursor {
 public:
  DamagedCursor(std::unique_ptr<StoreCursor> inner, Keyspace keyspace,
                const DamagedEntries& damaged, std::uint64_t& moves)
      : inner_(std::move(inner)), keyspace_(keyspace), damaged_(damaged), moves_(moves) {}

  Result<bool> seek(std::string_view key) override { return checked(inner_->seek(key)); }
  Result<bool> seek_before(std::string_view key) override {
    return checked(inner_->seek_before(key));
  }
  Result<bool> seek_last() override { return checked(inner_->seek_last()); }
  Result<bool> next() override { return checked(inner_->next()); }
  Result<bool> previous() override { return checked(inner_->previous()); }
  std::string_view key() const override { return inner_->key(); }
  std::string_view value() const override { return inner_->value(); }

 private:
  Result<bool> checked(Result<bool> standing) const {
    ++moves_;
    if (!standing || !*standing || !damaged_.contains({keyspace_, std::string(inner_->key())}))
      return standing;
    return fail(Code::kStoreCorrupt, "an entry is damaged");
  }

  std::unique_ptr<StoreCursor> inner_;
  Keyspace keyspace_;
  const DamagedEntries& damaged_;
  std::uint64_t& moves_;
};

class DamagedSnapshot final : public Snapshot {
 public:
  DamagedSnapshot(std::unique_ptr<Snapshot> inner, const DamagedEntries& damaged,
                  std::uint64_t& moves)
      : inner_(std::move(inner)), damaged_(damaged), moves_(moves) {}

  Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                              std::string_view key) const override {
    auto found = inner_->get(keyspace, key);
    if (!found || !*found || !damaged_.contains({keyspace, std::string(key)})) return found;
    return fail(Code::kStoreCorrupt, "an entry is damaged");
  }
  Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const override {
    auto inner = inner_->cursor(keyspace);
    if (!inner) return inner;
    return std::make_unique<DamagedCursor>(std::move(*inner), keyspace, damaged_, moves_);
  }
  Result<std::uint64_t> count(Keyspace keyspace) const override { return inner_->count(keyspace); }

 private:
  std::unique_ptr<Snapshot> inner_;
  const DamagedEntries& damaged_;
  std::uint64_t& moves_;
};

// A store whose commits can be made to fail, before they change anything, and whose entries can be
// damaged.
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
  // How often a cursor has moved.
  [[nodiscard]] std::uint64_t moves() const { return moves_; }
  // Until something is put in its place, or it is erased.
  void damage(Keyspace keyspace, std::string key) { damaged_.emplace(keyspace, std::move(key)); }

  Result<std::unique_ptr<Snapshot>> snapshot() const override {
    if (is_blind_) return fail(Code::kStoreIo, "the disk is gone");
    auto snapshot = inner_.snapshot();
    if (!snapshot) return snapshot;
    return std::make_unique<DamagedSnapshot>(std::move(*snapshot), damaged_, moves_);
  }
  Result<void> commit(const StoreBatch& batch) override {
    if (reads_only_) return fail(Code::kInvalidArgument, "the store is open for reading only");
    if (fails_ || passes_ == 0) return fail(Code::kStoreIo, "the disk is gone");
    if (full_for_erasing_ && erases_from_log(batch)) return fail(Code::kStoreFull, "no room");
    if (passes_ > 0) --passes_;
    ++commits_;
    auto done = inner_.commit(batch);
    if (!done) return done;
    for (const auto& change : batch.changes()) damaged_.erase({change.keyspace, change.key});
    return done;
  }

 private:
  static bool erases_from_log(const StoreBatch& batch) {
    return std::any_of(batch.changes().begin(), batch.changes().end(), [](const auto& change) {
      return change.keyspace == Keyspace::kLog && change.kind == StoreBatch::Kind::kErase;
    });
  }

  Store& inner_;
  DamagedEntries damaged_;
  mutable std::uint64_t moves_ = 0;
  bool fails_ = false;
  bool is_blind_ = false;
  bool reads_only_ = false;
  bool full_for_erasing_ = false;
  int passes_ = -1;
  int commits_ = 0;
};

}  // namespace syncline::test
