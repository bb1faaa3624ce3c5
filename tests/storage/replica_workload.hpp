#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/limits.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/storage/store_support.hpp"

// What a replica does to its store in a small life: the same commits in every run.

namespace syncline::test {

// A store that says of each commit that it was answered.
class WitnessedStore final : public Store {
 public:
  // `inner` is borrowed.
  WitnessedStore(Store& inner, std::function<void()> answered)
      : inner_(inner), answered_(std::move(answered)) {}

  Result<std::unique_ptr<Snapshot>> snapshot() const override { return inner_.snapshot(); }
  Result<void> commit(const StoreBatch& batch) override {
    Result<void> done = inner_.commit(batch);
    if (done) answered_();
    return done;
  }

 private:
  Store& inner_;
  std::function<void()> answered_;
};

// Everything that a store holds.
using StoreState = std::map<std::pair<int, std::string>, std::string>;

// Errors: those of the store, of what cannot be read.
inline Result<StoreState> state_of(const Store& store) {
  StoreState state;
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  for (int number = 0; number < static_cast<int>(kKeyspaceCount); ++number) {
    const auto keyspace = static_cast<Keyspace>(number);
    const auto cursor = (*snapshot)->cursor(keyspace);
    if (!cursor) return fail(cursor.error());
    Result<bool> on = (*cursor)->seek("");
    for (; on && *on; on = (*cursor)->next()) {
      state[{number, std::string((*cursor)->key())}] = (*cursor)->value();
    }
    if (!on) return fail(on.error());
  }
  return state;
}

class ReplicaWorkload {
 public:
  // Opens, or makes, the replica of the store, which is borrowed.
  Result<void> open(Store& store) {
    replica_.reset();
    Result<std::unique_ptr<Replica>> opened = Replica::open(store, wall_, random_);
    if (!opened) return fail(opened.error());
    replica_ = std::move(*opened);
    return {};
  }
  void close() { replica_.reset(); }

  static constexpr std::size_t kSteps = 12;

  // Each step is one commit, and can be done again when that failed.
  Result<void> run(std::size_t step) {
    wall_.set(kPresentMs + static_cast<std::int64_t>(step) * 1'000);
    switch (step) {
      case 0:
        return put_rows(0, 60, "imported");
      case 1:
        return put_rows(60, 90, "imported");
      case 2:
        return put_rows(10, 30, "overwritten");
      case 3:
        return put_long_value(9'000);
      case 4:
        return erase_rows(0, 15);
      case 5:
        return take_page(0, 40, 1);
      case 6:
        return acknowledge(50);
      case 7:
        return put_rows(20, 22, "overwritten again");
      case 8:
        return take_page(30, 60, 2);
      case 9:
        return put_long_value(13'000);
      case 10:
        return acknowledge(kBatchOpsMax);
      default:
        return erase_rows(40, 70);
    }
  }
  [[nodiscard]] Result<void> verify() const { return replica_->replication().verify(); }
  [[nodiscard]] Result<std::vector<Record>> records() const {
    std::vector<Record> all;
    Result<void> done = replica_->scan("rows", {}, [&](const Record& record) {
      all.push_back(record);
      return true;
    });
    if (!done) return fail(done.error());
    return all;
  }

 private:
  Result<void> put_rows(int from, int to, std::string_view text) {
    return replica_->write([&](Transaction& transaction) -> Result<void> {
      for (int row = from; row < to; ++row) {
        const Value::Object fields{{"text", Value(std::string(text))}, {"row", Value(row)}};
        Result<void> done = transaction.patch("rows", "row-" + std::to_string(row), fields);
        if (!done) return done;
      }
      return {};
    });
  }
  Result<void> put_long_value(std::size_t bytes) {
    return replica_->write([&](Transaction& transaction) {
      return transaction.put("rows", "long", {{"text", Value(std::string(bytes, 'l'))}});
    });
  }
  Result<void> erase_rows(int from, int to) {
    return replica_->write([&](Transaction& transaction) -> Result<void> {
      for (int row = from; row < to; ++row) {
        const Result<bool> done = transaction.erase("rows", "row-" + std::to_string(row));
        if (!done) return fail(done.error());
      }
      return {};
    });
  }

  // What another replica wrote, some of it to the same records.
  Result<void> take_page(int from, int to, int page) {
    std::vector<Op> ops;
    const Stamp stamp{HybridTime(wall_.now_ms()), ReplicaId{99}};
    for (int row = from; row < to; ++row) {
      const std::string record = "row-" + std::to_string(row * 2);
      const auto live = must(SlotKey::make("rows", record, "", kLiveElement));
      const auto text = must(SlotKey::make("rows", record, "text", ""));
      ops.push_back({live, stamp, must(encode_value(Value(true)))});
      ops.push_back({text, stamp, must(encode_value(Value("page " + std::to_string(page))))});
    }
    SyncReply reply = empty_reply();
    reply.pull = SyncReply::Pull{encode_batch(ops), {{"*", "e1." + std::to_string(page)}}, 0};
    return take(reply, nullptr);
  }
  Result<void> acknowledge(std::size_t ops_max) {
    const auto push = replica_->replication().next_push({ops_max, kPushBytesMax});
    if (!push) return fail(push.error());
    if (!*push) return {};  // the commit that failed before has come true
    SyncReply reply = empty_reply();
    reply.push =
        SyncReply::Push{std::vector<Verdict>((*push)->items.size(), Verdict::kApplied), {}};
    return take(reply, &**push);
  }
  [[nodiscard]] SyncReply empty_reply() {
    SyncReply reply;
    reply.time_ms = wall_.now_ms();
    reply.epoch = "e1";
    reply.head = "e1.9";
    return reply;
  }
  Result<void> take(const SyncReply& reply, const PushBatch* pushed) {
    const auto outcome =
        replica_->replication().take_reply(reply, pushed, wall_.now_ms(), wall_.now_ms());
    if (!outcome) return fail(outcome.error());
    return {};
  }

  ManualWall wall_;
  CountingRandom random_;
  std::unique_ptr<Replica> replica_;
};

// Opens the replica and does all steps; stops at the first that fails.
inline Result<void> run_workload(Store& store, ReplicaWorkload& workload) {
  Result<void> done = workload.open(store);
  for (std::size_t step = 0; done && step < ReplicaWorkload::kSteps; ++step) {
    done = workload.run(step);
  }
  return done;
}

}  // namespace syncline::test
