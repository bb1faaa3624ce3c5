#include "device.hpp"

#include <algorithm>
#include <utility>

#include "place.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/query.hpp"

namespace syncline::simulation {

// In the order in which they are made, and unmade the other way round.
struct Device::Process {
  Process(VirtualTime& time, std::unique_ptr<Replica> opened)
      : executor(time), replica(std::move(opened)) {}

  ProcessExecutor executor;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<Transport> transport;
  std::optional<Synchronizer> sync;
  Subscription statuses;
  Subscription steps;
  Subscription changes;
  std::vector<std::unique_ptr<WatchedQuery>> watched;
  std::optional<HeldView> held_view;
};

Device::Device(Parts parts, std::size_t number, std::uint64_t seed)
    : parts_(parts),
      number_(number),
      clock_(parts.time),
      random_(seed),
      store_(make_memory_store()) {
  options_.refresh_grace = {};  // which would pass in the real world
  // Some exchange in small parts, so that pages and pushes have many ends.
  if (random_.below(3) == 0) options_.pull_ops_max = 1 + random_.below(20);
  if (random_.below(3) == 0) options_.push_ops_max = 1 + random_.below(20);
  store_.on_end([this](ProcessStore::End when) {
    crash(when == ProcessStore::End::kBeforeCommit ? Fault::kCrashBeforeCommit
                                                   : Fault::kCrashAfterCommit);
  });
}

Device::~Device() { stop(); }

Result<void> Device::start(const std::string& schema_json, const Strategies& strategies) {
  set_running(true);
  auto replica = Replica::open(store_, clock_, random_, schema_json, strategies);
  if (!replica) {
    set_running(false);
    return fail(replica.error());
  }
  process_ = std::make_unique<Process>(parts_.time, std::move(*replica));
  Process& process = *process_;
  process.transport =
      parts_.network.attach(link_, clock_, process.executor, [this](Fault fault) { crash(fault); });
  process.sync.emplace(Synchronizer::Parts{*process.replica, *process.transport, process.executor,
                                           clock_, random_, tokens_},
                       options_);
  process.statuses = process.sync->observe([this](const Status& status) {
    if (running_) statuses_.push_back(status);
  });
  process.steps = process.sync->observe_steps([this](const SessionStep& step) {
    if (running_) steps_.push_back(step);
  });
  process.changes =
      process.replica->observe([this](const std::vector<Change>& changes) { write_echo(changes); });
  build_indexes();
  return {};
}

void Device::build_indexes() {
  constexpr std::chrono::milliseconds kPause{200};
  if (!running_) return;
  const auto built = process_->replica->queries().build(
      {static_cast<std::size_t>(random_.between(1, 40))}, [](const auto&) { return false; });
  if (!running_) return;
  if (built && *built)
    process_->watched = watch_some(*process_->replica, random_);
  else
    static_cast<void>(process_->executor.post_after(kPause, [this] { build_indexes(); }));
}

Result<std::vector<MigratedField>> Device::migrate(std::optional<std::string_view> json,
                                                   const Strategies& strategies) {
  set_running(true);
  auto migrated = migrate_schema(store_, json, strategies);
  set_running(false);
  return migrated;
}

void Device::stop() {
  process_.reset();
  crashed_ = false;
  set_running(false);
}

void Device::crash(Fault fault) {
  if (!running_) return;
  parts_.counts.add(fault);
  crashed_ = true;
  set_running(false);
  if (process_ != nullptr) process_->executor.end();
}

bool Device::reap() {
  if (!crashed_) return false;
  crashed_ = false;
  process_.reset();
  statuses_.clear();
  steps_.clear();
  return true;
}

void Device::set_running(bool running) {
  running_ = running;
  store_.set_running(running);
  tokens_.set_running(running);
}

Replica& Device::replica() { return *process_->replica; }
Synchronizer& Device::sync() { return *process_->sync; }
const std::vector<std::unique_ptr<WatchedQuery>>& Device::watched() const {
  return process_->watched;
}
std::optional<HeldView>& Device::held_view() { return process_->held_view; }
std::vector<Status> Device::take_statuses() { return std::exchange(statuses_, {}); }
std::vector<SessionStep> Device::take_steps() { return std::exchange(steps_, {}); }

// The second writer of the process. It writes to the record that the first has just written.
void Device::write_echo(const std::vector<Change>& changes) {
  if (!running_ || echoes_ == 0) return;
  const auto change = std::find_if(changes.begin(), changes.end(), [](const Change& one) {
    return one.origin == Origin::kLocal && !one.field.empty();
  });
  if (change == changes.end()) return;
  --echoes_;
  const auto written = process_->replica->write([&](Transaction& t) {
    return t.patch(change->collection, change->record,
                   {{std::string(kEchoField), Value(random_.between(0, 9))}});
  });
  if (written) parts_.counts.add(Fault::kSecondWriter);
}

}  // namespace syncline::simulation
