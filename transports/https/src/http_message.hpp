#pragma once

#include <cstdint>
#include <string>

#include "syncline/secret.hpp"

namespace syncline::https {

// The requests of the protocol, in the order of syncline::Request.
enum class RequestKind : std::uint8_t {
  kMeta,
  kRegister,
  kLogin,
  kRefresh,
  kLogout,
  kDeleteAccount,
  kSync,
  kChanges,
};

// A request before it is put on the wire.
struct HttpRequest {
  RequestKind kind = RequestKind::kMeta;
  std::string method;
  std::string target;  // below the base URL's path
  Secret bearer;       // empty for none
  std::string etag;    // for If-None-Match; empty for none
  std::string body;    // empty for none
};

// What counts of a reply. A header that was not there is empty.
struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string content_encoding;
  std::string digest;  // Unencoded-Digest
  std::string etag;
  std::string retry_after;
  std::string body;
};

}  // namespace syncline::https
