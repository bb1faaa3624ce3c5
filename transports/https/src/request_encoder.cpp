#include "request_encoder.hpp"

#include <algorithm>
#include <string_view>

#include "message_json.hpp"
#include "syncline/limits.hpp"

namespace syncline::https {
namespace {

// A line break in a header would let whoever made the value write headers of their own.
bool fit_for_header(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 15];
  }
  return encoded;
}

HttpRequest make(RequestKind kind, std::string method, std::string target, std::string body = {}) {
  HttpRequest request;
  request.kind = kind;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

struct Encoder {
  HttpRequest operator()(const MetaRequest&) const {
    return make(RequestKind::kMeta, "GET", "/v1/meta");
  }
  HttpRequest operator()(const RegisterRequest& request) const {
    return make(RequestKind::kRegister, "POST", "/v1/account/register",
                credentials_json(request.email, request.password));
  }
  HttpRequest operator()(const LoginRequest& request) const {
    return make(RequestKind::kLogin, "POST", "/v1/account/login",
                credentials_json(request.email, request.password));
  }
  HttpRequest operator()(const RefreshRequest& request) const {
    return make(RequestKind::kRefresh, "POST", "/v1/account/refresh",
                secret_json("refresh_token", request.refresh_token));
  }
  HttpRequest operator()(const LogoutRequest& request) const {
    return make(RequestKind::kLogout, "POST", "/v1/account/logout",
                secret_json("refresh_token", request.refresh_token));
  }
  HttpRequest operator()(const DeleteAccountRequest& request) const {
    auto encoded = make(RequestKind::kDeleteAccount, "DELETE", "/v1/account",
                        secret_json("password", request.password));
    encoded.bearer = request.access_token;
    return encoded;
  }
  HttpRequest operator()(const SyncRequest& request) const {
    auto encoded = make(RequestKind::kSync, "POST", "/v1/sync", sync_json(request));
    encoded.bearer = request.access_token;
    return encoded;
  }
  HttpRequest operator()(const ChangesRequest& request) const {
    auto encoded =
        make(RequestKind::kChanges, "GET", "/v1/changes?cursor=" + percent_encode(request.cursor));
    encoded.bearer = request.access_token;
    encoded.etag = request.etag;
    return encoded;
  }
};

void add_header(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<HttpRequest> encode_request(const Request& request) {
  auto encoded = std::visit(Encoder{}, request);
  if (!fit_for_header(encoded.bearer.reveal())) {
    return fail(Code::kInvalidArgument, "The access token has a character that no token has.");
  }
  if (!fit_for_header(encoded.etag)) {
    return fail(Code::kInvalidArgument, "The etag has a character that no etag has.");
  }
  if (encoded.body.size() > kRequestBytesMax) {
    return fail(Code::kBodyTooLarge, "The request is " + std::to_string(encoded.body.size()) +
                                         " bytes long, more than the " +
                                         std::to_string(kRequestBytesMax) +
                                         " that a server takes.");
  }
  return encoded;
}

std::string to_wire(const HttpRequest& request, const BaseUrl& base,
                    const std::string& user_agent) {
  std::string wire;
  // Reserved, so that no half-written copy with a token in it is left behind in freed memory.
  wire.reserve(1024 + base.path.size() + base.authority.size() + request.target.size() +
               user_agent.size() + request.bearer.reveal().size() + request.etag.size() +
               request.body.size());
  wire.append(request.method).append(" ").append(base.path).append(request.target);
  wire.append(" HTTP/1.1\r\n");
  add_header(wire, "Host", base.authority);
  add_header(wire, "User-Agent", user_agent);
  add_header(wire, "Accept", "application/json, application/problem+json");
  add_header(wire, "Accept-Encoding", "gzip");
  if (!request.bearer.empty()) {
    wire.append("Authorization: Bearer ").append(request.bearer.reveal()).append("\r\n");
  }
  if (!request.etag.empty()) add_header(wire, "If-None-Match", request.etag);
  if (!request.body.empty()) {
    add_header(wire, "Content-Type", "application/json");
    add_header(wire, "Content-Length", std::to_string(request.body.size()));
  }
  wire.append("\r\n").append(request.body);
  return wire;
}

bool repeatable(RequestKind kind) {
  switch (kind) {
    case RequestKind::kMeta:
    case RequestKind::kLogout:
    case RequestKind::kSync:
    case RequestKind::kChanges:
      return true;
    case RequestKind::kRegister:
    case RequestKind::kLogin:
    case RequestKind::kRefresh:
    case RequestKind::kDeleteAccount:
      return false;
  }
  return false;
}

}  // namespace syncline::https
