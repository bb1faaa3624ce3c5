#pragma once

#include <memory>

#include "syncline/https_transport.hpp"
#include "token_file.hpp"

namespace syncline::cli {

// The transport to an account's server. Errors: invalid_argument.
[[nodiscard]] inline Result<std::unique_ptr<Transport>> connect(const Account& account) {
  HttpsOptions options;
  options.base_url = account.server;
  if (!account.ca_file.empty()) options.ca_file = account.ca_file;
  return make_https_transport(options);
}

}  // namespace syncline::cli
