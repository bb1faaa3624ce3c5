#pragma once

#include <string>

#include "http_message.hpp"
#include "syncline/transport.hpp"

namespace syncline::https {

// What a reply is the answer to.
struct ReplyContext {
  RequestKind kind = RequestKind::kMeta;
  std::string server;     // named in messages
  std::string etag_sent;  // of a changes request; empty for none
};

// The message or error that a whole reply stands for. No reply, however damaged, makes it fail
// otherwise.
[[nodiscard]] TransportReply decode_reply(const ReplyContext& context, const HttpReply& reply);

}  // namespace syncline::https
