#pragma once

#include <string>

#include "database.hpp"

namespace syncline::cli {

// A file whose text is a valid schema. Errors: store_io, schema_invalid, json_malformed; the
// message names the file and the place in it.
[[nodiscard]] Result<std::string> read_schema_file(const std::string& file);

// Opens the database for writing and makes the schema that the file held its own. Errors: those of
// open_database, schema_changed (also for an older version, which the stored one outlives).
[[nodiscard]] Result<Database> open_with_schema(const Context& context, const std::string& file,
                                                const std::string& json);

}  // namespace syncline::cli
