#include "lmdb_snapshot.hpp"

#include <lmdb.h>

#include "lmdb_checksum.hpp"
#include "lmdb_cursor.hpp"
#include "lmdb_errors.hpp"

namespace syncline::lmdb {

Result<std::unique_ptr<Snapshot>> LmdbSnapshot::take(std::shared_ptr<Environment> environment) {
  const Result<Environment::Reading> reading = environment->begin_read();
  if (!reading) return fail(reading.error());
  // The constructor is private, so make_unique cannot reach it.
  return std::unique_ptr<Snapshot>(new LmdbSnapshot(std::move(environment), *reading));
}

LmdbSnapshot::~LmdbSnapshot() { environment_->end_read(reading_); }

Result<std::optional<std::string_view>> LmdbSnapshot::get(Keyspace keyspace,
                                                          std::string_view key) const {
  if (key.empty()) return std::nullopt;
  MDB_val wanted{key.size(), const_cast<char*>(key.data())};  // NOLINT(*-const-cast): only read
  MDB_val found{};
  const int status = mdb_get(reading_.transaction, handle(keyspace), &wanted, &found);
  // A key beyond what LMDB can hold is a key that is not there.
  if (status == MDB_NOTFOUND || status == MDB_BAD_VALSIZE) return std::nullopt;
  const auto database = static_cast<std::uint8_t>(keyspace);
  if (status != 0) {
    return fail(store_error(
        status, "read \"" + printable(key) + "\" of " + std::string(database_name(database))));
  }
  const Result<std::string_view> value =
      read_checked(database, key, {static_cast<const char*>(found.mv_data), found.mv_size},
                   environment_->page_bytes());
  if (!value) return fail(value.error());
  return *value;
}

Result<std::unique_ptr<StoreCursor>> LmdbSnapshot::cursor(Keyspace keyspace) const {
  return LmdbCursor::open(reading_.transaction, handle(keyspace), keyspace,
                          environment_->page_bytes());
}

Result<std::uint64_t> LmdbSnapshot::count(Keyspace keyspace) const {
  MDB_stat statistics{};
  const int status = mdb_stat(reading_.transaction, handle(keyspace), &statistics);
  if (status != 0) return fail(store_error(status, "count entries"));
  return statistics.ms_entries;
}

}  // namespace syncline::lmdb
