#pragma once

#include <memory>
#include <optional>
#include <string>

#include "command.hpp"
#include "syncline/environment.hpp"
#include "syncline/lmdb_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/store.hpp"

namespace syncline::cli {

// An open database with what it stands on.
struct Database {
  std::unique_ptr<WallClock> wall;
  std::unique_ptr<Random> random;
  std::unique_ptr<Store> store;
  std::unique_ptr<Replica> replica;
};

enum class Access { kRead, kWrite, kCreate };

// How the store in the context's directory is opened.
[[nodiscard]] LmdbOptions store_options(const Context& context, Access access);

// Opens the database in the context's directory. With kRead it may be open for writing elsewhere.
// Errors: store_missing, store_locked, store_exists (kCreate), those of the store.
[[nodiscard]] Result<Database> open_database(const Context& context, Access access,
                                             std::optional<std::string> schema_json = {});

// The whole of a file. Errors: store_io, naming the file.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace syncline::cli
