#include "syncline/memory_store.hpp"

#include <array>
#include <mutex>
#include <utility>

#include "version_tree.hpp"

namespace syncline {
namespace {

// The same limit as the durable store's, so that a test cannot pass here and fail there.
constexpr std::size_t kKeyBytesMax = 499;

struct Version {
  std::uint64_t commit = 0;
  std::array<memory::VersionTree, kKeyspaceCount> keyspaces;

  [[nodiscard]] const memory::VersionTree& tree(Keyspace keyspace) const {
    return keyspaces.at(static_cast<std::size_t>(keyspace));
  }
};

class MemoryCursor final : public StoreCursor {
 public:
  explicit MemoryCursor(const memory::VersionTree& tree) : walk_(tree) {}

  Result<bool> seek(std::string_view key) override { return walk_.seek(key); }
  Result<bool> seek_before(std::string_view key) override { return walk_.seek_before(key); }
  Result<bool> seek_last() override { return walk_.seek_last(); }
  Result<bool> next() override { return walk_.next(); }
  Result<bool> previous() override { return walk_.previous(); }

  [[nodiscard]] std::string_view key() const override { return walk_.entry()->key; }
  [[nodiscard]] std::string_view value() const override { return walk_.entry()->value; }

 private:
  memory::VersionWalk walk_;
};

class MemorySnapshot final : public Snapshot {
 public:
  explicit MemorySnapshot(std::shared_ptr<const Version> version) : version_(std::move(version)) {}

  Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                              std::string_view key) const override {
    const memory::Entry* entry = version_->tree(keyspace).find(key);
    if (entry == nullptr) return std::nullopt;
    return std::string_view(entry->value);
  }
  Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const override {
    return std::make_unique<MemoryCursor>(version_->tree(keyspace));
  }
  Result<std::uint64_t> count(Keyspace keyspace) const override {
    return version_->tree(keyspace).size();
  }

 private:
  std::shared_ptr<const Version> version_;
};

Result<void> check_keys(const StoreBatch& batch) {
  for (const StoreBatch::Change& change : batch.changes()) {
    if (change.key.empty()) return fail(Code::kInvalidArgument, "a key of the store is empty");
    if (change.key.size() > kKeyBytesMax) {
      return fail(Code::kInvalidArgument, "a key of the store has " +
                                              std::to_string(change.key.size()) +
                                              " bytes, at most 499 are possible");
    }
  }
  return {};
}

bool is_behind_all(const memory::VersionTree& tree, std::string_view key) {
  memory::VersionWalk walk(tree);
  return !walk.seek_last() || walk.entry()->key < key;
}

class MemoryStore final : public Store {
 public:
  Result<std::unique_ptr<Snapshot>> snapshot() const override {
    return std::make_unique<MemorySnapshot>(current());
  }

  Result<void> commit(const StoreBatch& batch) override {
    if (Result<void> checked = check_keys(batch); !checked) return checked;
    const std::lock_guard turn(commit_mutex_);
    auto next = std::make_shared<Version>(*current());
    const std::uint64_t commit = ++next->commit;
    for (const StoreBatch::Change& change : batch.changes()) {
      memory::VersionTree& tree = next->keyspaces.at(static_cast<std::size_t>(change.keyspace));
      if (change.kind == StoreBatch::Kind::kErase) {
        tree.erase(commit, change.key);
      } else {
        if (change.kind == StoreBatch::Kind::kAppend && !is_behind_all(tree, change.key)) {
          return fail(Code::kInvalidArgument, "an append is not behind the last key of the store");
        }
        tree.put(commit, {change.key, change.value});
      }
    }
    publish(std::move(next));
    return {};
  }

 private:
  [[nodiscard]] std::shared_ptr<const Version> current() const {
    const std::lock_guard lock(current_mutex_);
    return current_;
  }
  void publish(std::shared_ptr<const Version> next) {
    {
      const std::lock_guard lock(current_mutex_);
      current_.swap(next);
    }
    // The version before is freed here, outside of the lock, if no snapshot holds it.
  }

  std::mutex commit_mutex_;
  mutable std::mutex current_mutex_;
  std::shared_ptr<const Version> current_ = std::make_shared<const Version>();
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace syncline
