#include <algorithm>

#include "session/session.hpp"

namespace syncline::session {
namespace {

using enum Phase;
using enum EventKind;

// Where a finished exchange may lead.
const std::vector<Phase> kAfterRound{kSyncing, kIdle, kReset, kPausedClock};
// Where a failed one may lead. Each phase may also be kept, while the tokens are refreshed, the
// batch is halved, the push gets a greater fence, the one op in it was set aside, or a login that
// came meanwhile is tried.
const std::vector<Phase> kAfterFailure{kOffline, kBackoff, kPausedAuth, kFailed};

std::vector<Phase> with(std::vector<Phase> phases, Phase phase) {
  phases.push_back(phase);
  return phases;
}

std::vector<Transition> make_transitions() {
  std::vector<Transition> table{
      {kDisabled, kEnable, {kConnecting}},
      {kIdle, kDue, {kIdle, kSyncing}},
      {kIdle, kSyncNow, {kSyncing, kIdle}},
      {kIdle, kLookDone, {kIdle, kSyncing}},
      {kIdle, kTokensRefreshed, {kIdle, kSyncing}},
      {kIdle, kUnreachable, {kOffline}},
      {kPausedAuth, kSyncNow, {kConnecting}},
      {kPausedAuth, kCredentialsChanged, {kConnecting}},
      {kFailed, kSyncNow, {kConnecting}},
      {kFailed, kCredentialsChanged, {kConnecting}},
  };
  for (const Phase waiting : {kOffline, kBackoff, kPausedClock}) {
    for (const EventKind event : {kRetry, kSyncNow, kReachable, kCredentialsChanged}) {
      table.push_back({waiting, event, {kConnecting}});
    }
    if (waiting != kOffline) table.push_back({waiting, kUnreachable, {kOffline}});
  }
  for (const Phase active : {kConnecting, kSyncing, kReset}) {
    table.push_back({active, kRoundDone, kAfterRound});
    table.push_back({active, kRoundFailed, with(kAfterFailure, active)});
    table.push_back({active, kTokensRefreshed, {active}});
    table.push_back({active, kUnreachable, {kOffline}});
  }
  table.push_back({kIdle, kRoundFailed, with(with(kAfterFailure, kIdle), kSyncing)});
  for (std::size_t i = 1; i < kPhaseCount; ++i)
    table.push_back({static_cast<Phase>(i), kDisable, {kDisabled}});
  return table;
}

const std::vector<Transition>& table() {
  static const std::vector<Transition> kTable = make_transitions();
  return kTable;
}

}  // namespace

std::span<const Transition> transitions() { return table(); }

bool is_legal(Phase from, EventKind event, Phase to) {
  const auto row = std::find_if(table().begin(), table().end(), [&](const Transition& transition) {
    return transition.from == from && transition.event == event;
  });
  if (row == table().end()) return from == to;
  return std::find(row->to.begin(), row->to.end(), to) != row->to.end();
}

}  // namespace syncline::session
