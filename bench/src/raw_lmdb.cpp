#include "raw_lmdb.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace syncline::bench {
namespace {

constexpr std::size_t kMapBytes = std::size_t{4} << 30;
// Where the stamp lies in a slot's entry, behind the version and the sequence (spec/op-format.md).
constexpr std::size_t kStampOffset = 9;

void check(int status) {
  if (status != 0) throw std::runtime_error(std::string("LMDB: ") + mdb_strerror(status));
}

MDB_val val(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // NOLINT(*-const-cast): only read
}

std::string_view text(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// The bytes of what begins so.
std::size_t walk_prefix(MDB_cursor* cursor, std::string_view prefix) {
  MDB_val key = val(prefix);
  MDB_val value{};
  std::size_t bytes = 0;
  int status = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  while (status == 0 && text(key).starts_with(prefix)) {
    bytes += key.mv_size + value.mv_size;
    status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  if (status != MDB_NOTFOUND) check(status);
  return bytes;
}

}  // namespace

RawLmdb::RawLmdb(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  check(mdb_env_create(&environment_));
  check(mdb_env_set_maxdbs(environment_, kKeyspaceCount));
  check(mdb_env_set_mapsize(environment_, kMapBytes));
  check(mdb_env_open(environment_, directory.c_str(), MDB_NOTLS, 0600));
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, 0, &transaction));
  for (std::size_t i = 0; i < databases_.size(); ++i) {
    check(mdb_dbi_open(transaction, std::to_string(i).c_str(), MDB_CREATE, &databases_.at(i)));
  }
  check(mdb_txn_commit(transaction));
}

RawLmdb::~RawLmdb() { mdb_env_close(environment_); }

void RawLmdb::write(MDB_txn* transaction, const StoreBatch::Change& change) {
  const MDB_dbi database = databases_.at(static_cast<std::size_t>(change.keyspace));
  MDB_val key = val(change.key);
  if (change.kind == StoreBatch::Kind::kErase) {
    const int status = mdb_del(transaction, database, &key, nullptr);
    if (status != MDB_NOTFOUND) check(status);
    return;
  }
  MDB_val value = val(change.value);
  const bool append = change.kind == StoreBatch::Kind::kAppend;
  check(mdb_put(transaction, database, &key, &value, append ? MDB_APPEND : 0U));
}

void RawLmdb::replay(std::span<const StoreBatch> commits) {
  const auto is_data = [](const StoreBatch::Change& change) {
    return change.keyspace != Keyspace::kMeta;
  };
  for (const StoreBatch& commit : commits) {
    const auto& changes = commit.changes();
    const bool only_meta = std::none_of(changes.begin(), changes.end(), is_data);
    MDB_txn* transaction = nullptr;
    check(mdb_txn_begin(environment_, nullptr, 0, &transaction));
    for (const StoreBatch::Change& change : changes) {
      if (only_meta || is_data(change)) write(transaction, change);
    }
    check(mdb_txn_commit(transaction));
  }
}

std::size_t RawLmdb::compare(std::span<const Op> ops) {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction));
  std::size_t greater = 0;
  for (const Op& op : ops) {
    MDB_val key = val(op.key.bytes());
    MDB_val value{};
    check(mdb_get(transaction, databases_.at(static_cast<std::size_t>(Keyspace::kSlots)), &key,
                  &value));
    const auto stored = decode_stamp(text(value).substr(kStampOffset, kStampBytes));
    greater += stored && op.stamp > *stored ? 1U : 0U;
  }
  mdb_txn_abort(transaction);
  return greater;
}

MDB_cursor* RawLmdb::open_cursor(MDB_txn* transaction, Keyspace keyspace) {
  MDB_cursor* cursor = nullptr;
  check(mdb_cursor_open(transaction, databases_.at(static_cast<std::size_t>(keyspace)), &cursor));
  return cursor;
}

std::size_t RawLmdb::read_prefix(std::string_view prefix) {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction));
  MDB_cursor* cursor = open_cursor(transaction, Keyspace::kSlots);
  const std::size_t bytes = walk_prefix(cursor, prefix);
  mdb_cursor_close(cursor);
  mdb_txn_abort(transaction);
  return bytes;
}

std::size_t RawLmdb::read_by_index(std::span<const std::string> prefixes) {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction));
  MDB_cursor* entries = open_cursor(transaction, Keyspace::kIndexes);
  MDB_cursor* slots = open_cursor(transaction, Keyspace::kSlots);
  MDB_val key{};
  MDB_val value{};
  std::size_t bytes = 0;
  for (const std::string& prefix : prefixes) {
    check(mdb_cursor_get(entries, &key, &value, MDB_NEXT));
    bytes += key.mv_size + value.mv_size + walk_prefix(slots, prefix);
  }
  mdb_cursor_close(slots);
  mdb_cursor_close(entries);
  mdb_txn_abort(transaction);
  return bytes;
}

}  // namespace syncline::bench
