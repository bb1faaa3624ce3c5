#pragma once

#include <filesystem>
#include <optional>

#include "account_document.hpp"
#include "syncline/tokens.hpp"

namespace syncline::cli {

// Keeps the account in a file of the database's directory that only its user can read.
class TokenFile final : public TokenStore {
 public:
  explicit TokenFile(const std::filesystem::path& data)
      : path_(data / "account.json"), next_(data / "account.json.next") {}

  Result<std::optional<Tokens>> load() override;
  Result<void> save(const Tokens& tokens) override;

  // Nothing if no one is logged in. Errors: store_io, store_corrupt.
  [[nodiscard]] Result<std::optional<Account>> load_account() const;
  // Errors: store_io.
  [[nodiscard]] Result<void> save_account(const Account& account) const;
  // With what an interrupted save left behind, and returns when no token is on the disk any more.
  // Errors: store_io.
  [[nodiscard]] Result<void> remove() const;

 private:
  std::filesystem::path path_;
  std::filesystem::path next_;  // becomes the other when it is whole
};

}  // namespace syncline::cli
