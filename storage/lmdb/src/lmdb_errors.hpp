#pragma once

#include <string>
#include <string_view>

#include "syncline/error.hpp"

namespace syncline::lmdb {

// What LMDB or the system answered (`status` is not 0), while doing what `doing` says.
[[nodiscard]] Error store_error(int status, std::string_view doing);

// A key for a person: printable characters as they are, every other byte as \xNN.
[[nodiscard]] std::string printable(std::string_view key);

}  // namespace syncline::lmdb
