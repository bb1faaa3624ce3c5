#include "query/check.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "merge/record_slots.hpp"
#include "query/index_key.hpp"
#include "query/index_list.hpp"
#include "query/places.hpp"
#include "replica/entries.hpp"
#include "replica/entry_walk.hpp"
#include "replica/record_reader.hpp"

namespace syncline::query {
namespace {

// An index that is amiss is told and left alone from then on: one damaged page may be thousands of
// entries. Number 0, which no index has, stands for what is of none.
class Amiss {
 public:
  Amiss(const IndexFaultSink& told, IndexList& list, const std::set<std::uint32_t>& known)
      : told_(told) {
    for (const std::uint32_t number : known)
      numbers_.insert(list.find(number) == nullptr ? 0 : number);
  }

  [[nodiscard]] bool has(std::uint32_t number) const { return numbers_.contains(number); }
  // Only what is corrupt is of the index; any other error ends the check.
  Result<void> take(std::uint32_t number, const Result<void>& checked) {
    if (checked || checked.error().code != Code::kStoreCorrupt) return checked;
    if (numbers_.insert(number).second) told_(checked.error().message);
    return {};
  }

 private:
  const IndexFaultSink& told_;
  std::set<std::uint32_t> numbers_;
};

tl::unexpected<Error> differs(const Index& index, std::string_view record, std::string_view how) {
  return fail(Code::kStoreCorrupt, "the index " + index.collection + "." + index.name + " " +
                                       std::string(how) + " the record " + std::string(record));
}

bool holds(const std::optional<std::string_view>& stored, unsigned flags) {
  return stored && stored->size() == 1 && static_cast<unsigned char>(stored->front()) == flags;
}

// Gathers the slots of each record that an index is of, in one walk, and looks for its places; then
// looks for the record of each entry.
//
// Thread safety: none.
class IndexCheck {
 public:
  // All are borrowed.
  IndexCheck(const Snapshot& snapshot, const Schema& schema, IndexList& list, Amiss& amiss,
             const KnownFaults& known, const std::function<bool()>& step)
      : snapshot_(snapshot),
        schema_(schema),
        list_(list),
        amiss_(amiss),
        known_(known),
        step_(step) {}

  // Every place of every record that is done has its entry.
  Result<void> check_records() {
    if (list_.indexes.empty()) return {};
    for (const Index& index : list_.indexes) {
      if (index.is_kept()) indexes_[index.collection].push_back(&index);
    }
    return walk(
        Keyspace::kSlots,
        [this](std::string_view key, std::string_view value) { return take_slot(key, value); },
        [this](std::string_view key, const Error& error) -> Result<void> {
          if (const auto parts = split_slot_key(key); parts && is_at_fault(*parts)) return {};
          return fail(error);
        },
        [this] { return check_gathered(); });
  }

  // Every entry is a place of its record.
  Result<void> check_entries() {
    auto slots = snapshot_.cursor(Keyspace::kSlots);
    if (!slots) return fail(slots.error());
    return walk(
        Keyspace::kIndexes,
        [&](std::string_view key, std::string_view value) {
          const Index* index = index_of(key);
          if (index == nullptr) return amiss_.take(0, replica::corrupt("index entry", key));
          if (!index->is_kept() || amiss_.has(index->number)) return Result<void>();
          return amiss_.take(index->number, check_entry(key, value, **slots, *index));
        },
        [this](std::string_view key, const Error& error) {
          const Index* index = index_of(key);
          return amiss_.take(index == nullptr ? 0 : index->number, fail(error));
        },
        [] { return Result<void>(); });
  }

 private:
  using Sound = std::function<Result<void>(std::string_view key, std::string_view value)>;
  using Damaged = std::function<Result<void>(std::string_view key, const Error& error)>;

  // A walk in steps, with what is left to do at its end.
  Result<void> walk(Keyspace keyspace, const Sound& sound, const Damaged& damaged,
                    const std::function<Result<void>()>& finish) {
    Result<void> done;
    const auto goes_on = [&](Result<void> visited) {
      done = std::move(visited);
      if (done && step_ && !step_()) done = fail(Code::kCancelled, "the check was stopped");
      return done.has_value();
    };
    const auto walked = replica::walk_entries(
        snapshot_, keyspace,
        {[&](std::string_view key, std::string_view value) { return goes_on(sound(key, value)); },
         [&](std::string_view key, const Error& error) { return goes_on(damaged(key, error)); }});
    if (!walked) return fail(walked.error());
    return done ? finish() : done;
  }

