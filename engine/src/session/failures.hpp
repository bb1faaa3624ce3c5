#pragma once

#include <optional>

#include "session/session.hpp"
#include "syncline/replication.hpp"
#include "syncline/transport.hpp"

namespace syncline::session {

// How the session treats a failed exchange (spec/protocol.md, Errors).
[[nodiscard]] Failure classify(const TransportError& error);

// The same for what failed on this device while a reply was taken in, or for an error remembered
// from an earlier run.
[[nodiscard]] Failure classify(Code code);

// The phase in which a session that does not run any more was left by this failure.
[[nodiscard]] Phase resting_phase(Failure failure);

// The status that follows from what is stored, and from the phase of the session if one runs.
[[nodiscard]] Status status_of(const ReplicationState& state, const SyncMemory& memory,
                               std::optional<Phase> running);

}  // namespace syncline::session
