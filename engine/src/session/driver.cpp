#include "session/driver.hpp"

#include <algorithm>
#include <utility>

#include "base/saturating.hpp"
#include "session/failures.hpp"

namespace syncline {
namespace {

using session::ActionKind;
using session::Event;
using session::EventKind;

}  // namespace

Synchronizer::Driver::Driver(Parts parts, SynchronizerOptions options)
    : parts_(parts), options_(options), replication_(parts.replica.replication()) {
  if (const auto memory = replication_.recall()) facts_.memory = *memory;
}

void Synchronizer::Driver::attach() {
  subscription_ =
      parts_.replica.observe([weak = weak_from_this()](const std::vector<Change>& changes) {
        const auto self = weak.lock();
        const bool local = std::any_of(changes.begin(), changes.end(), [](const Change& change) {
          return change.origin == Origin::kLocal;
        });
        if (self && local) self->post([](Driver& driver) { driver.local_write(); });
      });
}

void Synchronizer::Driver::shut_down() {
  subscription_ = {};
  std::shared_ptr<session::TokenRefresh> refresh;
  {
    const std::lock_guard lock(running_);
    watching_ = false;
    take({.kind = EventKind::kDisable});
    shut_down_ = true;
    refresh = std::move(refresh_);
  }
  {
    const std::lock_guard lock(posting_);
    closed_ = true;
  }
  if (!refresh) return;
  // The server may have replaced the token already, and a start after its minute of grace would end
  // the login.
  const auto reply = refresh->take_reply(options_.refresh_grace);
  const auto* given = reply && *reply ? std::get_if<TokensReply>(&**reply) : nullptr;
  if (given != nullptr) static_cast<void>(keep_tokens(refresh->asked(), *given));
}

std::function<void()> Synchronizer::Driver::guarded(std::function<void(Driver&)> task) {
  return [weak = weak_from_this(), task = std::move(task)] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->running_);
    if (!self->shut_down_) task(*self);
  };
}

void Synchronizer::Driver::post(std::function<void(Driver&)> task) {
  const std::lock_guard lock(posting_);
  if (!closed_) parts_.executor.post(guarded(std::move(task)));
}

TimerId Synchronizer::Driver::post_after(std::chrono::milliseconds delay,
                                         std::function<void(Driver&)> task) {
  return parts_.executor.post_after(delay, guarded(std::move(task)));
}

Result<void> Synchronizer::Driver::set_enabled(bool enabled) {
  // Held over the commit, so that what settle() remembers meanwhile does not undo it.
  const std::lock_guard lock(facts_mutex_);
  auto memory = replication_.recall();
  if (!memory) return fail(memory.error());
  memory->enabled = enabled;
  if (auto ok = replication_.remember(*memory); !ok) return ok;
  facts_.memory.enabled = enabled;
  return {};
}

Result<bool> Synchronizer::Driver::is_enabled() const {
  const auto memory = replication_.recall();
  if (!memory) return fail(memory.error());
  return memory->enabled;
}

void Synchronizer::Driver::sync_once(Completion completion) {
  post([completion = std::move(completion)](Driver& driver) {
    const auto enabled = driver.is_enabled();
    if (!enabled || !*enabled) {
      completion(enabled ? fail(Code::kInvalidArgument, "sync is not enabled for this database")
                         : fail(enabled.error()));
      return;
    }
    if (driver.completions_.empty()) {
      driver.summary_ = {};
      driver.traffic_before_ = driver.parts_.transport.traffic();
    }
    driver.completions_.push_back(completion);
    const bool running = driver.state_.phase != Phase::kDisabled;
    driver.take({.kind = running ? EventKind::kSyncNow : EventKind::kEnable,
                 .pending = driver.has_pending()});
  });
}

void Synchronizer::Driver::watch() {
  post([](Driver& driver) {
    const auto enabled = driver.is_enabled();
    if (!enabled || !*enabled) return;
    driver.watching_ = true;
    driver.take({.kind = EventKind::kEnable});
    driver.schedule_period();
  });
}

void Synchronizer::Driver::stop() {
  post([](Driver& driver) {
    driver.watching_ = false;
    driver.take({.kind = EventKind::kDisable});
  });
}

void Synchronizer::Driver::raise(EventKind kind) {
  post([kind](Driver& driver) { driver.take({.kind = kind, .pending = driver.has_pending()}); });
}

void Synchronizer::Driver::take(const Event& event) {
  const Phase before = state_.phase;
  auto step = session::step(state_, event);
  state_ = step.state;
  step_observers_.tell({before, session::event_name(event.kind), state_.phase,
                        session::is_legal(before, event.kind, state_.phase)});
  for (const session::Action& action : step.actions) carry_out(action);
  if (event.kind == EventKind::kUnreachable && state_.phase == Phase::kOffline &&
      before != Phase::kOffline) {
    failure_ = Error{Code::kNetworkUnreachable, "there is no network"};
  }
  after_step(before);
}

