#pragma once

#include <string>
#include <string_view>

#include "syncline/transport.hpp"

namespace syncline::loopback {

// The status of spec/codes.json for the errors that a server answers with.
[[nodiscard]] inline int status_of(Code code) {
  switch (code) {
    case Code::kJsonMalformed:
      return 400;
    case Code::kTokenMissing:
    case Code::kTokenInvalid:
    case Code::kTokenExpired:
    case Code::kRefreshInvalid:
    case Code::kCredentialsInvalid:
      return 401;
    case Code::kNotFound:
      return 404;
    case Code::kEmailTaken:
    case Code::kPushOutdated:
      return 409;
    case Code::kBatchTooLarge:
    case Code::kBodyTooLarge:
      return 413;
    case Code::kRateLimited:
      return 429;
    case Code::kInternal:
      return 500;
    case Code::kBusy:
      return 503;
    default:
      return 422;
  }
}

[[nodiscard]] inline tl::unexpected<TransportError> refuse(
    Code code, std::string_view detail, std::chrono::milliseconds retry_after = {}) {
  const int status = status_of(code);
  auto message = "The server answered with status " + std::to_string(status) + ": ";
  message.append(detail);
  return tl::unexpected(TransportError{{code, std::move(message)}, status, retry_after});
}

}  // namespace syncline::loopback
