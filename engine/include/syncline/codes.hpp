#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Every error code of the engine and the protocol, as spec/codes.json lists them; a test holds the
// two lists to each other. The names are frozen: they travel on the wire and are stored on disk.

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): one list has to serve the enum and its names.
#define SYNCLINE_CODES(X)                                \
  X(kKeyMalformed, "key_malformed")                      \
  X(kKeyTooLong, "key_too_long")                         \
  X(kValueMalformed, "value_malformed")                  \
  X(kValueTooLarge, "value_too_large")                   \
  X(kValueTooDeep, "value_too_deep")                     \
  X(kValueNotFinite, "value_not_finite")                 \
  X(kStringNotUtf8, "string_not_utf8")                   \
  X(kNumberOutOfRange, "number_out_of_range")            \
  X(kBatchMalformed, "batch_malformed")                  \
  X(kBatchTooLarge, "batch_too_large")                   \
  X(kTransactionTooLarge, "transaction_too_large")       \
  X(kStampInFuture, "stamp_in_future")                   \
  X(kClockExhausted, "clock_exhausted")                  \
  X(kTypeMismatch, "type_mismatch")                      \
  X(kWrongStrategy, "wrong_strategy")                    \
  X(kCounterOverflow, "counter_overflow")                \
  X(kStrategyMissing, "strategy_missing")                \
  X(kStrategyFailed, "strategy_failed")                  \
  X(kSchemaInvalid, "schema_invalid")                    \
  X(kSchemaChanged, "schema_changed")                    \
  X(kJsonMalformed, "json_malformed")                    \
  X(kNotFound, "not_found")                              \
  X(kInvalidArgument, "invalid_argument")                \
  X(kStoreMissing, "store_missing")                      \
  X(kStoreExists, "store_exists")                        \
  X(kStoreLocked, "store_locked")                        \
  X(kStoreFormatUnsupported, "store_format_unsupported") \
  X(kStoreCorrupt, "store_corrupt")                      \
  X(kStoreFull, "store_full")                            \
  X(kStoreIo, "store_io")                                \
  X(kNetworkUnreachable, "network_unreachable")          \
  X(kCertificateUntrusted, "certificate_untrusted")      \
  X(kDeadlineExceeded, "deadline_exceeded")              \
  X(kCancelled, "cancelled")                             \
  X(kResponseMalformed, "response_malformed")            \
  X(kResponseTooLarge, "response_too_large")             \
  X(kUnexpectedContentType, "unexpected_content_type")   \
  X(kUnexpectedStatus, "unexpected_status")              \
  X(kRedirectRefused, "redirect_refused")                \
  X(kNotLoggedIn, "not_logged_in")                       \
  X(kIndexNotBuilt, "index_not_built")                   \
  X(kUnknownMember, "unknown_member")                    \
  X(kValidationFailed, "validation_failed")              \
  X(kProtocolUnsupported, "protocol_unsupported")        \
  X(kCursorMalformed, "cursor_malformed")                \
  X(kTokenMissing, "token_missing")                      \
  X(kTokenInvalid, "token_invalid")                      \
  X(kTokenExpired, "token_expired")                      \
  X(kRefreshInvalid, "refresh_invalid")                  \
  X(kCredentialsInvalid, "credentials_invalid")          \
  X(kEmailTaken, "email_taken")                          \
  X(kPushOutdated, "push_outdated")                      \
  X(kMethodNotAllowed, "method_not_allowed")             \
  X(kUnsupportedMediaType, "unsupported_media_type")     \
  X(kBodyTooLarge, "body_too_large")                     \
  X(kRateLimited, "rate_limited")                        \
  X(kBusy, "busy")                                       \
  X(kInternal, "internal")                               \
  /* end of the list */

namespace syncline {

enum class Code : std::uint8_t {
#define SYNCLINE_CODE(identifier, name) identifier,
  SYNCLINE_CODES(SYNCLINE_CODE)
#undef SYNCLINE_CODE
};

// The code's name in spec/codes.json. The view is valid forever.
[[nodiscard]] std::string_view code_name(Code code);

// The code with this name, or nothing.
[[nodiscard]] std::optional<Code> code_from_name(std::string_view name);

// Whether doing the same again later may succeed.
[[nodiscard]] bool code_retryable(Code code);

}  // namespace syncline
