#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "syncline/store.hpp"

struct MDB_cursor;
struct MDB_txn;

namespace syncline::lmdb {

// Its views point into the map, past the checksum, which every move verifies.
//
// Thread safety: none; one thread at a time.
class LmdbCursor final : public StoreCursor {
 public:
  // Errors: store_io.
  [[nodiscard]] static Result<std::unique_ptr<StoreCursor>> open(MDB_txn* transaction,
                                                                 unsigned handle, Keyspace keyspace,
                                                                 std::size_t page_bytes);
  ~LmdbCursor() override;

  Result<bool> seek(std::string_view key) override;
  Result<bool> seek_before(std::string_view key) override;
  Result<bool> seek_last() override;
  Result<bool> next() override;
  Result<bool> previous() override;

  [[nodiscard]] std::string_view key() const override { return key_; }
  [[nodiscard]] std::string_view value() const override { return value_; }

 private:
  LmdbCursor(MDB_cursor* cursor, std::uint8_t keyspace, std::size_t page_bytes)
      : cursor_(cursor), keyspace_(keyspace), page_bytes_(page_bytes) {}

  // `operation` is one of LMDB's.
  Result<bool> move(std::string_view key, int operation);

  MDB_cursor* cursor_;
  std::uint8_t keyspace_;
  std::size_t page_bytes_;
  std::string_view key_;
  std::string_view value_;
};

}  // namespace syncline::lmdb
