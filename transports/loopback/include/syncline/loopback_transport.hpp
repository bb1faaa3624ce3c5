#pragma once

#include <chrono>
#include <memory>

#include "syncline/executor.hpp"
#include "syncline/loopback_server.hpp"
#include "syncline/transport.hpp"

namespace syncline {

struct LoopbackOptions {
  // How long a request takes to the server, and a reply back.
  std::chrono::milliseconds latency{0};
};

// A transport to a server in this process. What it does, it does on the executor, so that it runs
// on virtual time where that does; handlers are called there, and from the destructor what is still
// under way. Both server and executor must outlive it, the executor also what was posted to it.
//
// Traffic is what the messages would take as JSON, roughly.
[[nodiscard]] std::unique_ptr<Transport> make_loopback_transport(
    LoopbackServer& server, Executor& executor, const LoopbackOptions& options = {});

}  // namespace syncline
