#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "syncline/error.hpp"

namespace syncline::https {

// The content of one gzip member, of which nothing may be missing or left over.
// Errors: response_malformed, response_too_large when it is more than `size_max` bytes.
[[nodiscard]] Result<std::string> gunzip(std::string_view compressed, std::size_t size_max);

}  // namespace syncline::https
