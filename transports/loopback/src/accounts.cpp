#include "accounts.hpp"

#include <algorithm>

#include "server_error.hpp"
#include "syncline/stamp.hpp"

namespace syncline::loopback {
namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kPasswordBytesMin = 10;
constexpr std::size_t kPasswordBytesMax = 256;
constexpr std::int64_t kAccessTokenSeconds = 15 * 60;
constexpr std::int64_t kRefreshTokenMs = 90LL * 24 * 3600 * 1000;
constexpr int kFailuresMax = 10;
constexpr std::int64_t kFailureWindowMs = 15 * 60 * 1000;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

std::string random_name(Random& random) {
  return to_hex(ReplicaId{random.next()}) + to_hex(ReplicaId{random.next()});
}

}  // namespace

Answer<TokensReply> Accounts::enroll(const RegisterRequest& request, std::int64_t now_ms,
                                     Random& random) {
  const auto email = lower(request.email);
  if (email.size() > kEmailBytesMax || email.find('@') == std::string::npos) {
    return refuse(Code::kValidationFailed, "The email is not one.");
  }
  const auto password_bytes = request.password.reveal().size();
  if (password_bytes < kPasswordBytesMin || password_bytes > kPasswordBytesMax) {
    return refuse(Code::kValidationFailed, "The password has to have 10 to 256 bytes.");
  }
  if (by_email_.contains(email)) {
    return refuse(Code::kEmailTaken, "There is an account with this email.");
  }
  const auto id = random_name(random);
  by_email_.emplace(email, Account{id, request.password});
  return issue(id, random.next(), now_ms, random);
}

Answer<TokensReply> Accounts::login(const LoginRequest& request, std::int64_t now_ms,
                                    Random& random) {
  const auto email = lower(request.email);
  if (auto allowed = check_rate(email, now_ms); !allowed) return tl::unexpected(allowed.error());
  const auto account = by_email_.find(email);
  if (account == by_email_.end() ||
      account->second.password.reveal() != request.password.reveal()) {
    count_failure(email, now_ms);
    return refuse(Code::kCredentialsInvalid, "Email or password is wrong.");
  }
  failures_.erase(email);
  return issue(account->second.id, random.next(), now_ms, random);
}

Answer<TokensReply> Accounts::refresh(const RefreshRequest& request, std::int64_t now_ms,
                                      Random& random) {
  const auto found = refresh_tokens_.find(request.refresh_token.reveal());
  if (found == refresh_tokens_.end() || found->second.expires_ms <= now_ms) {
    return refuse(Code::kRefreshInvalid, "The refresh token is not known or has expired.");
  }
  auto& token = found->second;
  if (token.used) {
    const auto successor = refresh_tokens_.find(token.successor);
    if (successor == refresh_tokens_.end() || successor->second.used) {
      revoke_family(token.family);
      return refuse(Code::kRefreshInvalid, "The refresh token was used already.");
    }
    // The reply with the successor may have been lost. Whoever shows it after all is a second
    // party.
    successor->second.used = true;
  }
  auto tokens = issue(token.account, token.family, now_ms, random);
  token.used = true;
  token.successor = tokens.refresh_token.reveal();
  return tokens;
}

void Accounts::logout(const LogoutRequest& request) {
  const auto found = refresh_tokens_.find(request.refresh_token.reveal());
  if (found != refresh_tokens_.end()) revoke_family(found->second.family);
}

Answer<std::string> Accounts::remove(const DeleteAccountRequest& request, std::int64_t now_ms) {
  const auto token = access_tokens_.find(request.access_token.reveal());
  // The reply to an earlier removal may have been lost.
  if (token != access_tokens_.end() && token->second.gone && token->second.expires_ms > now_ms) {
    return token->second.account;
  }
  auto id = authenticate(request.access_token, now_ms);
  if (!id) return id;
  const auto account =
      std::ranges::find_if(by_email_, [&](const auto& entry) { return entry.second.id == *id; });
  if (account == by_email_.end() ||
      account->second.password.reveal() != request.password.reveal()) {
    return refuse(Code::kCredentialsInvalid, "The password is wrong.");
  }
  for (auto& [text, access] : access_tokens_) access.gone |= access.account == *id;
  std::erase_if(refresh_tokens_, [&](const auto& entry) { return entry.second.account == *id; });
  by_email_.erase(account);
  return id;
}

Answer<std::string> Accounts::authenticate(const Secret& access_token, std::int64_t now_ms) const {
  if (access_token.empty()) return refuse(Code::kTokenMissing, "There is no bearer token.");
  const auto found = access_tokens_.find(access_token.reveal());
  if (found == access_tokens_.end()) {
    return refuse(Code::kTokenInvalid, "The access token is not valid.");
  }
  if (found->second.expires_ms <= now_ms) {
    return refuse(Code::kTokenExpired, "The access token has expired.");
  }
  if (found->second.gone) return refuse(Code::kTokenInvalid, "The account no longer exists.");
  return found->second.account;
}

void Accounts::expire_access_tokens() {
  for (auto& [text, token] : access_tokens_) token.expires_ms = 0;
}

std::optional<std::string> Accounts::find(std::string_view email) const {
  const auto found = by_email_.find(lower(email));
  if (found == by_email_.end()) return std::nullopt;
  return found->second.id;
}

TokensReply Accounts::issue(const std::string& account, std::uint64_t family, std::int64_t now_ms,
                            Random& random) {
  const auto access = random_name(random);
  const auto refresh = random_name(random);
  access_tokens_[access] = {account, now_ms + kAccessTokenSeconds * 1000, false};
  refresh_tokens_[refresh] = {account, family, now_ms + kRefreshTokenMs, false, {}};
  return {account, Secret(access), Secret(refresh), kAccessTokenSeconds, now_ms};
}

void Accounts::revoke_family(std::uint64_t family) {
  std::erase_if(refresh_tokens_,
                [family](const auto& entry) { return entry.second.family == family; });
}

Answer<void> Accounts::check_rate(const std::string& email, std::int64_t now_ms) const {
  const auto found = failures_.find(email);
  if (found == failures_.end() || found->second.count < kFailuresMax) return {};
  const auto wait_ms = found->second.since_ms + kFailureWindowMs - now_ms;
  if (wait_ms <= 0) return {};
  const auto seconds = std::chrono::seconds((wait_ms + 999) / 1000);
  return refuse(Code::kRateLimited, "There were too many failed attempts.", seconds);
}

void Accounts::count_failure(const std::string& email, std::int64_t now_ms) {
  auto& failures = failures_[email];
  if (now_ms - failures.since_ms >= kFailureWindowMs) failures = {now_ms, 0};
  ++failures.count;
}

}  // namespace syncline::loopback
