#pragma once

#include <string>

#include "syncline/status.hpp"

namespace syncline::cli {

// The status as one JSON object.
[[nodiscard]] std::string status_to_json(const Status& status);

// The status for people, several lines.
[[nodiscard]] std::string status_to_text(const Status& status);

}  // namespace syncline::cli
