#pragma once

#include <optional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/secret.hpp"

namespace syncline {

// What a login gave.
struct Tokens {
  std::string account;
  Secret access;
  Secret refresh;
};

// Where an app keeps its tokens: the platform's key store, or a file that only its user can read.
//
// Thread safety: used by one thread at a time: by the executor's, and in the end by the one that
// destroys the Synchronizer.
class TokenStore {
 public:
  TokenStore() = default;
  TokenStore(const TokenStore&) = delete;
  TokenStore& operator=(const TokenStore&) = delete;
  virtual ~TokenStore() = default;

  // Nothing if no one is logged in. Errors: store_io, store_corrupt.
  [[nodiscard]] virtual Result<std::optional<Tokens>> load() = 0;
  // Returns when it is durable: a refresh token is used up by the exchange that gave these. Errors:
  // store_io.
  [[nodiscard]] virtual Result<void> save(const Tokens& tokens) = 0;
};

}  // namespace syncline
