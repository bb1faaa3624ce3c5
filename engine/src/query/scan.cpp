#include "query/scan.hpp"

#include <algorithm>
#include <utility>

#include "query/index_key.hpp"
#include "replica/entries.hpp"
#include "replica/record_reader.hpp"

namespace syncline::query {
namespace {

std::string name_of(const Query& query) { return query.collection + "." + query.index; }

// Stands on the first key of the range, in its direction.
Result<bool> seek_start(StoreCursor& cursor, const Range& range) {
  if (range.reverse) {
    const bool from_behind = !range.behind.empty() && range.behind < range.last_key;
    return cursor.seek_before(from_behind ? range.behind : range.last_key);
  }
  return cursor.seek(std::max(range.first_key, range.behind));
}

tl::unexpected<Error> stale(const Index& index, std::string_view record) {
  return fail(Code::kStoreCorrupt, "the index " + index.collection + "." + index.name +
                                       " has an entry of the record " + std::string(record) +
                                       ", which is not there");
}

}  // namespace

Result<Range> plan(const Snapshot& snapshot, const Schema& schema, const Query& query) {
  if (auto ok = check_collection(query.collection); !ok) return fail(ok.error());
  const CollectionRules& rules = schema.collection(query.collection);
  if (!rules.indexes.contains(query.index)) {
    return fail(Code::kNotFound, "the schema declares no index " + name_of(query));
  }
  const auto list = read_indexes(snapshot, schema);
  if (!list) return fail(list.error());
  const auto found =
      std::find_if(list->indexes.begin(), list->indexes.end(), [&](const Index& index) {
        return index.state == IndexState::kBuilt && index.collection == query.collection &&
               index.name == query.index;
      });
  if (found == list->indexes.end())
    return fail(Code::kIndexNotBuilt, "the index " + name_of(query) + " is not built yet");
  return make_range(*found, query);
}

Result<void> scan_range(const Snapshot& snapshot, const Schema& schema, const Range& range,
                        const std::function<bool(Found)>& visitor) {
  const Index& index = range.index;
  const CollectionRules& rules = schema.collection(index.collection);
  const auto entries = snapshot.cursor(Keyspace::kIndexes);
  if (!entries) return fail(entries.error());
  const auto slots = snapshot.cursor(Keyspace::kSlots);
  if (!slots) return fail(slots.error());
  auto standing = seek_start(**entries, range);
  if (standing && *standing && (*entries)->key() == range.behind)
    standing = range.reverse ? (*entries)->previous() : (*entries)->next();
  for (; standing && *standing;
       standing = range.reverse ? (*entries)->previous() : (*entries)->next()) {
    const std::string_view key = (*entries)->key();
    if (!is_reached(range, key)) break;
    const auto parts = split_index_key(key, index.fields.size());
    const std::string_view flags = (*entries)->value();
    if (!parts || flags.size() != 1) return replica::corrupt("index entry", key);
    const auto record = replica::read_record(**slots, index.collection, parts->record);
    if (!record) return fail(record.error());
    auto fields = record->resolve(rules);
    if (!fields) return stale(index, parts->record);
    // Only the record itself can tell whether this is its place.
    if (flags.front() != 0 && place_in(range, parts->record, *fields) != key) continue;
    if (!visitor({std::string(key), {std::string(parts->record), std::move(*fields)}})) return {};
  }
  if (!standing) return fail(standing.error());
  return {};
}

Result<std::string> run_query(const Snapshot& snapshot, const Schema& schema, const Query& query,
                              const Queries::Visitor& visitor) {
  const auto range = plan(snapshot, schema, query);
  if (!range) return fail(range.error());
  std::size_t given = 0;
  std::string last;
  bool ended = false;
  bool more = false;
  auto scanned = scan_range(snapshot, schema, *range, [&](const Found& found) {
    more = ended;
    if (ended) return false;
    last = found.key;
    ended = !visitor(found.record) || ++given == range->limit;
    return true;
  });
  if (!scanned) return fail(scanned.error());
  return more ? cursor_behind(*range, last) : std::string();
}

}  // namespace syncline::query
