#pragma once

#include <string>
#include <string_view>

#include "syncline/error.hpp"

// The digest that the server sends with a reply (Unencoded-Digest, in the syntax of RFC 9530), so
// that damage which TLS does not see, at a proxy or in memory, is not taken for data.

namespace syncline::https {

// The header's value for this content: sha-256 and nothing else. Errors: internal.
[[nodiscard]] Result<std::string> digest_header(std::string_view content);

// Holds the content, decompressed, to the header. A header that is not there says nothing, nor does
// one that has no sha-256. Errors: response_malformed, internal.
[[nodiscard]] Result<void> check_digest(std::string_view header, std::string_view content);

}  // namespace syncline::https
