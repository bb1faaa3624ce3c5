#pragma once

#include <span>

#include "device.hpp"
#include "measurement.hpp"
#include "settings.hpp"

namespace syncline::bench {

// Seconds for bare exchanges with the same server over one kept connection, its handshake
// included: as many requests, each with as many bytes as the exchange had in its larger direction.
// They go to a path whose body is read and found wrong, so that the web server, FastCGI, the
// framework and its JSON parser do their work, and no database or merge does. A body stays within
// what the server takes; what is beyond goes into the next one.
[[nodiscard]] double exchange_raw(const Settings& settings, std::span<const Exchange> exchanges);

}  // namespace syncline::bench
