#include "reply_decoder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "digest.hpp"
#include "gzip.hpp"
#include "member_reader.hpp"
#include "message_json.hpp"
#include "syncline/limits.hpp"

namespace syncline::https {
namespace {

constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours(24);
constexpr std::size_t kEtagBytesMax = 256;
constexpr std::size_t kShownBytesMax = 60;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Whether the header names this media type, with UTF-8 or nothing as its character set.
bool is_type(std::string_view content_type, std::string_view wanted) {
  const auto semicolon = content_type.find(';');
  if (lower(trim(content_type.substr(0, semicolon))) != wanted) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto parameter = lower(trim(content_type.substr(semicolon + 1)));
  return parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"";
}

// What came, for a message: bounded, and nothing that a terminal would act on.
std::string shown(std::string_view text) {
  if (text.empty()) return "none";
  std::string result(text.substr(0, kShownBytesMax));
  std::ranges::replace_if(
      result, [](char c) { return c < ' ' || c >= '\x7f'; }, '?');
  return "\"" + result + "\"";
}

// Only the form in seconds; a date would need a clock that both sides agree on.
std::chrono::milliseconds parse_retry_after(std::string_view header) {
  const auto text = trim(header);
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || end != text.data() + text.size()) return {};
  if (error == std::errc::result_out_of_range) return kRetryAfterMax;
  if (error != std::errc{}) return {};
  const auto most = static_cast<std::uint64_t>(kRetryAfterMax.count());
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, most)));
}

int expected_status(RequestKind kind) {
  switch (kind) {
    case RequestKind::kRegister:
      return 201;
    case RequestKind::kLogout:
    case RequestKind::kDeleteAccount:
      return 204;
    case RequestKind::kMeta:
    case RequestKind::kLogin:
    case RequestKind::kRefresh:
    case RequestKind::kSync:
    case RequestKind::kChanges:
      return 200;
  }
  return 200;
}

// What a status means by itself, when a proxy or the web server wrote the page and not the service.
Code code_of_status(int status) {
  switch (status) {
    case 413:
      return Code::kBodyTooLarge;
    case 429:
      return Code::kRateLimited;
    case 503:
      return Code::kBusy;
    default:
      return Code::kUnexpectedStatus;
  }
}

Result<std::string> decompress(const HttpReply& reply) {
  const auto encoding = lower(trim(reply.content_encoding));
  if (encoding.empty() || encoding == "identity") return reply.body;
  if (encoding == "gzip" || encoding == "x-gzip") return gunzip(reply.body, kReplyInflatedMax);
  return fail(Code::kResponseMalformed,
              "its content encoding is " + shown(encoding) + ", which was not asked for");
}

Result<std::string> decode_content(const HttpReply& reply) {
  auto content = decompress(reply);
  if (!content) return content;
  if (auto ok = check_digest(reply.digest, *content); !ok) return fail(ok.error());
  return content;
}

template <typename T>
Result<Reply> as_reply(Result<T> message) {
  if (!message) return fail(message.error());
  return Reply(*std::move(message));
}

Result<Reply> decode_body(RequestKind kind, const HttpReply& reply, std::string_view content) {
  switch (kind) {
    case RequestKind::kMeta:
      return as_reply(decode_meta(content));
    case RequestKind::kRegister:
    case RequestKind::kLogin:
    case RequestKind::kRefresh:
      return as_reply(decode_tokens(content));
    case RequestKind::kSync:
      return as_reply(decode_sync(content));
    case RequestKind::kChanges: {
      auto changes = decode_changes(content);
      const bool usable = is_token(reply.etag) && reply.etag.size() <= kEtagBytesMax;
      if (changes && usable) changes->etag = reply.etag;
      return as_reply(std::move(changes));
    }
    case RequestKind::kLogout:
    case RequestKind::kDeleteAccount:
      break;
  }
  return Reply(EmptyReply{});
}

class Decoder {
 public:
  Decoder(const ReplyContext& context, const HttpReply& reply) : context_(context), reply_(reply) {}

  [[nodiscard]] TransportReply decode() const {
    const bool not_modified = context_.kind == RequestKind::kChanges && reply_.status == 304;
    if (not_modified && !context_.etag_sent.empty()) return not_modified_reply();
    if (reply_.status == expected_status(context_.kind)) return success();
    if (reply_.status >= 300 && reply_.status < 400 && reply_.status != 304) {
      return error(Code::kRedirectRefused, "answered with a redirect (status " +
                                               std::to_string(reply_.status) +
                                               "), which is never followed; the URL may be wrong");
    }
    if (reply_.status >= 400) return failure();
    return error(Code::kUnexpectedStatus, "answered with status " + std::to_string(reply_.status) +
                                              ", which this request does not have");
  }

 private:
  [[nodiscard]] TransportReply not_modified_reply() const {
    ChangesReply changes;
    changes.etag = is_token(reply_.etag) && reply_.etag.size() <= kEtagBytesMax
                       ? reply_.etag
                       : context_.etag_sent;
    return Reply(std::move(changes));
  }

  [[nodiscard]] TransportReply success() const {
    if (reply_.status == 204) return Reply(EmptyReply{});
    if (!is_type(reply_.content_type, "application/json")) {
      return error(Code::kUnexpectedContentType,
                   "answered with the content type " + shown(reply_.content_type) +
                       " instead of application/json; this may not be a Syncline server");
    }
    const auto content = decode_content(reply_);
    if (!content) return malformed(content.error());
    auto message = decode_body(context_.kind, reply_, *content);
    if (!message) return malformed(message.error());
    return *std::move(message);
  }

  [[nodiscard]] TransportReply failure() const {
    const auto status = std::to_string(reply_.status);
    if (is_type(reply_.content_type, "application/problem+json")) {
      const auto content = decode_content(reply_);
      // What it says is not to be relied on, but its status still tells what kind of error it is.
      if (!content) return malformed(content.error());
      const auto problem = decode_problem(*content);
      if (problem) {
        const auto code = problem->code.value_or(code_of_status(reply_.status));
        const auto& detail = problem->detail;
        auto reply = error(code, "answered with status " + status + ": " +
                                     (detail.empty() ? std::string(code_name(code)) : detail));
        reply.error().fence = problem->fence;
        return reply;
      }
    }
    return error(
        code_of_status(reply_.status),
        "answered with status " + status + " and the content type " + shown(reply_.content_type));
  }

  [[nodiscard]] TransportReply malformed(const Error& what) const {
    // It names members of the reply, which may be of any length, and of anything.
    return error(what.code, "gave a reply that cannot be used: " + fit_to_show(what.message));
  }

  [[nodiscard]] TransportReply error(Code code, const std::string& what) const {
    auto message = "The server " + context_.server + " " + what;
    if (!message.ends_with('.')) message += '.';
    return tl::unexpected(TransportError{Error{code, std::move(message)}, reply_.status,
                                         parse_retry_after(reply_.retry_after)});
  }

  const ReplyContext& context_;
  const HttpReply& reply_;
};

}  // namespace

TransportReply decode_reply(const ReplyContext& context, const HttpReply& reply) {
  return Decoder(context, reply).decode();
}

}  // namespace syncline::https
