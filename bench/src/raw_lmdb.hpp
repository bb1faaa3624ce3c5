#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <lmdb.h>
#include <span>
#include <string_view>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/store.hpp"

namespace syncline::bench {

// LMDB alone, as durable as the store: the flags are the store's, and every commit is on the disk
// when it returns. It writes what a recorded commit wrote, with nothing around it: no checksums, no
// merge, no reading, no observers.
//
// Thread safety: what reads may be called from any thread, also while one writes.
class RawLmdb {
 public:
  explicit RawLmdb(const std::filesystem::path& directory);
  RawLmdb(const RawLmdb&) = delete;
  RawLmdb& operator=(const RawLmdb&) = delete;
  ~RawLmdb();

  // One transaction a commit, one mdb_put or mdb_del a change, in the recorded order. Of the meta
  // entries nothing is written, unless a commit has nothing else.
  void replay(std::span<const StoreBatch> commits);

  // Looks up the slot of each op and compares its stamp with the op's; answers how many of them
  // the ops would replace.
  [[nodiscard]] std::size_t compare(std::span<const Op> ops);

  // The bytes of all slots whose key begins so: a read transaction and a cursor of its own.
  [[nodiscard]] std::size_t read_prefix(std::string_view prefix);

  // The bytes of all entries of indexes, one after the other, and with each those of all slots of
  // the record that it is of, whose keys begin so: one read transaction and two cursors.
  [[nodiscard]] std::size_t read_by_index(std::span<const std::string> prefixes);

 private:
  void write(MDB_txn* transaction, const StoreBatch::Change& change);
  [[nodiscard]] MDB_cursor* open_cursor(MDB_txn* transaction, Keyspace keyspace);

  MDB_env* environment_ = nullptr;
  std::array<MDB_dbi, kKeyspaceCount> databases_{};
};

}  // namespace syncline::bench
