#pragma once

#include <string>
#include <vector>

#include "checkup.hpp"
#include "syncline/environment.hpp"

namespace syncline::cli {

// How much a finding matters: a fault keeps the database from being what it should be, a warning
// may become one, a note is good to know.
enum class Level { kFault, kWarning, kNote };
[[nodiscard]] std::string_view level_name(Level level);

// One thing that the doctor has to say.
struct Finding {
  Level level = Level::kNote;
  std::string name;    // for scripts, in snake_case
  std::string what;    // in plain words
  std::string remedy;  // what can be done about it; empty where nothing has to be
};

// What an error that keeps the database from being looked at means.
[[nodiscard]] Finding explain(const Error& error);

// All that there is to say about a database that was looked at. Errors: store_io.
[[nodiscard]] Result<std::vector<Finding>> find(const Context& context, const Checkup& checkup,
                                                WallClock& wall);

}  // namespace syncline::cli
