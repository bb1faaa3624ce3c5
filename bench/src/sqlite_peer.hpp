#pragma once

#include <filesystem>
#include <span>
#include <sqlite3.h>
#include <string>

#include "syncline/batch.hpp"

namespace syncline::bench {

// The same merge in SQLite: one table of slots and one row of progress, an upsert an op that
// replaces only what is less, a transaction a page. Tuned, and as durable as LMDB: a write-ahead
// log that is synced at every commit, prepared statements, a table without row ids, a large cache.
// It keeps no log, has no checksums, and is given ops that are decoded already.
//
// Thread safety: none.
class SqlitePeer {
 public:
  explicit SqlitePeer(const std::filesystem::path& file);
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;
  ~SqlitePeer();

  void merge_page(std::span<const Op> ops);

 private:
  void run(const char* sql);
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);
  void step(sqlite3_stmt* statement);
  void check(int status) const;

  sqlite3* database_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
  sqlite3_stmt* progress_ = nullptr;
  sqlite3_int64 sequence_ = 0;
};

}  // namespace syncline::bench
