#include "syncline/loopback_transport.hpp"

#include "syncline/synchronizer.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

struct Loopback {
  SettableClock clock;
  SeededRandom random;
  LoopbackServer server{clock, random};
  std::unique_ptr<Executor> executor = make_thread_executor();
  std::unique_ptr<Transport> transport = make_loopback_transport(server, *executor);
};

struct LoopbackWithLatency : Loopback {
  LoopbackWithLatency() {
    transport = make_loopback_transport(server, *executor, {.latency = 1ms});
  }
};

using TransportsUnderTest = std::tuple<Loopback, LoopbackWithLatency>;

}  // namespace syncline::test

#include "tests/transports/transport_contract.hpp"
