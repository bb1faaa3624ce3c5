#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base_url.hpp"
#include "syncline/error.hpp"

namespace syncline::https {

// A client's context: TLS 1.2 or later, the certificate always verified against the file's
// authorities or else the system's. Errors: invalid_argument, when the file cannot be read as
// authorities.
[[nodiscard]] Result<boost::asio::ssl::context> make_tls_context(
    const std::optional<std::filesystem::path>& ca_file);

// Makes the handshake ask for this host and accept only a certificate for it, a name or an address.
[[nodiscard]] bool expect_host(SSL* ssl, const BaseUrl& base);

// Why the certificate was refused; nothing when that is not why the handshake failed.
[[nodiscard]] std::optional<std::string> certificate_fault(const SSL* ssl);

}  // namespace syncline::https
