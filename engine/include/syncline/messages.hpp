#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "syncline/codes.hpp"
#include "syncline/secret.hpp"

// The messages of spec/protocol.md, free of any encoding of the transport. `ops` is always the
// bytes of one batch (spec/op-format.md), not base64.

namespace syncline {

struct MetaRequest {};
struct MetaReply {
  std::int64_t time_ms = 0;
  int protocol_min = 0;
  int protocol_max = 0;
};

struct RegisterRequest {
  std::string email;
  Secret password;
};
struct LoginRequest {
  std::string email;
  Secret password;
};
struct RefreshRequest {
  Secret refresh_token;
};
struct LogoutRequest {
  Secret refresh_token;
};
struct TokensReply {
  std::string account;
  Secret access_token;
  Secret refresh_token;
  std::int64_t expires_in_s = 0;
  std::int64_t time_ms = 0;
};
struct DeleteAccountRequest {
  Secret access_token;
  Secret password;
};
// The reply to a request that answers with nothing (204).
struct EmptyReply {};

// A schema as the protocol names it.
struct SchemaId {
  std::string name;
  std::uint32_t version = 0;
  std::string digest;

  bool operator==(const SchemaId&) const = default;
};

// Collection name, or `*`, to cursor; no cursor means "not this one".
using PullCursors = std::map<std::string, std::optional<std::string>>;

struct SyncRequest {
  Secret access_token;
  std::uint64_t replica = 0;
  std::optional<SchemaId> schema;
  std::optional<std::string> push_ops;
  // Of the push: one more than that of the replica's last push of which a stamp was refused.
  std::uint64_t push_fence = 0;
  // Of the push: the replica's own number of its last op; later ops have greater ones. 0 for none.
  std::uint64_t push_through = 0;
  struct Pull {
    PullCursors cursors;
    std::optional<std::size_t> limit;  // ops of a page; without, as many as the server likes
  };
  std::optional<Pull> pull;
};

enum class Verdict : char { kApplied = 'a', kSuperseded = 's', kUnseen = 'u', kRefused = 'r' };

struct Refusal {
  std::size_t index = 0;
  Code code = Code::kInternal;
};

struct SyncReply {
  std::int64_t time_ms = 0;
  std::string epoch;
  std::string head;
  struct Push {
    std::vector<Verdict> verdicts;
    std::vector<Refusal> refused;  // ascending by index, one for each kRefused
    // The greatest push_through of this replica that had been taken before; 0 for none.
    std::uint64_t taken = 0;
  };
  std::optional<Push> push;
  struct Pull {
    std::string ops;
    std::map<std::string, std::string> cursors;
    std::uint64_t remaining = 0;
  };
  std::optional<Pull> pull;
};

struct ChangesRequest {
  Secret access_token;
  std::string cursor;
  std::string etag;  // of the last reply; empty for none
};
struct ChangesReply {
  bool changed = false;  // false: the server answered "not modified", and only `etag` is set
  std::string etag;
  std::string head;
  std::int64_t time_ms = 0;
  std::uint64_t pending = 0;
};

using Request = std::variant<MetaRequest, RegisterRequest, LoginRequest, RefreshRequest,
                             LogoutRequest, DeleteAccountRequest, SyncRequest, ChangesRequest>;
using Reply = std::variant<MetaReply, TokensReply, EmptyReply, SyncReply, ChangesReply>;

}  // namespace syncline
