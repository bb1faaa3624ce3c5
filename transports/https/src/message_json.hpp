#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/messages.hpp"

// The JSON of spec/protocol.md. Decoding is strict about the members that count and passes over
// those it does not know. The messages of its errors say what is wrong with the reply, as the end
// of a sentence.

namespace syncline::https {

[[nodiscard]] std::string credentials_json(std::string_view email, const Secret& password);
[[nodiscard]] std::string secret_json(std::string_view member, const Secret& secret);
[[nodiscard]] std::string sync_json(const SyncRequest& request);

// Errors of all four: response_malformed.
[[nodiscard]] Result<MetaReply> decode_meta(std::string_view json);
[[nodiscard]] Result<TokensReply> decode_tokens(std::string_view json);
[[nodiscard]] Result<SyncReply> decode_sync(std::string_view json);
// Leaves the etag, which is a header, to the caller.
[[nodiscard]] Result<ChangesReply> decode_changes(std::string_view json);

// What counts of a problem document (RFC 9457).
struct Problem {
  std::optional<Code> code;  // nothing when it is none of those that a server gives
  std::uint64_t fence = 0;   // of push_outdated; 0 when it is none
  std::string detail;        // fit to be shown: bounded, without control characters
};

// Nothing when it is not a problem document.
[[nodiscard]] std::optional<Problem> decode_problem(std::string_view json);

// What a server says, for a message: bounded, and nothing that a terminal would act on. It is cut
// at a character's first byte, so that what is left is still UTF-8.
[[nodiscard]] std::string fit_to_show(std::string_view text);

}  // namespace syncline::https
