#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"

// The storage port: a handful of ordered keyspaces, consistent snapshots, and one atomic batch a
// commit. What the keyspaces hold is written in spec/op-format.md; a store only keeps bytes.

namespace syncline {

// The values are part of the stored format.
enum class Keyspace : std::uint8_t {
  kLog = 0,
  kSlots = 1,
  kOutbox = 2,
  kSetAside = 3,
  kQuarantine = 4,
  kMeta = 5,
  kIndexes = 6,
};
inline constexpr std::size_t kKeyspaceCount = 7;

// The changes of one commit, applied in the order in which they were added.
class StoreBatch {
 public:
  enum class Kind : std::uint8_t {
    kPut,
    kAppend,  // a put whose key is greater than every key of the keyspace; any other fails
    kErase,
  };
  struct Change {
    Kind kind;
    Keyspace keyspace;
    std::string key;
    std::string value;
  };

  void put(Keyspace keyspace, std::string key, std::string value) {
    changes_.push_back({Kind::kPut, keyspace, std::move(key), std::move(value)});
  }
  void append(Keyspace keyspace, std::string key, std::string value) {
    changes_.push_back({Kind::kAppend, keyspace, std::move(key), std::move(value)});
  }
  void erase(Keyspace keyspace, std::string key) {
    changes_.push_back({Kind::kErase, keyspace, std::move(key), {}});
  }
  // Takes back all but the first so many changes.
  void truncate(std::size_t count) {
    changes_.erase(changes_.begin() + static_cast<std::ptrdiff_t>(count), changes_.end());
  }
  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
};

// Walks one keyspace of a snapshot in key order, both ways. Must not outlive its snapshot.
//
// Thread safety: none; one thread at a time.
class StoreCursor {
 public:
  StoreCursor() = default;
  StoreCursor(const StoreCursor&) = delete;
  StoreCursor& operator=(const StoreCursor&) = delete;
  virtual ~StoreCursor() = default;

  // Each moves and answers whether it now stands on an entry. After a false or an error only the
  // seeks may be called; but after store_corrupt, for an entry that is damaged, `next` and
  // `previous` go on from there, and `key` is that of the entry, or empty if it is damaged as well.
  // Errors: store_corrupt, store_io.
  [[nodiscard]] virtual Result<bool> seek(std::string_view key) = 0;         // first key >= key
  [[nodiscard]] virtual Result<bool> seek_before(std::string_view key) = 0;  // last key < key
  [[nodiscard]] virtual Result<bool> seek_last() = 0;
  [[nodiscard]] virtual Result<bool> next() = 0;
  [[nodiscard]] virtual Result<bool> previous() = 0;

  // The entry that it stands on. The views are valid until the cursor moves.
  [[nodiscard]] virtual std::string_view key() const = 0;
  [[nodiscard]] virtual std::string_view value() const = 0;
};

// A consistent view of everything committed before it was taken. Keep it short: a store may be
// unable to reuse space while one is open.
//
// Thread safety: none; one thread at a time, not necessarily the one that took it.
class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  virtual ~Snapshot() = default;

  // The value under the key, or nothing. The view is valid while the snapshot lives.
  // Errors: store_corrupt (the message names keyspace and key), store_io.
  [[nodiscard]] virtual Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                                                    std::string_view key) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const = 0;
  // The number of entries, in constant time.
  [[nodiscard]] virtual Result<std::uint64_t> count(Keyspace keyspace) const = 0;
};

// Thread safety: all members may be called from any thread; commits take turns.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // Errors: store_io.
  [[nodiscard]] virtual Result<std::unique_ptr<Snapshot>> snapshot() const = 0;

  // Applies the batch, all of it or nothing, and returns when it is durable.
  // Errors: store_full, store_io, store_corrupt (what is there is damaged), invalid_argument (an
  // empty key, one of more than 499 bytes, an append that is not behind the last key, or a store
  // that is open for reading only).
  [[nodiscard]] virtual Result<void> commit(const StoreBatch& batch) = 0;
};

}  // namespace syncline
