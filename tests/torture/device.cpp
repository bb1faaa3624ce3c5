#include "device.hpp"

#include <utility>

#include "syncline/lmdb_store.hpp"
#include "syncline/simulation/simulation.hpp"

namespace syncline::torture {
namespace {

// Runs the tasks of another executor one at a time with somebody else.
class TurnExecutor final : public Executor {
 public:
  TurnExecutor(std::unique_ptr<Executor> inner, std::mutex& turn)
      : turn_(turn), inner_(std::move(inner)) {}

  void post(std::function<void()> task) override { inner_->post(in_turn(std::move(task))); }
  TimerId post_after(std::chrono::milliseconds delay, std::function<void()> task) override {
    return inner_->post_after(delay, in_turn(std::move(task)));
  }
  void cancel(TimerId timer) override { inner_->cancel(timer); }

 private:
  std::function<void()> in_turn(std::function<void()> task) {
    return [&turn = turn_, task = std::move(task)] {
      const std::lock_guard lock(turn);
      task();
    };
  }

  std::mutex& turn_;
  std::unique_ptr<Executor> inner_;
};

// Small batches and pages, so that few ops take many rounds.
SynchronizerOptions options() {
  SynchronizerOptions options;
  options.period = std::chrono::milliseconds{700};
  options.debounce = std::chrono::milliseconds{30};
  options.deadline = std::chrono::milliseconds{4'000};
  options.push_ops_max = 7;
  options.pull_ops_max = 9;
  return options;
}

}  // namespace

// In the order in which they are made, and unmade the other way round.
struct Device::Process {
  Process(Witness& witness, simulation::DeviceAccount& account, std::unique_ptr<Store> disk,
          std::mutex& turn)
      : store(witness, account, std::move(disk)), executor(make_thread_executor(), turn) {}

  WitnessedStore store;
  std::unique_ptr<Replica> replica;
  TurnExecutor executor;
  std::optional<WitnessedTransport> transport;
  std::optional<Synchronizer> sync;
  Subscription statuses;
  Subscription steps;
};

Device::Device(Parts parts, std::string name, std::filesystem::path folder)
    : parts_(parts), name_(std::move(name)), folder_(std::move(folder)) {}

Device::~Device() { stop(); }

Result<void> Device::start() {
  auto disk = open_lmdb_store({.directory = folder_, .create = true});
  if (!disk) return fail(disk.error());
  auto process = std::make_unique<Process>(parts_.witness, account_, std::move(*disk), turn_);
  auto replica =
      Replica::open(process->store, clock_, parts_.random, simulation::built_in_schemas().front());
  if (!replica) return fail(replica.error());
  process->replica = std::move(*replica);
  process->store.watch_through(*process->replica);
  process->transport.emplace(parts_.witness, parts_.server.connect(process->executor));
  process->sync.emplace(Synchronizer::Parts{*process->replica, *process->transport,
                                            process->executor, clock_, parts_.random, keys_},
                        options());
  const auto status = process->sync->status();
  if (!status) return fail(status.error());
  parts_.witness.see_start(account_, *process->replica, *status);
  process->statuses = process->sync->observe([this](const Status& shown) {
    parts_.witness.see(account_, shown);
    parts_.witness.note(name_ + ": " + std::string(phase_name(shown.phase)) + ", " +
                        std::to_string(shown.pending_ops) + " pending" +
                        (shown.synced ? ", synced" : ""));
  });
  process->steps = process->sync->observe_steps(
      [&witness = parts_.witness](const SessionStep& step) { witness.see(step); });
  process_ = std::move(process);
  return process_->sync->enable();
}

void Device::stop() {
  requests_before_ = requests();
  process_.reset();
}

Result<void> Device::log_in() {
  const Tokens tokens = parts_.server.log_in();
  if (tokens.account.empty()) return fail(Code::kNotLoggedIn, "the login did not come through");
  if (auto ok = keys_.save(tokens); !ok) return ok;
  if (process_ != nullptr) sync().credentials_changed();
  return {};
}

simulation::Act Device::act(simulation::Workload& workload, simulation::SeededRandom& random,
                            bool undisturbed) {
  if (undisturbed) {
    const std::lock_guard lock(turn_);
    return workload.act(replica(), random);
  }
  auto act = workload.act(replica(), random);
  // What arrived in between may have won.
  act.surprise.reset();
  return act;
}

std::future<Result<SyncSummary>> Device::sync_once() {
  const auto answer = std::make_shared<std::promise<Result<SyncSummary>>>();
  sync().sync_once([this, answer](Result<SyncSummary> result) {
    parts_.witness.note(name_ + ": " +
                        (result ? "synced in " + std::to_string(result->rounds) + " rounds, " +
                                      std::to_string(result->sent_ops) + " sent, " +
                                      std::to_string(result->merged_ops) + " merged"
                                : "not synced, " + result.error().message));
    answer->set_value(std::move(result));
  });
  return answer->get_future();
}

std::uint64_t Device::requests() const {
  return requests_before_ + (process_ == nullptr ? 0 : process_->transport->traffic().requests);
}

Replica& Device::replica() { return *process_->replica; }
Synchronizer& Device::sync() { return *process_->sync; }

}  // namespace syncline::torture
