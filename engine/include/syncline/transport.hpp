#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/messages.hpp"

namespace syncline {

// Names a request under way; 0 is never used.
enum class RequestId : std::uint64_t {};

// An exchange that failed. `status` is the HTTP status, 0 where there was none; `retry_after` is
// zero where the server named no time; `fence` is what push_outdated names: the least that is
// taken.
struct TransportError {
  Error error;
  int status = 0;
  std::chrono::milliseconds retry_after{0};
  std::uint64_t fence = 0;
};

using TransportReply = tl::expected<Reply, TransportError>;

// Bytes on the wire, bodies and headers, since the transport was made.
struct TransportTraffic {
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t requests = 0;
};

// The transport port: one typed request, one typed reply, as spec/protocol.md has them.
//
// Thread safety: all members may be called from any thread.
class Transport {
 public:
  using Handler = std::function<void(TransportReply)>;

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  // Cancels what is under way and waits until no handler runs any more.
  virtual ~Transport() = default;

  // Sends the request. The handler is called exactly once, on a thread of the transport's choosing,
  // never from within send: with the reply of the request's kind, or with an error when the
  // exchange failed or did not end before the deadline. A server's problem document arrives as an
  // error with its code.
  virtual RequestId send(Request request, std::chrono::milliseconds deadline, Handler handler) = 0;

  // Ends the exchange with `cancelled`, unless its handler has been called.
  virtual void cancel(RequestId request) = 0;

  [[nodiscard]] virtual TransportTraffic traffic() const = 0;
};

}  // namespace syncline
