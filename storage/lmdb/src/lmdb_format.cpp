#include "lmdb_format.hpp"

#include <algorithm>
#include <lmdb.h>
#include <string>
#include <string_view>

#include "lmdb_checksum.hpp"
#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

static_assert(sizeof(MDB_dbi) == sizeof(unsigned));

constexpr std::string_view kFormatKey = "format";
constexpr std::size_t kVersionBytes = 4;

MDB_val view(std::string_view text) {
  // LMDB's type is not const, but what is passed to look something up is only read.
  return {text.size(), const_cast<char*>(text.data())};  // NOLINT(*-const-cast)
}

Result<MDB_dbi> open_database(MDB_txn* transaction, std::uint8_t database, unsigned flags) {
  const std::string name(database_name(database));
  MDB_dbi handle = 0;
  const int status = mdb_dbi_open(transaction, name.c_str(), flags, &handle);
  if (status == MDB_NOTFOUND) {
    return fail(Code::kStoreCorrupt, "the store has lost its database " + name);
  }
  if (status != 0) return fail(store_error(status, "open the database " + name));
  return handle;
}

// Version 2 has indexes.
Result<void> add_indexes(MDB_txn* transaction) {
  const auto keyspace = static_cast<std::uint8_t>(Keyspace::kIndexes);
  const Result<MDB_dbi> handle = open_database(transaction, keyspace, MDB_CREATE);
  if (!handle) return fail(handle.error());
  return {};
}

// Version 3 has entries that a program of version 2 could not read.
Result<void> change_nothing(MDB_txn*) { return {}; }

// Oldest first.
constexpr std::array<Migration, 2> kMigrations{{{1, add_indexes}, {2, change_nothing}}};

Result<Databases> open_keyspaces(MDB_txn* transaction, unsigned flags) {
  Databases databases{};
  for (std::uint8_t keyspace = 0; keyspace < kKeyspaceCount; ++keyspace) {
    const Result<MDB_dbi> handle = open_database(transaction, keyspace, flags);
    if (!handle) return fail(handle.error());
    databases.at(keyspace) = *handle;
  }
  return databases;
}

Result<bool> holds_nothing(MDB_txn* transaction) {
  MDB_dbi main = 0;
  if (const int status = mdb_dbi_open(transaction, nullptr, 0, &main); status != 0) {
    return fail(store_error(status, "open the list of databases"));
  }
  MDB_stat statistics{};
  if (const int status = mdb_stat(transaction, main, &statistics); status != 0) {
    return fail(store_error(status, "read the list of databases"));
  }
  return statistics.ms_entries == 0;
}

Result<void> write_version(MDB_txn* transaction, std::uint32_t version) {
  const Result<MDB_dbi> header = open_database(transaction, kHeaderDatabase, MDB_CREATE);
  if (!header) return fail(header.error());
  std::string value;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) value += static_cast<char>(version >> shift);
  std::string stored(kChecksumBytes + value.size(), '\0');
  write_checked(kHeaderDatabase, kFormatKey, value, stored.data());
  MDB_val key = view(kFormatKey);
  MDB_val data = view(stored);
  if (const int status = mdb_put(transaction, *header, &key, &data, 0); status != 0) {
    return fail(store_error(status, "write the format version"));
  }
  return {};
}

Result<std::uint32_t> read_version(MDB_txn* transaction) {
  MDB_dbi header = 0;
  const std::string name(database_name(kHeaderDatabase));
  int status = mdb_dbi_open(transaction, name.c_str(), 0, &header);
  if (status == MDB_NOTFOUND || status == MDB_INCOMPATIBLE) {
    return fail(Code::kStoreFormatUnsupported, "the LMDB environment holds no Syncline store");
  }
  if (status != 0) return fail(store_error(status, "open the header"));
  MDB_val key = view(kFormatKey);
  MDB_val data{};
  status = mdb_get(transaction, header, &key, &data);
  if (status == MDB_NOTFOUND) {
    return fail(Code::kStoreCorrupt, "the header of the store has lost its format version");
  }
  if (status != 0) return fail(store_error(status, "read the format version"));
  MDB_stat statistics{};
  status = mdb_stat(transaction, header, &statistics);
  if (status != 0) return fail(store_error(status, "read the header"));
  const Result<std::string_view> value =
      read_checked(kHeaderDatabase, kFormatKey,
                   {static_cast<const char*>(data.mv_data), data.mv_size}, statistics.ms_psize);
  if (!value) return fail(value.error());
  if (value->size() != kVersionBytes) {
    return fail(Code::kStoreFormatUnsupported, "the format version of the store has " +
                                                   std::to_string(value->size()) + " bytes, not 4");
  }
  std::uint32_t version = 0;
  for (const char byte : *value) version = (version << 8U) | static_cast<unsigned char>(byte);
  return version;
}

}  // namespace

Result<void> upgrade(MDB_txn* transaction, std::uint32_t found, std::uint32_t current,
                     std::span<const Migration> migrations) {
  for (std::uint32_t version = found; version != current; ++version) {
    const auto step =
        std::find_if(migrations.begin(), migrations.end(),
                     [version](const Migration& migration) { return migration.from == version; });
    if (found > current || step == migrations.end()) {
      return fail(Code::kStoreFormatUnsupported,
                  "the store has format version " + std::to_string(found) +
                      ", and this program cannot bring that to its own, version " +
                      std::to_string(current));
    }
    if (Result<void> done = step->run(transaction); !done) return done;
  }
  return {};
}

Result<Databases> open_writable(MDB_txn* transaction) {
  const Result<bool> is_new = holds_nothing(transaction);
  if (!is_new) return fail(is_new.error());
  std::uint32_t found = kFormatVersion;
  if (!*is_new) {
    const Result<std::uint32_t> version = read_version(transaction);
    if (!version) return fail(version.error());
    found = *version;
    if (Result<void> done = upgrade(transaction, found, kFormatVersion, kMigrations); !done) {
      return fail(done.error());
    }
  }
  if (*is_new || found != kFormatVersion) {
    if (Result<void> done = write_version(transaction, kFormatVersion); !done) {
      return fail(done.error());
    }
  }
  return open_keyspaces(transaction, *is_new ? MDB_CREATE : 0U);
}

Result<void> write_version_again(MDB_txn* transaction) {
  return write_version(transaction, kFormatVersion);
}

Result<Databases> open_read_only(MDB_txn* transaction) {
  const Result<bool> is_new = holds_nothing(transaction);
  if (!is_new) return fail(is_new.error());
  if (*is_new) return fail(Code::kStoreMissing, "the directory holds no store yet");
  const Result<std::uint32_t> version = read_version(transaction);
  if (!version) return fail(version.error());
  if (*version < kFormatVersion) {
    return fail(Code::kStoreFormatUnsupported,
                "the store has the older format version " + std::to_string(*version) +
                    ", and is brought to version " + std::to_string(kFormatVersion) +
                    " when it is next opened for writing");
  }
  if (Result<void> done = upgrade(transaction, *version, kFormatVersion, {}); !done) {
    return fail(done.error());
  }
  return open_keyspaces(transaction, 0);
}

}  // namespace syncline::lmdb
