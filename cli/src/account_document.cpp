#include "account_document.hpp"

#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

std::string text_of(const Value::Object& members, std::string_view name) {
  const auto found = members.find(name);
  const auto* text = found == members.end() ? nullptr : found->second.if_string();
  return text == nullptr ? std::string() : *text;
}

}  // namespace

std::string account_to_json(const Account& account) {
  return value_to_json(Value(Value::Object{{"server", Value(account.server)},
                                           {"ca", Value(account.ca_file)},
                                           {"email", Value(account.email)},
                                           {"account", Value(account.tokens.account)},
                                           {"access", Value(account.tokens.access.reveal())},
                                           {"refresh", Value(account.tokens.refresh.reveal())}}));
}

std::optional<Account> account_from_json(std::string_view text) {
  const auto value = value_from_json(text);
  const auto* members = value ? value->if_object() : nullptr;
  if (members == nullptr || text_of(*members, "server").empty()) return std::nullopt;
  return Account{text_of(*members, "server"), text_of(*members, "ca"), text_of(*members, "email"),
                 Tokens{text_of(*members, "account"), Secret(text_of(*members, "access")),
                        Secret(text_of(*members, "refresh"))}};
}

}  // namespace syncline::cli
