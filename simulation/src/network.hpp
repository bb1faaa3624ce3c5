#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger.hpp"
#include "syncline/environment.hpp"
#include "syncline/simulation/faults.hpp"
#include "syncline/simulation/random.hpp"
#include "syncline/simulation/server.hpp"
#include "syncline/transport.hpp"
#include "virtual_time.hpp"

namespace syncline::simulation {

// What a reply said of the time, and what the device's wall clock did around the request.
struct HeardTime {
  std::int64_t server_ms = 0;
  std::int64_t sent_ms = 0;
  std::int64_t received_ms = 0;
};

// How a device's place in the network is now.
struct Link {
  bool requests_pass = true;
  bool replies_pass = true;
  // The next request ends the process, before or after it has left.
  bool end_before_send = false;
  bool end_after_send = false;
  std::uint64_t sent = 0;        // requests of this device
  std::uint64_t arrived = 0;     // the latest of them that the server has got
  bool more = false;             // what the last reply said: the server has more
  std::vector<HeardTime> heard;  // of the replies since the last look
};

// Enters what a reply says that the server holds. Answers what is not true of it, or an empty text.
[[nodiscard]] std::string note_verdicts(Ledger& ledger, const Server& server,
                                        const Request& request, const TransportReply& reply);

// Everything between the devices of a world and its server.
//
// Thread safety: none.
class Network {
 public:
  // All must outlive it. The rates count from then on that faults are on.
  Network(VirtualTime& time, Server& server, Ledger& ledger, const FaultRates& rates,
          FaultCounts& counts, std::uint64_t seed);

  // From now on it does no harm.
  void mend() { on_ = false; }

  // The transport of one process of a device; `end` ends that process. The link and the device's
  // clock outlive it.
  [[nodiscard]] std::unique_ptr<Transport> attach(Link& link, WallClock& clock, Executor& executor,
                                                  std::function<void(Fault)> end);

  // A verdict that the server did not keep, found while replies passed; empty if none was.
  [[nodiscard]] const std::string& broken_verdict() const { return broken_verdict_; }

 private:
  friend class DeviceTransport;

  // Which faults a request meets.
  struct Fate {
    std::chrono::milliseconds there{0};  // on its way
    std::chrono::milliseconds back{0};
    bool arrives = true;
    std::optional<std::chrono::milliseconds> copy;  // how much later another one arrives
    std::optional<Fault> reply;                     // what happens to the reply
  };

  [[nodiscard]] Fate draw(const Link& link, std::chrono::milliseconds deadline);
  [[nodiscard]] bool fires(Fault fault);
  // What a client sees of a reply that met the fault.
  [[nodiscard]] TransportReply damaged(Fault fault, TransportReply reply);
  void note_verdicts(const Request& request, const TransportReply& reply);

  VirtualTime& time_;
  Server& server_;
  Ledger& ledger_;
  const FaultRates& rates_;
  FaultCounts& counts_;
  SeededRandom random_;
  bool on_ = true;
  std::string broken_verdict_;
  ProcessExecutor executor_;  // of the wire itself
  std::unique_ptr<Transport> way_;
};

}  // namespace syncline::simulation
