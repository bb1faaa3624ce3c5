#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "syncline/environment.hpp"
#include "syncline/transport.hpp"

namespace syncline::loopback {

template <typename T>
using Answer = tl::expected<T, TransportError>;

// Accounts and their tokens. A value: a copy is a backup.
//
// Thread safety: none.
class Accounts {
 public:
  [[nodiscard]] Answer<TokensReply> enroll(const RegisterRequest& request, std::int64_t now_ms,
                                           Random& random);
  [[nodiscard]] Answer<TokensReply> login(const LoginRequest& request, std::int64_t now_ms,
                                          Random& random);
  [[nodiscard]] Answer<TokensReply> refresh(const RefreshRequest& request, std::int64_t now_ms,
                                            Random& random);
  void logout(const LogoutRequest& request);
  // Removes the account of the token, or finds it removed already; gives its name.
  [[nodiscard]] Answer<std::string> remove(const DeleteAccountRequest& request,
                                           std::int64_t now_ms);

  // The account that an access token speaks for.
  [[nodiscard]] Answer<std::string> authenticate(const Secret& access_token,
                                                 std::int64_t now_ms) const;
  void expire_access_tokens();
  [[nodiscard]] std::optional<std::string> find(std::string_view email) const;

 private:
  struct Account {
    std::string id;
    Secret password;
  };
  struct AccessToken {
    std::string account;
    std::int64_t expires_ms = 0;
    bool gone = false;  // the account, and this token is good for nothing but to be told so
  };
  struct RefreshToken {
    std::string account;
    std::uint64_t family = 0;
    std::int64_t expires_ms = 0;
    bool used = false;      // replaced, or spent because its predecessor was replaced again
    std::string successor;  // the last one that it was replaced by; none when it is spent
  };
  struct Failures {
    std::int64_t since_ms = 0;
    int count = 0;
  };

  [[nodiscard]] TokensReply issue(const std::string& account, std::uint64_t family,
                                  std::int64_t now_ms, Random& random);
  void revoke_family(std::uint64_t family);
  [[nodiscard]] Answer<void> check_rate(const std::string& email, std::int64_t now_ms) const;
  void count_failure(const std::string& email, std::int64_t now_ms);

  std::map<std::string, Account, std::less<>> by_email_;
  std::map<std::string, AccessToken, std::less<>> access_tokens_;
  std::map<std::string, RefreshToken, std::less<>> refresh_tokens_;
  std::map<std::string, Failures> failures_;
};

}  // namespace syncline::loopback
