#include "tests/transports/protocol_face.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <zlib.h>

#include <boost/json.hpp>

#include "base64.hpp"
#include "digest.hpp"
#include "syncline/limits.hpp"

namespace syncline::test {
namespace {

namespace json = boost::json;

constexpr std::size_t kCompressAboveBytes = 1024;

std::string text(const json::value& value, std::string_view name) {
  return std::string(value.at(name).as_string());
}

Secret secret(const json::value& value, std::string_view name) {
  return Secret(value.at(name).as_string());
}

Secret bearer(const HttpIn& request) {
  const std::string_view header = request["Authorization"];
  constexpr std::string_view kScheme = "Bearer ";
  return header.starts_with(kScheme) ? Secret(header.substr(kScheme.size())) : Secret();
}

SyncRequest sync_request(const HttpIn& request, const json::value& body) {
  SyncRequest sync;
  sync.access_token = bearer(request);
  if (body.at("protocol").as_int64() != 1) throw std::invalid_argument("protocol");
  const auto replica = text(body, "replica");
  if (replica.size() != 16) throw std::invalid_argument("replica");
  std::from_chars(replica.data(), replica.data() + replica.size(), sync.replica, 16);
  const auto& members = body.as_object();
  if (const auto* push = members.if_contains("push")) {
    sync.push_fence = push->at("fence").to_number<std::uint64_t>();
    const auto* through = push->as_object().if_contains("through");
    if (through != nullptr) sync.push_through = through->to_number<std::uint64_t>();
    sync.push_ops = https::decode_base64(text(*push, "ops")).value();
  }
  if (const auto* schema = members.if_contains("schema")) {
    sync.schema = SchemaId{text(*schema, "name"), schema->at("version").to_number<std::uint32_t>(),
                           text(*schema, "digest")};
  }
  if (const auto* pull = members.if_contains("pull")) {
    auto& wanted = sync.pull.emplace();
    for (const auto& member : pull->at("cursors").as_object()) {
      auto& cursor = wanted.cursors[std::string(member.key())];
      if (!member.value().is_null()) cursor = member.value().as_string();
    }
    const auto* limit = pull->as_object().if_contains("limit");
    if (limit != nullptr) wanted.limit = limit->to_number<std::size_t>();
  }
  return sync;
}

std::string percent_decode(std::string_view encoded) {
  std::string decoded;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(encoded[i]);
    if (encoded[i] == '%') {
      std::from_chars(encoded.data() + i + 1, encoded.data() + i + 3, byte, 16);
      i += 2;
    }
    decoded += static_cast<char>(byte);
  }
  return decoded;
}

Request parse_request(const HttpIn& request) {
  const auto call =
      std::string(request.method_string()) + " " + std::string(std::string_view(request.target()));
  if (call == "GET /v1/meta") return MetaRequest{};
  constexpr std::string_view kChanges = "GET /v1/changes?cursor=";
  if (call.starts_with(kChanges)) {
    return ChangesRequest{bearer(request), percent_decode(call.substr(kChanges.size())),
                          std::string(std::string_view(request["If-None-Match"]))};
  }
  if (std::string_view(request["Content-Type"]) != "application/json") {
    throw std::invalid_argument("content type");
  }
  const auto body = json::parse(request.body());
  if (call == "POST /v1/account/register") {
    return RegisterRequest{text(body, "email"), secret(body, "password")};
  }
  if (call == "POST /v1/account/login") {
    return LoginRequest{text(body, "email"), secret(body, "password")};
  }
  if (call == "POST /v1/account/refresh") return RefreshRequest{secret(body, "refresh_token")};
  if (call == "POST /v1/account/logout") return LogoutRequest{secret(body, "refresh_token")};
  if (call == "DELETE /v1/account") {
    return DeleteAccountRequest{bearer(request), secret(body, "password")};
  }
  if (call == "POST /v1/sync") return sync_request(request, body);
  throw std::invalid_argument("no such path");
}

json::value to_json(const MetaReply& reply) {
  return {{"service", "syncline"},
          {"protocol", {{"min", reply.protocol_min}, {"max", reply.protocol_max}}},
          {"time", reply.time_ms},
          {"limits", {{"body_bytes", kRequestBytesMax}}}};
}
json::value to_json(const TokensReply& reply) {
  return {{"account", reply.account},
          {"access_token", reply.access_token.reveal()},
          {"refresh_token", reply.refresh_token.reveal()},
          {"expires_in", reply.expires_in_s},
          {"time", reply.time_ms}};
}
json::value to_json(const EmptyReply&) { return nullptr; }
json::value to_json(const SyncReply& reply) {
  json::object body{{"time", reply.time_ms}, {"epoch", reply.epoch}, {"head", reply.head}};
  if (reply.push) {
    std::string verdicts;
    for (const auto verdict : reply.push->verdicts) verdicts += static_cast<char>(verdict);
    json::array refused;
    for (const auto& refusal : reply.push->refused) {
      refused.push_back({{"index", refusal.index}, {"code", code_name(refusal.code)}});
    }
    body["push"] = {{"verdicts", verdicts}, {"refused", refused}, {"taken", reply.push->taken}};
  }
  if (reply.pull) {
    json::object cursors;
    for (const auto& [name, cursor] : reply.pull->cursors) cursors[name] = cursor;
    body["pull"] = {{"ops", https::encode_base64(reply.pull->ops)},
                    {"cursors", cursors},
                    {"remaining", reply.pull->remaining}};
  }
  return body;
}
json::value to_json(const ChangesReply& reply) {
  return {{"time", reply.time_ms}, {"head", reply.head}, {"pending", reply.pending}};
}

std::string with_content(const HttpIn& request, std::string_view status, std::string_view type,
                         const std::string& body, std::string headers) {
  headers += "Cache-Control: no-store\r\n";
  headers += "Unencoded-Digest: " + https::digest_header(body).value() + "\r\n";
  const bool takes_gzip = std::string_view(request["Accept-Encoding"]) == "gzip";
  if (body.size() <= kCompressAboveBytes || !takes_gzip) {
    return http_reply(status, type, body, headers);
  }
  headers += "Content-Encoding: gzip\r\n";
  return http_reply(status, type, gzip(body), headers);
}

std::string render(const HttpIn& request, const Request& asked, const TransportReply& reply) {
  if (!reply) {
    const auto& failure = reply.error();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(failure.retry_after);
    std::string headers;
    if (seconds.count() != 0) headers = "Retry-After: " + std::to_string(seconds.count()) + "\r\n";
    json::object problem = {
        {"type", "about:blank"},           {"title", "Refused"},
        {"status", failure.status},        {"code", code_name(failure.error.code)},
        {"detail", failure.error.message}, {"retryable", code_retryable(failure.error.code)}};
    if (failure.fence != 0) problem["fence"] = failure.fence;
    return with_content(request, std::to_string(failure.status) + " Refused",
                        "application/problem+json", json::serialize(problem), headers);
  }
  std::string headers;
  if (const auto* changes = std::get_if<ChangesReply>(&*reply)) {
    headers = "ETag: " + changes->etag + "\r\n";
    if (!changes->changed) return "HTTP/1.1 304 Not Modified\r\n" + headers + "\r\n";
  }
  if (std::holds_alternative<EmptyReply>(*reply)) return "HTTP/1.1 204 No Content\r\n\r\n";
  const auto body =
      json::serialize(std::visit([](const auto& message) { return to_json(message); }, *reply));
  const bool created = std::holds_alternative<RegisterRequest>(asked);
  return with_content(request, created ? "201 Created" : "200 OK",
                      "application/json; charset=utf-8", body, headers);
}

}  // namespace

TlsServer::Script protocol_face(LoopbackServer& server) {
  return [&server](Peer& peer, const HttpIn& request) {
    if (server.silent()) {
      peer.stay_silent();
      return Then::kClose;
    }
    std::string reply;
    try {
      const auto asked = parse_request(request);
      reply = render(request, asked, server.handle(asked));
    } catch (const std::exception& error) {
      reply = http_reply("500 Fault of the test", "text/plain", error.what());
    }
    return peer.write(reply) ? Then::kKeepConnection : Then::kClose;
  };
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace syncline::test
