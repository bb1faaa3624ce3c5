#include <algorithm>
#include <array>

#include "digest.hpp"
#include "reply_decoder.hpp"
#include "session/failures.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t kKindCount = 8;
constexpr std::size_t kMessageBytesMax = 1'024;
constexpr auto kStatuses =
    std::to_array({200, 201, 204, 304, 301, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503, 0});
constexpr std::uint8_t kDamage = 0x80;  // also check what its digest is for

// A header: one that is usual, or a line of the input.
std::string header(std::uint8_t choice, const std::array<std::string_view, 3>& usual,
                   fuzz::Choices& input) {
  return std::string(choice < usual.size() ? usual[choice] : input.line());
}

// The first byte says what was asked and the status, the second how the reply is wrapped, two bits
// a header, and the third what else there is.
https::HttpReply reply_of(std::uint8_t status, std::uint8_t wrapping, std::uint8_t more,
                          fuzz::Choices& input) {
  https::HttpReply reply;
  reply.status = kStatuses.at(status % kStatuses.size());
  reply.content_type = header(
      wrapping & 3,
      {"application/json", "application/problem+json", "application/json; charset=utf-8"}, input);
  reply.content_encoding = header(wrapping >> 2 & 3, {"", "gzip", "identity"}, input);
  reply.etag = header(wrapping >> 4 & 3, {"", "\"e.1\"", "W/\"e.1\""}, input);
  reply.retry_after = header(wrapping >> 6 & 3, {"", "120", "99999999999999999999"}, input);
  const std::uint8_t digest = more >> 1 & 3;
  reply.digest = header(digest, {"", "sha-256=:AAAA:", ""}, input);
  reply.body = input.rest();
  if (digest == 2) reply.digest = https::digest_header(reply.body).value();
  return reply;
}

// With its own digest a plain reply is what it was without, and no bit of it can be another.
void check_digest(const https::ReplyContext& context, https::HttpReply reply, std::uint8_t choice) {
  reply.content_encoding.clear();
  reply.digest.clear();
  const auto without = https::decode_reply(context, reply);
  reply.digest = https::digest_header(reply.body).value();
  const auto with = https::decode_reply(context, reply);
  fuzz::require(with.has_value() == without.has_value(), "the right digest changes nothing");
  if (!with || reply.body.empty() || reply.status == 204 || reply.status == 304) return;
  const std::size_t at = choice * reply.body.size() / 256;
  reply.body[at] = static_cast<char>(reply.body[at] ^ (1 << choice % 8));
  fuzz::require(!https::decode_reply(context, reply), "a flipped bit is an error");
}

void check_error(const TransportError& error, const https::HttpReply& sent) {
  const std::string& message = error.error.message;
  fuzz::require(message.starts_with("The server example.org "), "an error names the server");
  fuzz::require(message.size() <= kMessageBytesMax, "and is short enough to be shown");
  fuzz::require(
      std::ranges::none_of(message, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }),
      "and has nothing that a terminal would act on");
  fuzz::require(error.status == sent.status, "its status is that of the reply");
  fuzz::require(
      error.retry_after >= std::chrono::seconds(0) && error.retry_after <= std::chrono::hours(24),
      "nobody waits for more than a day");
  const auto failure = session::classify(error);
  fuzz::require(failure != session::Failure::kNone && failure != session::Failure::kNetwork,
                "a reply is neither a success nor a network that is away");
  const bool redirects = sent.status == 301 || sent.status == 302;
  fuzz::require(redirects == (error.error.code == Code::kRedirectRefused), "redirects are refused");
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check_sync(const SyncReply& sync) {
  fuzz::require(sync.epoch.size() == 16 && is_word(sync.head), "a reply says where the server is");
  if (sync.pull) {
    for (const auto& [name, cursor] : sync.pull->cursors)
      fuzz::require(!name.empty() && is_word(cursor), "a cursor can be sent back");
  }
  if (!sync.push) return;
  std::size_t index = 0;
  auto refusal = sync.push->refused.begin();
  for (const Verdict verdict : sync.push->verdicts) {
    const bool named = refusal != sync.push->refused.end() && refusal->index == index;
    fuzz::require(named == (verdict == Verdict::kRefused), "each refusal has its code");
    if (named) ++refusal;
    ++index;
  }
  fuzz::require(refusal == sync.push->refused.end(), "and each code its refusal");
}

void check_message(const Reply& reply, const https::ReplyContext& context,
                   const https::HttpReply& sent) {
  using enum https::RequestKind;
  const auto kind = context.kind;
  fuzz::require(std::holds_alternative<MetaReply>(reply) == (kind == kMeta), "meta is meta");
  fuzz::require(std::holds_alternative<TokensReply>(reply) ==
                    (kind == kRegister || kind == kLogin || kind == kRefresh),
                "a login gives tokens");
  fuzz::require(
      std::holds_alternative<EmptyReply>(reply) == (kind == kLogout || kind == kDeleteAccount),
      "an end gives nothing");
  fuzz::require(std::holds_alternative<SyncReply>(reply) == (kind == kSync), "a sync is a sync");
  fuzz::require(std::holds_alternative<ChangesReply>(reply) == (kind == kChanges), "a look is one");
  if (const auto* sync = std::get_if<SyncReply>(&reply)) check_sync(*sync);
  if (const auto* tokens = std::get_if<TokensReply>(&reply)) {
    fuzz::require(is_word(tokens->access_token.reveal()) && is_word(tokens->refresh_token.reveal()),
                  "a token can be sent back");
  }
  if (const auto* changes = std::get_if<ChangesReply>(&reply)) {
    fuzz::require(changes->etag.empty() || is_word(changes->etag), "a tag can be sent back");
    fuzz::require(changes->changed == (sent.status == 200), "nothing changed when it says so");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  if (size_bytes < 3) return 0;
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const std::uint8_t asked = input.byte();
  const std::uint8_t wrapping = input.byte();
  const std::uint8_t more = input.byte();
  https::ReplyContext context;
  context.kind = static_cast<https::RequestKind>(asked % kKindCount);
  context.server = "example.org";
  if ((more & 1) != 0) context.etag_sent = "\"e.1\"";
  const auto sent = reply_of(asked / kKindCount, wrapping, more, input);
  const auto reply = https::decode_reply(context, sent);
  if (reply) {
    check_message(*reply, context, sent);
  } else {
    check_error(reply.error(), sent);
  }
  if ((more & kDamage) != 0) check_digest(context, sent, data[size_bytes - 1]);
  return 0;
}
