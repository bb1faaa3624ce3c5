#pragma once

#include <optional>
#include <string>
#include <vector>

// The schemas that a device of a world may be migrated between.

namespace syncline::simulation {

// One app as of one day: its versions, the newest first.
using SchemaVersions = std::vector<std::string>;

// The built-in schemas first, then the same with other rules for many of their fields: the same
// collections and names, so that what one says of a field another says otherwise.
[[nodiscard]] const std::vector<SchemaVersions>& schema_family(bool with_little_history);

// Which of the family the document is of; nothing if it is of none.
[[nodiscard]] std::optional<std::size_t> place_in(const std::vector<SchemaVersions>& family,
                                                  const std::string& document);

}  // namespace syncline::simulation
