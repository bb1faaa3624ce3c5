#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "audit.hpp"
#include "invariants.hpp"
#include "ledger.hpp"
#include "syncline/replica.hpp"
#include "syncline/store.hpp"
#include "syncline/transport.hpp"

namespace syncline::torture {

// Sees what all devices commit, hear and show, one thing after the other, and holds it against the
// invariants of the simulation. Commits of all devices take turns in it, so that nothing is seen
// elsewhere before its writer's log was read.
//
// Thread safety: all members may be called from any thread.
class Witness {
 public:
  // The server must outlive it.
  explicit Witness(const simulation::Server& server) : server_(server), audit_(ledger_, server) {}

  // Commits, and looks at what was committed. `replica` is null while it is being opened.
  [[nodiscard]] Result<void> commit(simulation::DeviceAccount& account, Replica* replica,
                                    Store& disk, const StoreBatch& batch);
  void hear(const Request& request, const TransportReply& reply);
  void see(const simulation::DeviceAccount& account, const Status& status);
  void see(const SessionStep& step);
  void see_start(simulation::DeviceAccount& account, Replica& replica, const Status& status);

  // What every device has to hold in the end.
  [[nodiscard]] simulation::Slots expected() const;
  // How many ops are in the logs of these, and how many of them wait.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> count_ops(
      const std::vector<const simulation::DeviceAccount*>& accounts) const;

  // Keeps the first finding.
  void report(simulation::Finding finding);
  [[nodiscard]] simulation::Finding finding() const;

  // The last lines of what happened, for people to read.
  void note(std::string line);
  [[nodiscard]] std::deque<std::string> trace() const;

 private:
  void report_locked(simulation::Finding finding);

  const simulation::Server& server_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  simulation::Ledger ledger_;
  simulation::Audit audit_;
  simulation::Finding finding_;
  std::deque<std::string> trace_;
};

// A disk whose commits the witness sees. Everything must outlive it.
//
// Thread safety: as Store; watch_through, once, before anything else is done with the replica.
class WitnessedStore final : public Store {
 public:
  WitnessedStore(Witness& witness, simulation::DeviceAccount& account, std::unique_ptr<Store> disk)
      : witness_(witness), account_(account), disk_(std::move(disk)) {}
  // The replica that the store was opened for.
  void watch_through(Replica& replica) { replica_ = &replica; }

  Result<std::unique_ptr<Snapshot>> snapshot() const override { return disk_->snapshot(); }
  Result<void> commit(const StoreBatch& batch) override {
    return witness_.commit(account_, replica_, *disk_, batch);
  }

 private:
  Witness& witness_;
  simulation::DeviceAccount& account_;
  std::unique_ptr<Store> disk_;
  Replica* replica_ = nullptr;
};

// A transport whose replies the witness hears before the device does.
//
// Thread safety: as Transport.
class WitnessedTransport final : public Transport {
 public:
  WitnessedTransport(Witness& witness, std::unique_ptr<Transport> way)
      : witness_(witness), way_(std::move(way)) {}

  RequestId send(Request request, std::chrono::milliseconds deadline, Handler handler) override {
    auto asked = std::make_shared<const Request>(request);
    return way_->send(std::move(request), deadline,
                      [&witness = witness_, asked = std::move(asked),
                       handler = std::move(handler)](TransportReply reply) {
                        witness.hear(*asked, reply);
                        handler(std::move(reply));
                      });
  }
  void cancel(RequestId request) override { way_->cancel(request); }
  [[nodiscard]] TransportTraffic traffic() const override { return way_->traffic(); }

 private:
  Witness& witness_;
  std::unique_ptr<Transport> way_;
};

}  // namespace syncline::torture
