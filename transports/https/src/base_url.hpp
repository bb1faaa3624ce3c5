#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "syncline/error.hpp"

namespace syncline::https {

// The parts of a base URL, as each is needed.
struct BaseUrl {
  std::string host;  // a name, or an address without brackets
  bool is_address = false;
  std::uint16_t port = 443;
  std::string path;       // percent-encoded, without a slash at its end
  std::string authority;  // for the Host header and for messages: host and, unless 443, port
};

// Errors: invalid_argument.
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view text);

}  // namespace syncline::https
