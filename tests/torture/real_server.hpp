#pragma once

#include <memory>
#include <string>

#include "syncline/https_transport.hpp"
#include "syncline/simulation/server.hpp"

namespace syncline::torture {

// A server that is real, with an account that all devices share. It cannot be looked into.
//
// Thread safety: none.
class RealServer final : public simulation::Server {
 public:
  // Registers a new account. Errors: invalid_argument, what registering failed with.
  [[nodiscard]] static Result<std::unique_ptr<RealServer>> enter(const HttpsOptions& options);

  std::unique_ptr<Transport> connect(Executor& executor) override;
  // Without an account where the login failed.
  Tokens log_in() override;
  [[nodiscard]] std::uint64_t logins() const { return logins_; }

 private:
  RealServer(HttpsOptions options, std::unique_ptr<Transport> way);

  [[nodiscard]] Result<Tokens> ask(Request request);

  HttpsOptions options_;
  std::unique_ptr<Transport> way_;
  std::string email_;
  std::uint64_t logins_ = 0;
};

}  // namespace syncline::torture
