#include "digest.hpp"
#include "reply_decoder.hpp"
#include "syncline/batch.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t kKindCount = 8;
constexpr std::uint8_t kGzip = 0x08;
constexpr std::uint8_t kProblem = 0x10;
constexpr std::uint8_t kCreated = 0x20;
constexpr std::uint8_t kDigest = 0x40;
constexpr std::uint8_t kDigestLine = 0x80;

// The first byte says what was asked and how the reply is wrapped; the rest is its body, or a line
// with its digest and then its body.
https::HttpReply reply_of(std::uint8_t choice, std::string_view body) {
  https::HttpReply reply;
  const bool problem = (choice & kProblem) != 0;
  reply.status = problem ? 422 : (choice & kCreated) != 0 ? 201 : 200;
  reply.content_type = problem ? "application/problem+json" : "application/json";
  if ((choice & kGzip) != 0) reply.content_encoding = "gzip";
  reply.etag = "\"e.1\"";
  if ((choice & kDigestLine) != 0) {
    const auto end = body.find('\n');
    reply.digest = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  reply.body = body;
  return reply;
}

// With its own digest a plain reply is what it was without, and no bit of it can be another.
void check_digest(const https::ReplyContext& context, https::HttpReply reply, std::uint8_t choice) {
  reply.digest.clear();
  const bool without = https::decode_reply(context, reply).has_value();
  reply.digest = https::digest_header(reply.body).value();
  fuzz::require(https::decode_reply(context, reply).has_value() == without,
                "the right digest changes nothing");
  if (!without || reply.body.empty()) return;
  const std::size_t at = choice * reply.body.size() / 256;
  reply.body[at] = static_cast<char>(reply.body[at] ^ (1 << choice % 8));
  fuzz::require(!https::decode_reply(context, reply), "a flipped bit is an error");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  if (size_bytes == 0) return 0;
  https::ReplyContext context;
  context.kind = static_cast<https::RequestKind>(data[0] % kKindCount);
  context.server = "example.org";
  const std::string_view body = fuzz::bytes_of(data, size_bytes).substr(1);
  const auto sent = reply_of(data[0], body);
  const auto reply = https::decode_reply(context, sent);
  if ((data[0] & kDigest) != 0 && (data[0] & kGzip) == 0)
    check_digest(context, sent, data[size_bytes - 1]);
  if (!reply) {
    fuzz::require(!reply.error().error.message.empty(), "an error says what is wrong");
    return 0;
  }
  if (const auto* sync = std::get_if<SyncReply>(&*reply); sync != nullptr && sync->push) {
    std::size_t refused = 0;
    for (const Verdict verdict : sync->push->verdicts)
      refused += verdict == Verdict::kRefused ? 1 : 0;
    fuzz::require(refused == sync->push->refused.size(), "each refusal has its code");
  }
  return 0;
}
