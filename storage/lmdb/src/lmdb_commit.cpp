#include "lmdb_commit.hpp"

#include <array>
#include <lmdb.h>
#include <string>
#include <string_view>

#include "lmdb_checksum.hpp"
#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

constexpr std::size_t kKeyBytesMax = 499;
constexpr std::size_t kValueBytesMax = std::size_t{1} << 30;

// Writes through one cursor a keyspace: when a key lands on the page of the one before, as sorted
// keys do, LMDB need not search from the root.
class BatchWriter {
 public:
  BatchWriter(MDB_txn* transaction, const Databases& databases)
      : transaction_(transaction), databases_(databases) {}

  int apply(const StoreBatch::Change& change) {
    const auto keyspace = static_cast<std::uint8_t>(change.keyspace);
    // LMDB's type is not const, but it only reads keys.
    MDB_val key{change.key.size(), const_cast<char*>(change.key.data())};  // NOLINT(*-const-cast)
    if (change.kind == StoreBatch::Kind::kErase) {
      const int status = mdb_del(transaction_, databases_.at(keyspace), &key, nullptr);
      return status == MDB_NOTFOUND ? 0 : status;
    }
    MDB_cursor*& cursor = cursors_.at(keyspace);
    if (cursor == nullptr) {
      const int status = mdb_cursor_open(transaction_, databases_.at(keyspace), &cursor);
      if (status != 0) return status;
    }
    MDB_val room{change.value.size() + kChecksumBytes, nullptr};
    const bool append = change.kind == StoreBatch::Kind::kAppend;
    // An append that is not behind the last key is MDB_KEYEXIST.
    const int status =
        mdb_cursor_put(cursor, &key, &room, MDB_RESERVE | (append ? unsigned{MDB_APPEND} : 0U));
    if (status != 0) return status;
    write_checked(keyspace, change.key, change.value, room.mv_data);
    return 0;
  }

 private:
  MDB_txn* transaction_;
  const Databases& databases_;
  // LMDB closes the cursors of a write transaction when that ends.
  std::array<MDB_cursor*, kKeyspaceCount> cursors_{};
};

}  // namespace

Result<void> check_batch(const StoreBatch& batch) {
  for (const StoreBatch::Change& change : batch.changes()) {
    if (change.key.empty()) return fail(Code::kInvalidArgument, "a key of the store is empty");
    if (change.key.size() > kKeyBytesMax) {
      return fail(Code::kInvalidArgument, "a key of the store has " +
                                              std::to_string(change.key.size()) +
                                              " bytes, at most 499 are possible");
    }
    if (change.value.size() > kValueBytesMax) {
      return fail(Code::kInvalidArgument, "the value of \"" + printable(change.key) + "\" has " +
                                              std::to_string(change.value.size()) +
                                              " bytes, at most 1 GiB is possible");
    }
  }
  return {};
}

int write_batch(MDB_txn* transaction, const Databases& databases, const StoreBatch& batch) {
  BatchWriter writer(transaction, databases);
  for (const StoreBatch::Change& change : batch.changes()) {
    if (const int status = writer.apply(change); status != 0) return status;
  }
  return 0;
}

}  // namespace syncline::lmdb
