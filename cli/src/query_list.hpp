#pragma once

#include "command.hpp"
#include "syncline/error.hpp"
#include "syncline/query.hpp"

namespace syncline::cli {

// Prints the records that a query gives, and where to go on when there are more. An index that is
// not built yet is built first.
[[nodiscard]] Result<void> list_by_index(const Context& context, const Query& query);

}  // namespace syncline::cli
