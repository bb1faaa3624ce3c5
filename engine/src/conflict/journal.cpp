#include "conflict/journal.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "replica/entries.hpp"
#include "replica/pending.hpp"
#include "replica/record_reader.hpp"
#include "replica/record_scan.hpp"

namespace syncline::conflict {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// Adds to a commit over a snapshot.
class Recorder {
 public:
  Recorder(Replica::Core& core, const Snapshot& snapshot, const replica::Unsettled& unsettled,
           replica::CommitBuilder& builder, std::vector<Op>& written)
      : core_(core),
        snapshot_(snapshot),
        unsettled_(unsettled),
        builder_(builder),
        written_(written) {
    // Another device may have found the same, and its entry may just have arrived.
    for (const Op& op : written) {
      if (op.key.collection() == kConflictsCollection) known_.emplace(op.key.record());
    }
  }

  Result<void> add(const Clash& clash) {
    const std::string id = entry_id(clash);
    if (known_.contains(id)) return {};
    const auto present = replica::read_record(snapshot_, kConflictsCollection, id);
    if (!present) return fail(present.error());
    // One that is found again is no news.
    if (!present->empty()) return {};
    known_.insert(id);
    const auto stamp = next_stamp({});
    if (!stamp) return fail(stamp.error());
    auto ops = entry_ops(clash, core_.clock.now_ms(), *stamp);
    if (!ops) return fail(ops.error());
    for (Op& op : *ops) {
      builder_.write(op, replica::LogOrigin::kLocal, std::nullopt);
      written_.push_back(std::move(op));
    }
    ++added_;
    return {};
  }

  // Removes the oldest of what was there before: what was just added is the news.
  Result<void> keep_bounds() {
    if (added_ == 0) return {};
    auto present = entries_before();
    if (!present) return fail(present.error());
    std::sort(present->begin(), present->end());
    const ConflictBounds& bounds = core_.schema.conflict_bounds();
    const std::int64_t oldest_ms = core_.clock.now_ms() - bounds.keep_days * kDayMs;
    const std::size_t room = bounds.keep - std::min(bounds.keep, added_);
    const std::size_t beyond = present->size() - std::min(present->size(), room);
    for (std::size_t i = 0; i < present->size(); ++i) {
      const auto& [found, id] = (*present)[i];
      if (i >= beyond && found >= oldest_ms) break;
      if (auto ok = remove(id); !ok) return ok;
    }
    return {};
  }

 private:
  Result<Stamp> next_stamp(HybridTime floor) {
    const auto time = core_.clock.tick(floor);
    if (!time) return fail(time.error());
    return Stamp{*time, core_.id};
  }

  // When each was found, and its id.
  using Entries = std::vector<std::pair<std::int64_t, std::string>>;

  // Those that are not deleted.
  [[nodiscard]] Result<Entries> entries_before() const {
    auto cursor = snapshot_.cursor(Keyspace::kSlots);
    if (!cursor) return fail(cursor.error());
    replica::RecordScan records(**cursor, kConflictsCollection, false);
    if (auto ok = records.start(std::string(kConflictsCollection) + '\0'); !ok)
      return fail(ok.error());
    Entries entries;
    while (true) {
      std::string id;
      merge::RecordSlots slots;
      const auto more = records.next(id, slots);
      if (!more) return fail(more.error());
      if (!*more) return entries;
      // What has just arrived may have removed it already.
      if (!slots.exists() || known_.contains(id)) continue;
      const merge::Register* held = slots.find(kAboutField, {});
      const auto about = held == nullptr ? Result<Value>(Value()) : decode_value(held->value);
      entries.emplace_back(about ? found_ms(*about).value_or(0) : 0, std::move(id));
    }
  }

  Result<void> remove(const std::string& id) {
    auto slots = replica::read_record(snapshot_, kConflictsCollection, id);
    if (!slots) return fail(slots.error());
    const auto stamp = next_stamp(slots->latest());
    if (!stamp) return fail(stamp.error());
    Result<void> done;
    const merge::RecordSlots::OnWrite write = [&](std::string_view field, std::string_view element,
                                                  const merge::Register& value) {
      if (done) done = put(id, field, element, value);
    };
    const CollectionRules& rules = core_.schema.collection(kConflictsCollection);
    for (const auto& [field, value] : slots->resolve_fields(rules)) {
      if (field != kLostField && field != kKeptField) continue;
      if (auto ok = slots->write(rules, field, strategy::Clear{}, *stamp, write); !ok) return ok;
    }
    slots->erase(*stamp, write);
    return done;
  }

  Result<void> put(const std::string& id, std::string_view field, std::string_view element,
                   const merge::Register& value) {
    auto key = SlotKey::make(kConflictsCollection, id, field, element);
    if (!key) return fail(key.error());
    const auto replaced = replica::find_replaced(snapshot_, unsettled_, key->bytes());
    if (!replaced) return fail(replaced.error());
    Op op{std::move(*key), value.stamp, value.value};
    builder_.write(op, replica::LogOrigin::kLocal, *replaced);
    written_.push_back(std::move(op));
    return {};
  }

  Replica::Core& core_;
  const Snapshot& snapshot_;
  const replica::Unsettled& unsettled_;
  replica::CommitBuilder& builder_;
  std::vector<Op>& written_;
  std::set<std::string> known_;  // ids that this commit has something of
  std::size_t added_ = 0;
};

}  // namespace

Result<void> record(const std::vector<Clash>& clashes, Replica::Core& core,
                    const Snapshot& snapshot, const replica::Unsettled& unsettled,
                    replica::CommitBuilder& builder, std::vector<Op>& written) {
  Recorder recorder(core, snapshot, unsettled, builder, written);
  for (const Clash& clash : clashes) {
    if (auto ok = recorder.add(clash); !ok) return ok;
  }
  return recorder.keep_bounds();
}

}  // namespace syncline::conflict
