#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syncline/tokens.hpp"

namespace syncline::cli {

// The account of this device: which server, and the tokens.
struct Account {
  std::string server;
  std::string ca_file;  // empty for the system's authorities
  std::string email;
  Tokens tokens;
};

// An account as the JSON document that the token file holds, and back; nothing where the text is
// none.
[[nodiscard]] std::string account_to_json(const Account& account);
[[nodiscard]] std::optional<Account> account_from_json(std::string_view text);

}  // namespace syncline::cli
