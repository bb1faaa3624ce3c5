#pragma once

#include <memory>
#include <string>
#include <utility>

#include "syncline/https_transport.hpp"
#include "tests/transports/tls_server.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

inline HttpsOptions options_for(const TlsServer& server, std::string_view host = "localhost") {
  HttpsOptions options;
  options.base_url = server.url(host);
  options.ca_file = certificates().authority;
  options.connect_deadline = kPatience;
  options.idle_deadline = kPatience;
  options.keep_alive_max = kPatience;
  return options;
}

inline std::unique_ptr<Transport> connect(const TlsServer& server) {
  return make_https_transport(options_for(server)).value();
}

// A script that answers every request with these bytes.
inline TlsServer::Script always(std::string reply, Then then = Then::kKeepConnection) {
  return [reply = std::move(reply), then](Peer& peer, const HttpIn&) {
    return peer.write(reply) ? then : Then::kClose;
  };
}

// What a new transport makes of a server that answers a request with these bytes.
inline TransportReply outcome_of(std::string reply, Then then = Then::kKeepConnection,
                                 Request request = MetaRequest{}) {
  const TlsServer server(always(std::move(reply), then));
  return ask(*connect(server), std::move(request));
}

}  // namespace syncline::test
