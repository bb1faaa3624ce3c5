#include "query/check.hpp"

#include <optional>
#include <set>
#include <string>

#include "merge/record_slots.hpp"
#include "query/index_key.hpp"
#include "query/index_list.hpp"
#include "query/places.hpp"
#include "replica/entries.hpp"
#include "replica/record_reader.hpp"
#include "replica/record_scan.hpp"

namespace syncline::query {
namespace {

// An index that is amiss is told and left alone from then on: one damaged page may be thousands of
// entries. Number 0, which no index has, stands for what is of none.
class Amiss {
 public:
  explicit Amiss(const IndexFaultSink& told) : told_(told) {}

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

Places places_of(const Index& index, const CollectionRules& rules, std::string_view record,
                 const merge::RecordSlots& slots) {
  Places places;
  if (const auto fields = slots.resolve(rules)) add_places(index, record, *fields, places);
  return places;
}

bool holds(const std::optional<std::string_view>& stored, unsigned flags) {
  return stored && stored->size() == 1 && static_cast<unsigned char>(stored->front()) == flags;
}

// Every place of every record that is done has its entry.
Result<void> check_records(const Snapshot& snapshot, const Schema& schema, const Index& index) {
  const CollectionRules& rules = schema.collection(index.collection);
  const auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  replica::RecordScan scan(**cursor, index.collection, false);
  if (auto ok = scan.start(index.collection + '\0'); !ok) return ok;
  std::string record;
  while (true) {
    merge::RecordSlots slots;
    const auto more = scan.next(record, slots);
    if (!more) return fail(more.error());
    if (!*more) return {};
    if (index.state == IndexState::kBuilding && record > index.position) return {};
    for (const auto& [key, flags] : places_of(index, rules, record, slots)) {
      const auto stored = snapshot.get(Keyspace::kIndexes, key);
      if (!stored) return fail(stored.error());
      if (!holds(*stored, flags)) return differs(index, record, "lacks an entry of");
    }
  }
}

// The entry is a place of its record, which is read by the cursor.
Result<void> check_entry(const StoreCursor& entry, StoreCursor& slots, const Schema& schema,
                         const Index& index) {
  const std::string_view key = entry.key();
  const auto parts = split_index_key(key, index.fields.size());
  if (!parts) return replica::corrupt("index entry", key);
  const auto record = replica::read_record(slots, index.collection, parts->record);
  if (!record) return fail(record.error());
  const auto places = places_of(index, schema.collection(index.collection), parts->record, *record);
  const auto place = places.find(key);
  if (place == places.end() || !holds(entry.value(), place->second))
    return differs(index, parts->record, "has an entry that is none of");
  return {};
}

Result<void> check_entries(const Snapshot& snapshot, const Schema& schema, IndexList& list,
                           Amiss& amiss) {
  const auto entries = snapshot.cursor(Keyspace::kIndexes);
  if (!entries) return fail(entries.error());
  const auto slots = snapshot.cursor(Keyspace::kSlots);
  if (!slots) return fail(slots.error());
  auto standing = (*entries)->seek({});
  for (; standing && *standing; standing = (*entries)->next()) {
    const std::string_view key = (*entries)->key();
    const auto number = number_of_index_key(key);
    const Index* index = number ? list.find(*number) : nullptr;
    Result<void> checked;
    if (index == nullptr) {
      checked = replica::corrupt("index entry", key);
    } else if (index->is_kept() && !amiss.has(index->number)) {
      checked = check_entry(**entries, **slots, schema, *index);
    }
    if (auto ok = amiss.take(index == nullptr ? 0 : index->number, checked); !ok) return ok;
  }
  if (!standing) return fail(standing.error());
  return {};
}

}  // namespace

Result<void> verify_indexes(const Snapshot& snapshot, const Schema& schema,
                            const IndexFaultSink& told) {
  auto list = read_indexes(snapshot, schema);
  if (!list) return fail(list.error());
  Amiss amiss(told);
  for (const Index& index : list->indexes) {
    if (!index.is_kept()) continue;
    if (auto ok = amiss.take(index.number, check_records(snapshot, schema, index)); !ok) return ok;
  }
  return check_entries(snapshot, schema, *list, amiss);
}

}  // namespace syncline::query
