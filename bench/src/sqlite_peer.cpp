#include "sqlite_peer.hpp"

#include <stdexcept>

#include "syncline/stamp.hpp"

namespace syncline::bench {

SqlitePeer::SqlitePeer(const std::filesystem::path& file) {
  check(sqlite3_open(file.c_str(), &database_));
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run("PRAGMA cache_size = -65536");
  run("PRAGMA mmap_size = 268435456");
  run("PRAGMA temp_store = MEMORY");
  run("CREATE TABLE slots (key BLOB PRIMARY KEY, sequence INTEGER NOT NULL, stamp BLOB NOT NULL, "
      "value BLOB NOT NULL) WITHOUT ROWID");
  run("CREATE TABLE progress (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID");
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  upsert_ = prepare(
      "INSERT INTO slots (key, sequence, stamp, value) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence, stamp = excluded.stamp, "
      "value = excluded.value WHERE excluded.stamp > stamp");
  progress_ = prepare(
      "INSERT INTO progress (name, sequence) VALUES ('*', ?1) "
      "ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence");
}

SqlitePeer::~SqlitePeer() {
  for (sqlite3_stmt* statement : {begin_, commit_, upsert_, progress_}) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

void SqlitePeer::merge_page(std::span<const Op> ops) {
  step(begin_);
  for (const Op& op : ops) {
    const std::string& key = op.key.bytes();
    const std::string stamp = encode_stamp(op.stamp);
    sqlite3_bind_blob(upsert_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    sqlite3_bind_int64(upsert_, 2, ++sequence_);
    sqlite3_bind_blob(upsert_, 3, stamp.data(), static_cast<int>(stamp.size()), SQLITE_STATIC);
    sqlite3_bind_blob(upsert_, 4, op.value.data(), static_cast<int>(op.value.size()),
                      SQLITE_STATIC);
    step(upsert_);
  }
  sqlite3_bind_int64(progress_, 1, sequence_);
  step(progress_);
  step(commit_);
}

void SqlitePeer::run(const char* sql) {
  check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr));
}

sqlite3_stmt* SqlitePeer::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
  return statement;
}

void SqlitePeer::step(sqlite3_stmt* statement) {
  const int status = sqlite3_step(statement);
  if (status != SQLITE_DONE) check(status);
  sqlite3_reset(statement);
}

void SqlitePeer::check(int status) const {
  if (status != SQLITE_OK)
    throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(database_));
}

}  // namespace syncline::bench
