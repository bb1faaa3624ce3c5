#include "query/build.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "merge/record_slots.hpp"
#include "query/index_key.hpp"
#include "query/places.hpp"
#include "replica/record_scan.hpp"

namespace syncline::query {
namespace {

// The slot key behind all slots of the last record that is done; no name has a byte as low.
std::string start_of(const Index& index) {
  const std::string begin = index.collection + '\0';
  return index.position.empty() ? begin : begin + index.position + '\x01';
}

std::string prefix_of(const Index& index) {
  std::string prefix;
  append_index_number(prefix, index.number);
  return prefix;
}

// What is to be done next: what can be of use first, then what is in the way.
const Index* next_of(const IndexList& list) {
  for (const IndexState state : {IndexState::kBuilding, IndexState::kRemoving}) {
    const auto found = std::find_if(list.indexes.begin(), list.indexes.end(),
                                    [state](const Index& index) { return index.state == state; });
    if (found != list.indexes.end()) return &*found;
  }
  return nullptr;
}

// One transaction's part of the work: the changes, how far it came, and whether it ends the index.
struct Part {
  StoreBatch batch;
  IndexList list;  // as it is afterwards
  std::uint64_t done = 0;
};

Result<Part> build_part(const Snapshot& snapshot, const Schema& schema, IndexList list,
                        std::uint32_t number, std::size_t slots_max) {
  Part part{{}, std::move(list), 0};
  Index& index = *part.list.find(number);
  const CollectionRules& rules = schema.collection(index.collection);
  const auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  replica::RecordScan scan(**cursor, index.collection, false);
  if (auto ok = scan.start(start_of(index)); !ok) return fail(ok.error());
  std::string record;
  while (part.done < slots_max) {
    merge::RecordSlots slots;
    const auto more = scan.next(record, slots);
    if (!more) return fail(more.error());
    if (!*more) {
      index.state = IndexState::kBuilt;
      index.position.clear();
      break;
    }
    part.done = scan.slot_count();
    index.position = record;
    Places places;
    if (const auto fields = slots.resolve(rules)) add_places(index, record, *fields, places);
    for (const auto& [key, flags] : places)
      part.batch.put(Keyspace::kIndexes, key, std::string(1, static_cast<char>(flags)));
  }
  return part;
}

Result<Part> remove_part(const Snapshot& snapshot, IndexList list, std::uint32_t number,
                         std::size_t entries_max) {
  Part part{{}, std::move(list), 0};
  const std::string prefix = prefix_of(*part.list.find(number));
  const auto cursor = snapshot.cursor(Keyspace::kIndexes);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek(prefix);
  for (; standing && *standing && (*cursor)->key().starts_with(prefix);
       standing = (*cursor)->next()) {
    if (part.done == entries_max) return part;
    part.batch.erase(Keyspace::kIndexes, std::string((*cursor)->key()));
    ++part.done;
  }
  if (!standing) return fail(standing.error());
  std::erase_if(part.list.indexes, [number](const Index& index) { return index.number == number; });
  return part;
}

// How many keys of the keyspace begin so.
Result<std::uint64_t> count_from(const Snapshot& snapshot, Keyspace keyspace,
                                 const std::string& start, const std::string& prefix) {
  const auto cursor = snapshot.cursor(keyspace);
  if (!cursor) return fail(cursor.error());
  std::uint64_t count = 0;
  auto standing = (*cursor)->seek(start);
  for (; standing && *standing && (*cursor)->key().starts_with(prefix);
       standing = (*cursor)->next())
    ++count;
  if (!standing) return fail(standing.error());
  return count;
}

// Where the work on an index begins: what of it is done already, and how much there is.
Result<BuildProgress> begin_progress(const Store& store, const Index& index) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  BuildProgress progress{index.collection, index.name, !index.is_kept(), 0, 0};
  const Keyspace keyspace = progress.removing ? Keyspace::kIndexes : Keyspace::kSlots;
  const std::string prefix = progress.removing ? prefix_of(index) : index.collection + '\0';
  const auto total = count_from(**snapshot, keyspace, prefix, prefix);
  if (!total) return fail(total.error());
  progress.total = *total;
  if (!progress.removing && !index.position.empty()) {
    const auto left = count_from(**snapshot, keyspace, start_of(index), prefix);
    if (!left) return fail(left.error());
    progress.done = *total - *left;
  }
  return progress;
}

// Does one transaction of the index. Answers how much that was.
Result<std::uint64_t> do_part(Replica::Core& core, std::uint32_t number, std::size_t size_max) {
  const std::lock_guard lock(core.writer);
  const Index* index = core.indexes.find(number);
  // Another call may have come first.
  if (index == nullptr || index->state == IndexState::kBuilt) return 0;
  auto snapshot = core.store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  auto part = index->is_kept() ? build_part(**snapshot, core.schema, core.indexes, number, size_max)
                               : remove_part(**snapshot, core.indexes, number, size_max);
  if (!part) return fail(part.error());
  part->batch.put(Keyspace::kMeta, std::string(kIndexesName), encode_indexes(part->list));
  snapshot->reset();
  if (auto ok = core.store.commit(part->batch); !ok) return fail(ok.error());
  core.indexes = std::move(part->list);
  return part->done;
}

}  // namespace

Result<bool> build_indexes(Replica::Core& core, const BuildOptions& options,
                           const Queries::Progress& progress) {
  const std::size_t size_max = std::max<std::size_t>(options.slots_max, 1);
  std::uint32_t number = 0;
  BuildProgress shown;
  while (true) {
    std::optional<Index> index;
    {
      const std::lock_guard lock(core.writer);
      if (const Index* next = next_of(core.indexes)) index = *next;
    }
    if (!index) return true;
    if (index->number != number) {
      auto begun = begin_progress(core.store, *index);
      if (!begun) return fail(begun.error());
      shown = std::move(*begun);
      number = index->number;
    }
    const auto done = do_part(core, number, size_max);
    if (!done) return fail(done.error());
    shown.done += *done;
    shown.total = std::max(shown.total, shown.done);
    if (progress && !progress(shown)) {
      const std::lock_guard lock(core.writer);
      return next_of(core.indexes) == nullptr;
    }
  }
}

}  // namespace syncline::query
