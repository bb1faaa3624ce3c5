#include "lmdb_cursor.hpp"

#include <lmdb.h>
#include <string>

#include "lmdb_checksum.hpp"
#include "lmdb_errors.hpp"
#include "lmdb_page_layout.hpp"

namespace syncline::lmdb {
namespace {

std::string_view text(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace

Result<std::unique_ptr<StoreCursor>> LmdbCursor::open(MDB_txn* transaction, unsigned handle,
                                                      Keyspace keyspace, std::size_t page_bytes) {
  MDB_cursor* cursor = nullptr;
  if (const int status = mdb_cursor_open(transaction, handle, &cursor); status != 0) {
    return fail(store_error(status, "open a cursor"));
  }
  // The constructor is private, so make_unique cannot reach it.
  return std::unique_ptr<StoreCursor>(
      new LmdbCursor(cursor, static_cast<std::uint8_t>(keyspace), page_bytes));
}

LmdbCursor::~LmdbCursor() { mdb_cursor_close(cursor_); }

Result<bool> LmdbCursor::seek(std::string_view key) {
  // LMDB knows no empty key.
  return key.empty() ? move({}, MDB_FIRST) : move(key, MDB_SET_RANGE);
}

Result<bool> LmdbCursor::seek_before(std::string_view key) {
  if (key.empty()) return false;
  MDB_val found_key{key.size(), const_cast<char*>(key.data())};  // NOLINT(*-const-cast): only read
  MDB_val found_value{};
  // Where it stands in between is not looked at, and so not checked either.
  const int status = mdb_cursor_get(cursor_, &found_key, &found_value, MDB_SET_RANGE);
  if (status == MDB_NOTFOUND) return move({}, MDB_LAST);
  if (status != 0) return fail(store_error(status, "read the store"));
  return move({}, MDB_PREV);
}

Result<bool> LmdbCursor::seek_last() { return move({}, MDB_LAST); }
Result<bool> LmdbCursor::next() { return move({}, MDB_NEXT); }
Result<bool> LmdbCursor::previous() { return move({}, MDB_PREV); }

Result<bool> LmdbCursor::move(std::string_view key, int operation) {
  MDB_val found_key{key.size(), const_cast<char*>(key.data())};  // NOLINT(*-const-cast): only read
  MDB_val found_value{};
  const int status =
      mdb_cursor_get(cursor_, &found_key, &found_value, static_cast<MDB_cursor_op>(operation));
  if (status == MDB_NOTFOUND) return false;
  if (status != 0) {
    key_ = {};
    return fail(store_error(status, "read " + std::string(database_name(keyspace_))));
  }
  const std::string_view whole_key = text(found_key);
  key_ = {};
  value_ = {};
  if (!inside_its_page(whole_key, page_bytes_)) {
    return fail(Code::kStoreCorrupt,
                "a key of " + std::string(database_name(keyspace_)) + " is damaged: its length");
  }
  const Result<std::string_view> value =
      read_checked(keyspace_, whole_key, text(found_value), page_bytes_);
  key_ = whole_key;
  if (!value) return fail(value.error());
  value_ = *value;
  return true;
}

}  // namespace syncline::lmdb
