#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "syncline/environment.hpp"
#include "syncline/executor.hpp"
#include "syncline/limits.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "syncline/status.hpp"
#include "syncline/tokens.hpp"
#include "syncline/transport.hpp"

namespace syncline {

struct SynchronizerOptions {
  std::chrono::milliseconds period{60'000};    // between looks at the server while watching
  std::chrono::milliseconds debounce{500};     // from a local write to the exchange it starts
  std::chrono::milliseconds deadline{60'000};  // of one request
  // For which the destructor waits for new tokens that are on their way: the server may have
  // replaced the old ones. None where time stands still while it waits, as on virtual time.
  std::chrono::milliseconds refresh_grace{5'000};
  std::size_t push_bytes_max = kPushBytesMax;
  std::size_t push_ops_max = kBatchOpsMax;
  std::size_t pull_ops_max = kPullOpsDefault;
};

// What one call of sync_once did.
struct SyncSummary {
  std::uint64_t rounds = 0;  // requests that carried ops or asked for them
  std::uint64_t sent_ops = 0;
  std::uint64_t received_ops = 0;
  std::uint64_t merged_ops = 0;
  std::uint64_t restamped_ops = 0;  // stamped anew, because the server refused this device's time
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

// One step of the session's state machine, for an app's log and for the simulator.
struct SessionStep {
  Phase from = Phase::kDisabled;
  std::string_view event;  // in snake_case
  Phase to = Phase::kDisabled;
  bool legal = true;  // the table of transitions has it
};

// Keeps a replica in step with a server: connects the session's state machine with a transport,
// timers and the replica.
//
// Thread safety: all members may be called from any thread, but the destructor not from the
// executor's tasks.
class Synchronizer {
 public:
  using Completion = std::function<void(Result<SyncSummary>)>;
  using StatusObserver = std::function<void(const Status&)>;
  using StepObserver = std::function<void(const SessionStep&)>;

  // Everything must outlive it.
  struct Parts {
    Replica& replica;
    Transport& transport;
    Executor& executor;
    WallClock& wall;
    Random& random;
    TokenStore& tokens;
  };

  explicit Synchronizer(Parts parts, SynchronizerOptions options = {});
  Synchronizer(const Synchronizer&) = delete;
  Synchronizer& operator=(const Synchronizer&) = delete;
  // Stops; waits until no task of it runs any more, and for new tokens that are on their way.
  // Once it has returned, no thread uses any of the parts on its behalf.
  ~Synchronizer();

  // Turns sync on for this replica, for good. Errors: those of Store::commit.
  [[nodiscard]] Result<void> enable();
  // Turns it off, for good, and stops. Errors: those of Store::commit.
  [[nodiscard]] Result<void> disable();
  [[nodiscard]] Result<bool> is_enabled() const;

  // Exchanges until both sides have everything, or until that fails for now; then the completion is
  // called, on the executor. Its errors: invalid_argument when sync is not enabled or the tokens
  // are of another account than the database belongs to, not_logged_in, and what the exchange
  // failed with.
  void sync_once(Completion completion);

  // Stays in step: after local writes, each period, and after failures with growing delays. Does
  // nothing while sync is not enabled.
  void watch();
  // Ends what watch began; what is under way is cancelled.
  void stop();

  // Tells what the platform knows about the network.
  void set_reachable(bool reachable);
  // Tells that there is a new login.
  void credentials_changed();

  // Errors: those of the store.
  [[nodiscard]] Result<Status> status() const;
  // Called on the executor after each change of phase and after each reply.
  [[nodiscard]] Subscription observe(StatusObserver observer);
  // Called on the executor after each step of the session. It must not call the synchronizer.
  [[nodiscard]] Subscription observe_steps(StepObserver observer);

 private:
  class Driver;
  std::shared_ptr<Driver> driver_;
};

// The status of a replica that no synchronizer runs for at the moment. Errors: those of the store.
[[nodiscard]] Result<Status> resting_status(const Replication& replication);

// An executor with a thread of its own. Destroying it waits for the task that runs and forgets the
// others.
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor();

}  // namespace syncline
