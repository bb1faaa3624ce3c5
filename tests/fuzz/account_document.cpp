#include "account_document.hpp"

#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto account = cli::account_from_json(fuzz::bytes_of(data, size_bytes));
  if (!account) return 0;
  fuzz::require(!account->server.empty(), "an account names its server");
  const auto written = cli::account_to_json(*account);
  const auto again = cli::account_from_json(written);
  fuzz::require(again.has_value(), "what is written can be read");
  fuzz::require(again->server == account->server && again->ca_file == account->ca_file &&
                    again->email == account->email &&
                    again->tokens.account == account->tokens.account &&
                    again->tokens.access.reveal() == account->tokens.access.reveal() &&
                    again->tokens.refresh.reveal() == account->tokens.refresh.reveal(),
                "and is the same account");
  fuzz::require(cli::account_to_json(*again) == written, "and is written as before");
  return 0;
}
