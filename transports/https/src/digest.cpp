#include "digest.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>

#include "base64.hpp"

namespace syncline::https {
namespace {

constexpr std::string_view kAlgorithm = "sha-256";

Result<std::string> sha256(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), bytes.data(), &size, EVP_sha256(), nullptr) != 1) {
    return fail(Code::kInternal, "the SHA-256 of a reply cannot be computed");
  }
  return std::string(bytes.begin(), bytes.begin() + size);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_algorithm(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           c == '*';
  });
}

tl::unexpected<Error> malformed() {
  return fail(Code::kResponseMalformed, "its digest cannot be read");
}

}  // namespace

Result<std::string> digest_header(std::string_view content) {
  auto digest = sha256(content);
  if (!digest) return digest;
  return std::string(kAlgorithm) + "=:" + encode_base64(*digest) + ":";
}

Result<void> check_digest(std::string_view header, std::string_view content) {
  // A list of algorithm=:base64:, of which no part can hold a comma.
  for (auto rest = trim(header); !rest.empty();) {
    const auto comma = rest.find(',');
    const auto member = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : trim(rest.substr(comma + 1));
    if (comma != std::string_view::npos && rest.empty()) return malformed();

    const auto equals = member.find('=');
    if (equals == std::string_view::npos) return malformed();
    const auto name = member.substr(0, equals);
    const auto value = member.substr(equals + 1);
    if (!is_algorithm(name) || value.size() < 2 || !value.starts_with(':') || !value.ends_with(':'))
      return malformed();
    const auto stated = decode_base64(value.substr(1, value.size() - 2));
    if (!stated) return malformed();
    if (name != kAlgorithm) continue;
    const auto digest = sha256(content);
    if (!digest) return fail(digest.error());
    if (*digest != *stated) {
      return fail(Code::kResponseMalformed, "it is damaged: its digest does not match");
    }
  }
  return {};
}

}  // namespace syncline::https