void Synchronizer::Driver::carry_out(const session::Action& action) {
  switch (action.kind) {
    case ActionKind::kExchange:
      return exchange(action.pull_only);
    case ActionKind::kLook:
      return look();
    case ActionKind::kRefreshTokens:
      return refresh_tokens();
    case ActionKind::kStartRetry:
      return start_retry(action);
    case ActionKind::kCancelRetry:
      if (retry_timer_) parts_.executor.cancel(*std::exchange(retry_timer_, std::nullopt));
      {
        const std::lock_guard lock(facts_mutex_);
        facts_.next_retry_ms = 0;
      }
      return;
    case ActionKind::kCancelRequest:
      ++generation_;
      // A refresh is not cancelled but goes on to its end.
      if (request_) parts_.transport.cancel(*std::exchange(request_, std::nullopt));
      return;
  }
}

void Synchronizer::Driver::after_step(Phase before) {
  {
    const std::lock_guard lock(facts_mutex_);
    facts_.running = state_.phase != Phase::kDisabled;
    if (facts_.running) facts_.phase = state_.phase;
    if (session::is_active(state_.phase) && !session::is_active(before)) {
      facts_.done_ops = 0;
      facts_.total_ops = 0;
    }
  }
  const bool resting = !state_.in_flight;
  if (resting && state_.phase == Phase::kDisabled && !completions_.empty()) {
    complete(Error{Code::kCancelled, "the sync was stopped"});
  } else if (resting && state_.phase != Phase::kDisabled && state_.phase != before) {
    settle();
  }
  if (state_.phase != before) publish();
}

// A phase was reached in which nothing is under way: remember how it went, and tell whoever waits.
void Synchronizer::Driver::settle() {
  const bool succeeded = state_.phase == Phase::kIdle;
  std::optional<Error> error;
  if (state_.phase == Phase::kPausedClock) {
    error = Error{Code::kStampInFuture,
                  "the server refuses this device's time, also after a correction"};
  } else if (!succeeded) {
    error = failure_;
  }
  {
    const std::lock_guard lock(facts_mutex_);
    const std::int64_t now_ms = parts_.wall.now_ms();
    facts_.memory.last_error = error;
    (succeeded ? facts_.memory.last_success_ms : facts_.memory.last_error_ms) = now_ms;
    // Not remembering is no reason to fail: the data itself is safe.
    static_cast<void>(replication_.remember(facts_.memory));
  }
  complete(error);
  if (watching_) {
    schedule_period();
  } else {
    take({.kind = EventKind::kDisable});
  }
}

void Synchronizer::Driver::complete(const std::optional<Error>& error) {
  if (completions_.empty()) return;
  const TransportTraffic traffic = parts_.transport.traffic();
  summary_.sent_bytes = traffic.sent_bytes - traffic_before_.sent_bytes;
  summary_.received_bytes = traffic.received_bytes - traffic_before_.received_bytes;
  const Result<SyncSummary> result =
      error ? Result<SyncSummary>(fail(*error)) : Result<SyncSummary>(summary_);
  for (const Completion& completion : std::exchange(completions_, {})) completion(result);
}

void Synchronizer::Driver::schedule_period() {
  if (period_timer_) parts_.executor.cancel(*period_timer_);
  period_timer_ = post_after(options_.period, [](Driver& driver) {
    driver.period_timer_.reset();
    if (!driver.watching_) return;
    driver.take({.kind = EventKind::kDue, .pending = driver.has_pending()});
    driver.schedule_period();
  });
}

void Synchronizer::Driver::local_write() {
  if (!watching_ || debounce_timer_) return;
  debounce_timer_ = post_after(options_.debounce, [](Driver& driver) {
    driver.debounce_timer_.reset();
    if (driver.watching_) driver.take({.kind = EventKind::kDue, .pending = driver.has_pending()});
  });
}

bool Synchronizer::Driver::has_pending() const {
  const auto state = replication_.state();
  return state && state->pending_ops > 0;
}

void Synchronizer::Driver::start_retry(const session::Action& action) {
  if (!watching_) return;
  const auto spread = static_cast<std::uint64_t>((action.delay_max - action.delay_min).count()) + 1;
  const auto delay =
      action.delay_min +
      std::chrono::milliseconds(static_cast<std::int64_t>(parts_.random.next() % spread));
  {
    const std::lock_guard lock(facts_mutex_);
    facts_.next_retry_ms = saturating_add(parts_.wall.now_ms(), delay.count());
  }
  retry_timer_ = post_after(delay, [](Driver& driver) {
    driver.retry_timer_.reset();
    driver.take({.kind = EventKind::kRetry, .pending = driver.has_pending()});
  });
}

Result<Status> Synchronizer::Driver::status() const {
  const auto state = replication_.state();
  if (!state) return fail(state.error());
  const TransportTraffic traffic = parts_.transport.traffic();
  const std::lock_guard lock(facts_mutex_);
  Status status = session::status_of(*state, facts_.memory,
                                     facts_.running ? std::optional(facts_.phase) : std::nullopt);
  status.done_ops = facts_.done_ops;
  status.total_ops = facts_.total_ops;
  status.sent_bytes = traffic.sent_bytes;
  status.received_bytes = traffic.received_bytes;
  status.next_retry_ms = facts_.next_retry_ms;
  return status;
}

Subscription Synchronizer::Driver::observe(StatusObserver observer) {
  return observers_.add(std::move(observer));
}

Subscription Synchronizer::Driver::observe_steps(StepObserver observer) {
  return step_observers_.add(std::move(observer));
}

void Synchronizer::Driver::publish() {
  if (observers_.empty()) return;
  if (const auto now = status()) observers_.tell(*now);
}

}  // namespace syncline
