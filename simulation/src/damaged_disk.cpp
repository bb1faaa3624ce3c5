#include "damaged_disk.hpp"

namespace syncline::simulation {
namespace {

tl::unexpected<Error> damaged() { return fail(Code::kStoreCorrupt, "an entry fails its checksum"); }

class DamagedCursor final : public StoreCursor {
 public:
  DamagedCursor(std::unique_ptr<StoreCursor> inner, Keyspace keyspace,
                const DamagedDisk::Unreadable& unreadable)
      : inner_(std::move(inner)), keyspace_(keyspace), unreadable_(unreadable) {}

  Result<bool> seek(std::string_view key) override { return checked(inner_->seek(key)); }
  Result<bool> seek_before(std::string_view key) override {
    return checked(inner_->seek_before(key));
  }
  Result<bool> seek_last() override { return checked(inner_->seek_last()); }
  Result<bool> next() override { return checked(inner_->next()); }
  Result<bool> previous() override { return checked(inner_->previous()); }
  [[nodiscard]] std::string_view key() const override { return inner_->key(); }
  [[nodiscard]] std::string_view value() const override { return inner_->value(); }

 private:
  [[nodiscard]] Result<bool> checked(Result<bool> standing) const {
    const bool is_read = standing && *standing;
    if (is_read && unreadable_.contains({keyspace_, std::string(inner_->key())})) return damaged();
    return standing;
  }

  std::unique_ptr<StoreCursor> inner_;
  Keyspace keyspace_;
  const DamagedDisk::Unreadable& unreadable_;
};

class DamagedSnapshot final : public Snapshot {
 public:
  DamagedSnapshot(std::unique_ptr<Snapshot> inner, const DamagedDisk::Unreadable& unreadable)
      : inner_(std::move(inner)), unreadable_(unreadable) {}

  Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                              std::string_view key) const override {
    if (unreadable_.contains({keyspace, std::string(key)})) return damaged();
    return inner_->get(keyspace, key);
  }
  Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const override {
    auto inner = inner_->cursor(keyspace);
    if (!inner) return inner;
    return std::make_unique<DamagedCursor>(std::move(*inner), keyspace, unreadable_);
  }
  Result<std::uint64_t> count(Keyspace keyspace) const override { return inner_->count(keyspace); }

 private:
  std::unique_ptr<Snapshot> inner_;
  const DamagedDisk::Unreadable& unreadable_;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> DamagedDisk::snapshot() const {
  auto inner = disk_.snapshot();
  if (!inner) return inner;
  return std::make_unique<DamagedSnapshot>(std::move(*inner), unreadable_);
}

Result<void> DamagedDisk::commit(const StoreBatch& batch) {
  if (fails_) return fail(Code::kStoreFull, "the disk is full");
  auto done = disk_.commit(batch);
  if (!done) return done;
  ++commits_;
  for (const StoreBatch::Change& change : batch.changes())
    unreadable_.erase({change.keyspace, change.key});
  return done;
}

}  // namespace syncline::simulation
