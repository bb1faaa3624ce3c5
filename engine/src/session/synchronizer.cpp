#include "syncline/synchronizer.hpp"

#include <utility>

#include "session/driver.hpp"
#include "session/failures.hpp"

namespace syncline {

using session::EventKind;

Synchronizer::Synchronizer(Parts parts, SynchronizerOptions options)
    : driver_(std::make_shared<Driver>(parts, options)) {
  driver_->attach();
}

Synchronizer::~Synchronizer() { driver_->shut_down(); }

Result<void> Synchronizer::enable() { return driver_->set_enabled(true); }

Result<void> Synchronizer::disable() {
  driver_->stop();
  return driver_->set_enabled(false);
}

Result<bool> Synchronizer::is_enabled() const { return driver_->is_enabled(); }
void Synchronizer::sync_once(Completion completion) { driver_->sync_once(std::move(completion)); }
void Synchronizer::watch() { driver_->watch(); }
void Synchronizer::stop() { driver_->stop(); }

void Synchronizer::set_reachable(bool reachable) {
  driver_->raise(reachable ? EventKind::kReachable : EventKind::kUnreachable);
}

void Synchronizer::credentials_changed() { driver_->raise(EventKind::kCredentialsChanged); }
Result<Status> Synchronizer::status() const { return driver_->status(); }

Subscription Synchronizer::observe(StatusObserver observer) {
  return driver_->observe(std::move(observer));
}

Subscription Synchronizer::observe_steps(StepObserver observer) {
  return driver_->observe_steps(std::move(observer));
}

Result<Status> resting_status(const Replication& replication) {
  const auto state = replication.state();
  if (!state) return fail(state.error());
  const auto memory = replication.recall();
  if (!memory) return fail(memory.error());
  return session::status_of(*state, *memory, std::nullopt);
}

}  // namespace syncline
