#include "syncline/conflicts.hpp"

#include <algorithm>
#include <string>
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
    const std::string end = entry_id_prefix(std::max<std::int64_t>(filter.until_ms, 0));
    if (auto ok = records.start(std::string(kConflictsCollection) + '\0' + end); !ok) return ok;
    std::size_t visited = 0;
    while (true) {
      Record record;
      merge::RecordSlots slots;
      const auto more = records.next(record.id, slots);
      if (!more) return fail(more.error());
      if (!*more || entry_time_ms(record.id).value_or(filter.from_ms) < filter.from_ms) return {};
      const auto entry = read(std::move(record), slots);
      if (!entry || !accepts(filter, entry->conflict)) continue;
      if (!visitor(entry->conflict) || ++visited == filter.limit) return {};
    }
  }

  Result<void> restore(std::string_view id) override {
    return settle(id, kRestored, [this](Transaction::Draft& draft, const Entry& entry) {
      return restore_in(draft, entry);
    });
  }

  Result<void> dismiss(std::string_view id) override {
    return settle(id, kDismissed, [](Transaction::Draft&, const Entry& entry) {
      return check_not_restored(entry.conflict);
    });
  }

 private:
  using Act = std::function<Result<void>(Transaction::Draft&, const Entry&)>;

  [[nodiscard]] std::optional<Entry> read(Record record, const merge::RecordSlots& slots) const {
    auto fields = slots.resolve(core_.schema.collection(kConflictsCollection));
    const merge::Register* about = slots.find(kAboutField, {});
    if (!fields || about == nullptr) return std::nullopt;
    record.fields = std::move(*fields);
    return read_entry(record, about->stamp, core_.schema);
  }

  static Result<void> check_not_restored(const Conflict& conflict) {
    if (conflict.state != ConflictState::kRestored) return {};
    return fail(Code::kInvalidArgument, "conflict " + conflict.id + " was restored already");
  }

  Result<void> restore_in(Transaction::Draft& draft, const Entry& entry) {
    const Conflict& conflict = entry.conflict;
    if (auto ok = check_not_restored(conflict); !ok) return ok;
    const auto slots = draft.record(conflict.collection, conflict.record);
    if (!slots) return fail(slots.error());
    return write_back(core_.transaction, **slots, core_.schema, entry);
  }

  // Does the act and notes the state, in one transaction.
  Result<void> settle(std::string_view id, std::string_view state, const Act& act) {
    return replica::write_draft(core_, [&](Transaction::Draft& draft) -> Result<void> {
      if (!entry_time_ms(id)) return missing(id);
      const auto slots = draft.record(kConflictsCollection, id);
      if (!slots) return fail(slots.error());
      const auto entry = read({std::string(id), {}}, **slots);
      if (!entry) return missing(id);
      if (auto ok = act(draft, *entry); !ok) return ok;
      draft.open_engine_collections();
      return core_.transaction.patch(kConflictsCollection, id,
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