  [[nodiscard]] bool is_at_fault(const SlotParts& parts) const {
    return known_.records.contains(replica::record_prefix(parts.collection, parts.record));
  }
  [[nodiscard]] const Index* index_of(std::string_view key) {
    const auto number = number_of_index_key(key);
    return number ? list_.find(*number) : nullptr;
  }

  Result<void> take_slot(std::string_view key, std::string_view value) {
    const auto parts = split_slot_key(key);
    if (!parts) return {};  // of no record
    if (parts->collection != collection_ || parts->record != record_) {
      if (auto ok = check_gathered(); !ok) return ok;
      collection_ = parts->collection;
      record_ = parts->record;
      const auto of_collection = indexes_.find(collection_);
      is_passed_over_ = of_collection == indexes_.end() || is_at_fault(*parts);
    }
    if (is_passed_over_) return {};
    const auto slot = replica::decode_slot(value, key);
    if (!slot) return fail(slot.error());
    slots_.load(parts->field, parts->element, {slot->stamp, std::string(slot->value)});
    return {};
  }

  Result<void> check_gathered() {
    if (slots_.empty()) return {};
    for (const Index* index : indexes_.find(collection_)->second) {
      if (amiss_.has(index->number)) continue;
      if (index->state == IndexState::kBuilding && record_ > index->position) continue;
      if (auto ok = amiss_.take(index->number, check_record(*index)); !ok) return ok;
    }
    slots_ = {};
    return {};
  }

  Result<void> check_record(const Index& index) {
    for (const auto& [key, flags] : places_of(index, record_, slots_)) {
      const auto stored = snapshot_.get(Keyspace::kIndexes, key);
      if (!stored) return fail(stored.error());
      if (!holds(*stored, flags)) return differs(index, record_, "lacks an entry of");
    }
    return {};
  }

  // The record is read by the cursor.
  Result<void> check_entry(std::string_view key, std::string_view value, StoreCursor& slots,
                           const Index& index) {
    const auto parts = split_index_key(key, index.fields.size());
    if (!parts) return replica::corrupt("index entry", key);
    if (known_.records.contains(replica::record_prefix(index.collection, parts->record))) return {};
    const auto places = places_again(index, parts->record, slots);
    if (!places) return fail(places.error());
    const auto place = (*places)->find(key);
    if (place == (*places)->end() || !holds(value, place->second))
      return differs(index, parts->record, "has an entry that is none of");
    return {};
  }

  // The places of a record, kept where there are so many that its entries would be as many
  // readings of it.
  Result<const Places*> places_again(const Index& index, std::string_view record,
                                     StoreCursor& slots) {
    constexpr std::size_t kMany = 8;
    constexpr std::size_t kKeptMax = 100'000;
    const std::pair name{index.number, std::string(record)};
    if (const auto kept = kept_places_.find(name); kept != kept_places_.end()) return &kept->second;
    const auto read = replica::read_record(slots, index.collection, record);
    if (!read) return fail(read.error());
    last_places_ = places_of(index, record, *read);
    if (last_places_.size() < kMany) return &last_places_;
    if (kept_count_ + last_places_.size() > kKeptMax) {
      kept_places_.clear();
      kept_count_ = 0;
    }
    kept_count_ += last_places_.size();
    return &kept_places_.emplace(name, std::move(last_places_)).first->second;
  }

  [[nodiscard]] Places places_of(const Index& index, std::string_view record,
                                 const merge::RecordSlots& slots) const {
    Places places;
    if (const auto fields = slots.resolve(schema_.collection(index.collection)))
      add_places(index, record, *fields, places);
    return places;
  }

  const Snapshot& snapshot_;
  const Schema& schema_;
  IndexList& list_;
  Amiss& amiss_;
  const KnownFaults& known_;
  const std::function<bool()>& step_;
  std::map<std::string, std::vector<const Index*>, std::less<>> indexes_;  // by collection
  // The record whose slots are gathered; none where it is passed over.
  std::string collection_;
  std::string record_;
  merge::RecordSlots slots_;
  bool is_passed_over_ = true;
  // By index and record.
  std::map<std::pair<std::uint32_t, std::string>, Places> kept_places_;
  std::size_t kept_count_ = 0;  // of places
  Places last_places_;
};

}  // namespace

Result<void> verify_indexes(const Snapshot& snapshot, const Schema& schema,
                            const IndexFaultSink& told, const KnownFaults& known,
                            const std::function<bool()>& step) {
  auto list = read_indexes(snapshot, schema);
  if (!list) return fail(list.error());
  Amiss amiss(told, *list, known.indexes);
  IndexCheck check(snapshot, schema, *list, amiss, known, step);
  if (auto ok = check.check_records(); !ok) return ok;
  return check.check_entries();
}

}  // namespace syncline::query
