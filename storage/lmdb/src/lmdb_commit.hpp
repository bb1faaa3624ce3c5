#pragma once

#include "lmdb_format.hpp"
#include "syncline/store.hpp"

struct MDB_txn;

namespace syncline::lmdb {

// Whether the batch can be written at all. Errors: invalid_argument.
[[nodiscard]] Result<void> check_batch(const StoreBatch& batch);

// Makes the changes of a batch that passed check_batch in a write transaction, and answers the
// first status of LMDB that is not 0.
[[nodiscard]] int write_batch(MDB_txn* transaction, const Databases& databases,
                              const StoreBatch& batch);

}  // namespace syncline::lmdb
