#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base64.hpp"
#include "message_json.hpp"
#include "wiping_resource.hpp"

namespace syncline::https {
namespace {

namespace json = boost::json;

std::string hex_replica(std::uint64_t replica) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = kHex[replica >> (4 * i) & 15U];
  return text;
}

}  // namespace

std::string credentials_json(std::string_view email, const Secret& password) {
  WipingResource memory;
  json::object body(&memory);
  body["email"] = email;
  body["password"] = password.reveal();
  return json::serialize(body);
}

std::string secret_json(std::string_view member, const Secret& secret) {
  WipingResource memory;
  json::object body(&memory);
  body[member] = secret.reveal();
  return json::serialize(body);
}

std::string sync_json(const SyncRequest& request) {
  json::object body;
  body["protocol"] = 1;
  body["replica"] = hex_replica(request.replica);
  if (request.schema) {
    body["schema"] = {{"name", request.schema->name},
                      {"version", request.schema->version},
                      {"digest", request.schema->digest}};
  }
  if (request.push_ops) {
    json::object push;
    push["fence"] = request.push_fence;
    if (request.push_through != 0) push["through"] = request.push_through;
    push["ops"] = encode_base64(*request.push_ops);
    body["push"] = std::move(push);
  }
  if (request.pull) {
    json::object cursors;
    for (const auto& [name, cursor] : request.pull->cursors) {
      cursors[name] = cursor ? json::value(*cursor) : json::value(nullptr);
    }
    json::object pull;
    pull["cursors"] = std::move(cursors);
    if (request.pull->limit) pull["limit"] = *request.pull->limit;
    body["pull"] = std::move(pull);
  }
  return json::serialize(body);
}

}  // namespace syncline::https
