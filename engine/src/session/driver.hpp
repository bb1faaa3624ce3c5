#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/observer_list.hpp"
#include "session/session.hpp"
#include "session/token_refresh.hpp"
#include "syncline/replication.hpp"
#include "syncline/synchronizer.hpp"

namespace syncline {

// Connects the state machine of session.hpp with the world: carries out its actions and turns what
// happens into events. All of it runs on the executor, one task at a time.
class Synchronizer::Driver : public std::enable_shared_from_this<Synchronizer::Driver> {
 public:
  Driver(Parts parts, SynchronizerOptions options);

  // Subscribes to the replica. Apart from the constructor, because it needs a shared_ptr to itself.
  void attach();
  // Ends everything; when it returns, no task runs any more, none will, and none is being posted.
  void shut_down();

  [[nodiscard]] Result<void> set_enabled(bool enabled);
  [[nodiscard]] Result<bool> is_enabled() const;
  void sync_once(Completion completion);
  void watch();
  void stop();
  void raise(session::EventKind kind);
  [[nodiscard]] Result<Status> status() const;
  [[nodiscard]] Subscription observe(StatusObserver observer);
  [[nodiscard]] Subscription observe_steps(StepObserver observer);

 private:
  // What status() needs of the running session, guarded by a lock of its own.
  struct Facts {
    bool running = false;
    Phase phase = Phase::kDisabled;
    std::uint64_t done_ops = 0;
    std::uint64_t total_ops = 0;
    std::int64_t next_retry_ms = 0;
    SyncMemory memory;
  };

  // Runs the task on the executor while this still stands.
  void post(std::function<void(Driver&)> task);
  [[nodiscard]] TimerId post_after(std::chrono::milliseconds delay,
                                   std::function<void(Driver&)> task);
  [[nodiscard]] std::function<void()> guarded(std::function<void(Driver&)> task);

  void take(const session::Event& event);
  void carry_out(const session::Action& action);
  void after_step(Phase before);

  void exchange(bool pull_only);
  void exchange_with(const Tokens& tokens, bool pull_only);
  void take_reply(const SyncReply& reply, const PushBatch* pushed, std::int64_t sent_ms);
  void look();
  void refresh_tokens();
  void take_tokens(const std::shared_ptr<session::TokenRefresh>& refresh);
  // Saves what a refresh gave, unless there is another login by now. Errors: response_malformed,
  // those of TokenStore.
  [[nodiscard]] Result<void> keep_tokens(const Tokens& asked, const TokensReply& given);
  // The tokens to send with. Errors: not_logged_in, invalid_argument for those of another account
  // than the database belongs to, those of TokenStore and Store.
  [[nodiscard]] Result<Tokens> login();
  void start_retry(const session::Action& action);

  // Sends, and calls the handler on the executor unless the request was cancelled in the meantime.
  template <typename ReplyType>
  void send(Request request,
            std::function<void(Driver&, const ReplyType&, std::int64_t sent_ms)> handler,
            std::shared_ptr<const PushBatch> pushed = nullptr);
  void fail_request(const TransportError& error, const PushBatch* pushed);
  // `more` is what the event says beside the failure.
  void fail_exchange(const TransportError& error, session::Event more);
  void fail_here(const Error& error);

  void settle();
  void complete(const std::optional<Error>& error);
  void schedule_period();
  void local_write();
  [[nodiscard]] bool has_pending() const;
  void publish();

  Parts parts_;
  SynchronizerOptions options_;
  Replication& replication_;

  mutable std::mutex running_;  // held while a task runs
  bool shut_down_ = false;

  // Held while a task is posted, which the transport and the replica do from their threads.
  std::mutex posting_;
  bool closed_ = false;  // the executor may be gone

  // Touched on the executor only.
  session::State state_;
  bool watching_ = false;
  std::vector<Completion> completions_;
  SyncSummary summary_;
  TransportTraffic traffic_before_;
  std::uint64_t generation_ = 0;  // of the request whose answer counts
  std::optional<RequestId> request_;
  std::shared_ptr<session::TokenRefresh> refresh_;  // while its reply was not taken
  std::optional<TimerId> retry_timer_;
  std::optional<TimerId> period_timer_;
  std::optional<TimerId> debounce_timer_;
  std::string etag_;
  std::optional<Error> failure_;  // the last one; it counts once the session rests on it
  Subscription subscription_;

  mutable std::mutex facts_mutex_;
  Facts facts_;

  ObserverList<Status> observers_;
  ObserverList<SessionStep> step_observers_;
};

}  // namespace syncline
