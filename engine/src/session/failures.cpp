#include "session/failures.hpp"

namespace syncline::session {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kTooLargeStatus = 413;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;

// The statuses that are the service's last word.
constexpr bool is_permanent(int status) {
  return status == 400 || status == 404 || status == 405 || status == 409 || status == 415 ||
         status == 422;
}

// Whether the page is none of the service's: a portal, a firewall or a proxy answers with any
// status, and that says nothing about the request or the login.
constexpr bool is_foreign(Code code) {
  return code == Code::kUnexpectedStatus || code == Code::kUnexpectedContentType;
}

}  // namespace

Failure classify(const TransportError& error) {
  // Its status is that of other conflicts, which are the service's last word.
  if (is_foreign(error.error.code) || error.error.code == Code::kPushOutdated)
    return classify(error.error.code);
  if (error.status == kUnauthorized) return Failure::kAuth;
  if (error.status == kTooLargeStatus) return Failure::kTooLarge;
  if (error.status == kTooManyRequests || error.status >= kServerErrors) return Failure::kServer;
  if (is_permanent(error.status)) return Failure::kPermanent;
  return classify(error.error.code);
}

Failure classify(Code code) {
  switch (code) {
    case Code::kNetworkUnreachable:
      return Failure::kNetwork;
    case Code::kTokenMissing:
    case Code::kTokenInvalid:
    case Code::kTokenExpired:
    case Code::kRefreshInvalid:
    case Code::kNotLoggedIn:
      return Failure::kAuth;
    case Code::kBodyTooLarge:
    case Code::kBatchTooLarge:
      return Failure::kTooLarge;
    // Not the server's last word, but what a network that puts itself in between answers.
    case Code::kCertificateUntrusted:
    case Code::kRedirectRefused:
      return Failure::kServer;
    default:
      return code_retryable(code) ? Failure::kServer : Failure::kPermanent;
  }
}

Phase resting_phase(Failure failure) {
  switch (failure) {
    case Failure::kNone:
      return Phase::kIdle;
    case Failure::kNetwork:
      return Phase::kOffline;
    case Failure::kServer:
      return Phase::kBackoff;
    case Failure::kAuth:
      return Phase::kPausedAuth;
    case Failure::kTooLarge:
    case Failure::kPermanent:
      break;
  }
  return Phase::kFailed;
}

Status status_of(const ReplicationState& state, const SyncMemory& memory,
                 std::optional<Phase> running) {
  Status status;
  if (memory.enabled) {
    status.phase = running             ? *running
                   : memory.last_error ? resting_phase(classify(memory.last_error->code))
                                       : Phase::kIdle;
  }
  status.pending_ops = state.pending_ops;
  status.oldest_pending_ms = state.oldest_pending_ms;
  status.set_aside_ops = state.set_aside_ops;
  status.quarantined_ops = state.quarantined_ops;
  status.synced = status.phase == Phase::kIdle && state.complete && state.pending_ops == 0;
  status.synced_sequence = status.synced ? state.log_ops : 0;
  status.last_success_ms = memory.last_success_ms;
  status.last_error = memory.last_error;
  status.last_error_ms = memory.last_error_ms;
  return status;
}

}  // namespace syncline::session
