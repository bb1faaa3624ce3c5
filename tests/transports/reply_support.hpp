#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "reply_decoder.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

// A reply to a push and a pull.
inline constexpr std::string_view kSync =
    R"({"time": 1700000000000, "epoch": "0123456789abcdef", "head": "0123456789abcdef.12",
        "push": {"verdicts": "arsr", "refused": [{"index": 1, "code": "stamp_in_future"},
                                                 {"index": 3, "code": "key_too_long"}], "taken": 9},
        "pull": {"ops": "AQA=", "cursors": {"*": "0123456789abcdef.12"}, "remaining": 3}})";

inline https::HttpReply reply(int status, std::string_view type, std::string_view body) {
  https::HttpReply made;
  made.status = status;
  made.content_type = type;
  made.body = body;
  return made;
}

inline TransportReply decode(https::RequestKind kind, const https::HttpReply& reply,
                             std::string etag = {}) {
  return https::decode_reply({kind, "sync.example.org", std::move(etag)}, reply);
}

inline TransportReply decode_json(https::RequestKind kind, std::string_view json) {
  return decode(kind, reply(200, "application/json", json));
}

inline std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  const auto at = result.find(what);
  BOOST_REQUIRE(at != std::string::npos);
  return result.replace(at, what.size(), with);
}

}  // namespace syncline::test
