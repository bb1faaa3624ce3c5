#include "replica/draft.hpp"

#include "replica/record_reader.hpp"
#include "syncline/limits.hpp"

namespace syncline {

Transaction::Draft::Draft(Replica::Core& core, const Snapshot& snapshot)
    : core_(core), snapshot_(snapshot) {
  core.transaction.draft_ = this;
  core.transaction.thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

Transaction::Draft::~Draft() {
  core_.transaction.thread_.store(std::thread::id(), std::memory_order_relaxed);
  core_.transaction.draft_ = nullptr;
}

Result<merge::RecordSlots*> Transaction::Draft::record(std::string_view collection,
                                                       std::string_view record) {
  const auto drafted = draft(collection, record);
  if (!drafted) return fail(drafted.error());
  return &(*drafted)->slots;
}

Result<Transaction::Draft::Drafted*> Transaction::Draft::draft(std::string_view collection,
                                                               std::string_view record) {
  if (auto ok = check_collection(collection); !ok) return fail(ok.error());
  if (auto ok = check_record(record); !ok) return fail(ok.error());
  std::string key = std::string(collection) + '\0' + std::string(record);
  auto found = records_.find(key);
  if (found == records_.end()) {
    auto slots = replica::read_record(snapshot_, collection, record);
    if (!slots) return fail(slots.error());
    const bool stored = !slots->empty();
    found = records_.emplace(std::move(key), Drafted{std::move(*slots), stored}).first;
  }
  return &found->second;
}

Result<void> Transaction::Draft::mutate(std::string_view collection, std::string_view record,
                                        const Change& change) {
  if (is_engine_collection(collection) && !is_engine_) {
    return fail(Code::kKeyMalformed, "collection " + std::string(collection) +
                                         " is the engine's own, as all that begin with $ are");
  }
  const auto drafted = draft(collection, record);
  if (!drafted) return fail(drafted.error());
  merge::RecordSlots& slots = (*drafted)->slots;
  // What is there, from another device or an older version, can still be edited and deleted.
  if (collection == "*" && !slots.exists()) {
    return fail(Code::kKeyMalformed,
                "collection name \"*\" stands for all collections, and is none of one");
  }
  const HybridClock::State before = core_.clock.state();
  const auto time = core_.clock.tick(slots.latest());
  if (!time) return fail(time.error());
  const Stamp stamp{*time, core_.id};
  std::vector<Op> written;
  Result<void> keys;
  const auto on_write = [&](std::string_view field, std::string_view element,
                            const merge::Register& value) {
    auto key = SlotKey::make(collection, record, field, element);
    if (!key) {
      keys = fail(key.error());
      return;
    }
    written.push_back({std::move(*key), value.stamp, value.value});
  };
  auto done = change(slots, stamp, on_write);
  if (done && !keys) done = keys;
  if (done && ops_.size() + written.size() > kTransactionOpsMax) {
    done = fail(Code::kTransactionTooLarge,
                "transaction writes more than " + std::to_string(kTransactionOpsMax) + " slots");
  }
  if (!done || written.empty()) {
    slots.take_back();
    core_.clock.restore(before);
    return done;
  }
  slots.keep();
  stage(std::move(written), (*drafted)->stored);
  return {};
}

void Transaction::Draft::stage(std::vector<Op> ops, bool stored) {
  for (Op& op : ops) {
    const auto [found, is_new] = index_.try_emplace(op.key.bytes(), ops_.size());
    if (is_new) {
      ops_.push_back(std::move(op));
      may_replace_.push_back(stored);
    } else {
      ops_[found->second] = std::move(op);
    }
  }
}

}  // namespace syncline
