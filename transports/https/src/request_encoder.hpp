#pragma once

#include <string>

#include "base_url.hpp"
#include "http_message.hpp"
#include "syncline/error.hpp"
#include "syncline/messages.hpp"

namespace syncline::https {

// Errors: invalid_argument for a token, etag or cursor that cannot be in a request, body_too_large.
[[nodiscard]] Result<HttpRequest> encode_request(const Request& request);

// The request as HTTP/1.1 has it.
[[nodiscard]] std::string to_wire(const HttpRequest& request, const BaseUrl& base,
                                  const std::string& user_agent);

// Whether doing it twice is the same as doing it once, for the server and for whoever asked.
[[nodiscard]] bool repeatable(RequestKind kind);

}  // namespace syncline::https
