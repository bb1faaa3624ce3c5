#include "syncline/conflicts.hpp"

#include <utility>

#include "conflict/entry.hpp"
#include "conflict/restoration.hpp"
#include "replica/core.hpp"
#include "replica/local_write.hpp"
#include "replica/record_reader.hpp"
#include "replica/record_scan.hpp"

namespace syncline::conflict {
namespace {

bool accepts(const ConflictFilter& filter, const Conflict& conflict) {
  if (!filter.collection.empty() && conflict.collection != filter.collection) return false;
  if (!filter.record.empty() && conflict.record != filter.record) return false;
  return filter.settled || conflict.state == ConflictState::kOpen;
}

class ReplicaConflicts final : public Conflicts {
 public:
  explicit ReplicaConflicts(Replica::Core& core) : core_(core) {}

  Result<void> visit(const ConflictFilter& filter, const ConflictVisitor& visitor) const override {
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
    if (!cursor) return fail(cursor.error());
    replica::RecordScan records(**cursor, kConflictsCollection, true);
    const std::string end = std::string(kConflictsCollection) + '\x01';
    if (auto ok = records.start(end); !ok) return ok;
    std::size_t visited = 0;
    while (true) {
      Record record;
      merge::RecordSlots slots;
      const auto more = records.next(record.id, slots);
      if (!more) return fail(more.error());
      if (!*more) return {};
      const auto conflict = read(std::move(record), slots);
      if (!conflict || !accepts(filter, *conflict)) continue;
      if (!visitor(*conflict) || ++visited == filter.limit) return {};
    }
  }

  Result<void> restore(std::string_view id) override {
    return settle(id, kRestored,
                  [this](Transaction& transaction, const Conflict& conflict) -> Result<void> {
                    if (conflict.state == ConflictState::kRestored) {
                      return fail(Code::kInvalidArgument,
                                  "conflict " + conflict.id + " was restored already");
                    }
                    return write_back(transaction, core_.schema, conflict);
                  });
  }

  Result<void> dismiss(std::string_view id) override {
    return settle(id, kDismissed, [](Transaction&, const Conflict&) { return Result<void>(); });
  }

 private:
  using Act = std::function<Result<void>(Transaction&, const Conflict&)>;

  [[nodiscard]] std::optional<Conflict> read(Record record, const merge::RecordSlots& slots) const {
    auto fields = slots.resolve(core_.schema.collection(kConflictsCollection));
    const merge::Register* about = slots.find(kAboutField, {});
    if (!fields || about == nullptr) return std::nullopt;
    record.fields = std::move(*fields);
    return read_entry(record, about->stamp, core_.schema);
  }

  // Does the act and notes the state, in one transaction.
  Result<void> settle(std::string_view id, std::string_view state, const Act& act) {
    return replica::write_draft(core_, [&](Transaction::Draft& draft) -> Result<void> {
      if (!entry_time_ms(id)) return missing(id);
      const auto slots = draft.record(kConflictsCollection, id);
      if (!slots) return fail(slots.error());
      const auto conflict = read({std::string(id), {}}, **slots);
      if (!conflict) return missing(id);
      Transaction& transaction = core_.transaction;
      if (auto ok = act(transaction, *conflict); !ok) return ok;
      draft.open_engine_collections();
      return transaction.patch(kConflictsCollection, id,
                               {{std::string(kStateField), Value(state)}});
    });
  }

  static Result<void> missing(std::string_view id) {
    return fail(Code::kNotFound, "there is no conflict " + std::string(id));
  }

  Replica::Core& core_;
};

}  // namespace

std::unique_ptr<Conflicts> make_conflicts(Replica::Core& core) {
  return std::make_unique<ReplicaConflicts>(core);
}

}  // namespace syncline::conflict
