#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/transport.hpp"

namespace syncline {

struct HttpsOptions {
  // Where the server is: `https://host[:port][/path]`. The paths of the protocol go below it.
  std::string base_url;
  // A PEM file of the authorities to trust, in place of the system's.
  std::optional<std::filesystem::path> ca_file;
  // How long looking up the name, each address that is tried, and the TLS handshake may take.
  std::chrono::milliseconds connect_deadline{10'000};
  // How long the connection may stand still while a request is sent or a reply is awaited.
  std::chrono::milliseconds idle_deadline{30'000};
  // A connection that was not used for longer is not used again.
  std::chrono::milliseconds keep_alive_max{15'000};
  std::string user_agent = "syncline/0.1";
};

// The transport over HTTPS. It has one thread of its own, on which handlers are called, and one
// connection, which is kept alive; requests go out in the order of `send`, one after the other. The
// certificate and the host name are always verified and a redirect is never followed.
//
// A kept connection may turn out to be closed by the server. A request that can be repeated without
// effect (meta, sync, changes, logout) is then sent once more on a new connection, if no byte of a
// reply had come. The others (register, login, refresh, delete account) always go out on a new
// connection and are never repeated: a second one could meet its own first one, or use up the one
// repetition that the protocol grants a refresh token, which is left to the caller.
//
// Traffic is counted at the socket, so TLS and its handshakes are part of it.
//
// A handler must not throw, and the destructor must not run within one. The destructor may have to
// wait for a name lookup of the operating system, which cannot be interrupted.
//
// Errors: invalid_argument, for a URL that is not https and a CA file that cannot be read.
[[nodiscard]] Result<std::unique_ptr<Transport>> make_https_transport(const HttpsOptions& options);

}  // namespace syncline
