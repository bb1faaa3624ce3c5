#include "replica/record_reader.hpp"

#include <algorithm>

#include "replica/entries.hpp"
#include "replica/record_scan.hpp"

namespace syncline::replica {
namespace {

// The least key that is greater than every key with this prefix. Names hold neither 0xFF nor
// control characters, so the byte after the separator is never reached by a name.
std::string after_prefix(std::string prefix) {
  prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

// The ids of a range as half-open bounds on the slot keys.
struct KeyBounds {
  std::string first;  // at or after
  std::string last;   // before
};

// A bound that parts the ids as the given one does and that never lies within a record: a zero byte
// separates the parts of a slot key, and no id has a byte as low as the one that takes its place.
std::string between_records(std::string_view bound) {
  const std::size_t zero = bound.find('\0');
  if (zero == std::string_view::npos) return std::string(bound);
  return std::string(bound.substr(0, zero)) + '\x01';
}

KeyBounds bounds_of(std::string_view collection, const ScanRange& range) {
  const std::string begin = std::string(collection) + '\0';
  const std::string prefix = between_records(range.prefix);
  KeyBounds bounds{begin + std::max(between_records(range.from), prefix), after_prefix(begin)};
  if (!range.to.empty()) bounds.last = std::min(bounds.last, begin + between_records(range.to));
  if (!prefix.empty()) bounds.last = std::min(bounds.last, begin + prefix + '\xFF');
  return bounds;
}

}  // namespace

std::string record_prefix(std::string_view collection, std::string_view record) {
  std::string prefix;
  prefix.append(collection).push_back('\0');
  prefix.append(record).push_back('\0');
  return prefix;
}

Result<merge::RecordSlots> read_record(const Snapshot& snapshot, std::string_view collection,
                                       std::string_view record) {
  auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  return read_record(**cursor, collection, record);
}

Result<merge::RecordSlots> read_record(StoreCursor& cursor, std::string_view collection,
                                       std::string_view record, const FieldFilter& filter) {
  merge::RecordSlots slots;
  const std::string prefix = record_prefix(collection, record);
  auto standing = cursor.seek(prefix);
  while (standing && *standing && cursor.key().starts_with(prefix)) {
    const auto parts = split_slot_key(cursor.key());
    if (!parts) return corrupt("slot", cursor.key());
    if (!filter || filter(parts->field)) {
      if (auto ok = load_slot(cursor, *parts, slots); !ok) return fail(ok.error());
    }
    standing = cursor.next();
  }
  if (!standing) return fail(standing.error());
  return slots;
}

Result<void> scan_records(const Snapshot& snapshot, std::string_view collection,
                          const CollectionRules& rules, const ScanRange& range,
                          const Replica::Visitor& visitor) {
  const KeyBounds bounds = bounds_of(collection, range);
  const std::size_t id_at = collection.size() + 1;
  auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  RecordScan scan(**cursor, collection, range.reverse);
  if (auto ok = scan.start(range.reverse ? bounds.last : bounds.first); !ok) return ok;
  std::size_t found = 0;
  Record record;
  while (true) {
    merge::RecordSlots slots;
    auto more = scan.next(record.id, slots);
    if (!more) return fail(more.error());
    if (!*more) return {};
    const std::string_view first = std::string_view(bounds.first).substr(id_at);
    const std::string key = std::string(collection) + '\0' + record.id;
    if (range.reverse ? record.id < first : key >= bounds.last) return {};
    auto fields = slots.resolve(rules);
    if (!fields) continue;
    record.fields = std::move(*fields);
    if (!visitor(record)) return {};
    if (++found == range.limit) return {};
  }
}

Result<std::vector<std::string>> list_collections(const Snapshot& snapshot) {
  std::vector<std::string> names;
  auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek({});
  while (standing && *standing) {
    const auto parts = split_slot_key((*cursor)->key());
    if (!parts) return corrupt("slot", (*cursor)->key());
    names.emplace_back(parts->collection);
    standing = (*cursor)->seek(after_prefix(names.back() + '\0'));
  }
  if (!standing) return fail(standing.error());
  return names;
}

}  // namespace syncline::replica
