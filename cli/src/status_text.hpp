#pragma once

#include <string>

#include "syncline/status.hpp"

namespace syncline::cli {

// The status as one JSON object.
[[nodiscard]] std::string status_to_json(const Status& status);

// The status for people, several lines.
[[nodiscard]] std::string status_to_text(const Status& status);

// Whether an exchange that failed with this code needs a new login.
[[nodiscard]] bool is_about_login(Code code);

}  // namespace syncline::cli
