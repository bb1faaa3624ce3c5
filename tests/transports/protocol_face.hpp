#pragma once

#include "syncline/loopback_server.hpp"
#include "tests/transports/tls_server.hpp"

namespace syncline::test {

// A script that speaks the protocol's HTTP and JSON for a loopback server.
[[nodiscard]] TlsServer::Script protocol_face(LoopbackServer& server);

// The bytes as one gzip member.
[[nodiscard]] std::string gzip(std::string_view bytes);

}  // namespace syncline::test
