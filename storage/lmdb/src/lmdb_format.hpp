#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "syncline/error.hpp"
#include "syncline/store.hpp"

struct MDB_txn;

// What the databases of an environment are and which version of that the header states.

namespace syncline::lmdb {

inline constexpr std::uint32_t kFormatVersion = 3;

// LMDB's handles of the keyspaces.
using Databases = std::array<unsigned, kKeyspaceCount>;

// Turns a store of version `from` into one of the next version, inside the transaction that opens
// it.
struct Migration {
  std::uint32_t from;
  Result<void> (*run)(MDB_txn* transaction);
};

// Runs what leads from version `found` to `current`, one version at a time.
// Errors: store_format_unsupported, which names both versions; those of the migrations.
[[nodiscard]] Result<void> upgrade(MDB_txn* transaction, std::uint32_t found, std::uint32_t current,
                                   std::span<const Migration> migrations);

// Opens the databases of a store; makes them in an environment that holds nothing, upgrades those
// of an older format. The caller commits the transaction. Errors: store_format_unsupported,
// store_corrupt, and what writing gives.
[[nodiscard]] Result<Databases> open_writable(MDB_txn* transaction);

// Writes the version that is there once more: the least that a transaction can change. Errors:
// those of writing.
[[nodiscard]] Result<void> write_version_again(MDB_txn* transaction);

// Errors: store_missing when the environment holds nothing; store_format_unsupported, also for an
// older format, because upgrading is writing; store_corrupt, store_io.
[[nodiscard]] Result<Databases> open_read_only(MDB_txn* transaction);

}  // namespace syncline::lmdb
