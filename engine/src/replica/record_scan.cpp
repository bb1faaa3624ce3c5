#include "replica/record_scan.hpp"

#include "replica/entries.hpp"

namespace syncline::replica {

Result<void> load_slot(const StoreCursor& cursor, const SlotParts& parts,
                       merge::RecordSlots& slots) {
  const auto entry = decode_slot(cursor.value(), cursor.key());
  if (!entry) return fail(entry.error());
  slots.load(parts.field, parts.element, {entry->stamp, std::string(entry->value)});
  return {};
}

Result<void> RecordScan::start(const std::string& bound) {
  auto standing = reverse_ ? cursor_.seek_before(bound) : cursor_.seek(bound);
  if (!standing) return fail(standing.error());
  standing_ = *standing;
  return {};
}

Result<bool> RecordScan::next(std::string& record, merge::RecordSlots& slots) {
  record.clear();
  while (standing_) {
    const auto parts = split_slot_key(cursor_.key());
    if (!parts) return corrupt("slot", cursor_.key());
    if (parts->collection != collection_) break;
    if (record.empty()) record = parts->record;
    if (parts->record != record) break;
    if (auto ok = load_slot(cursor_, *parts, slots); !ok) return fail(ok.error());
    ++slot_count_;
    auto moved = reverse_ ? cursor_.previous() : cursor_.next();
    if (!moved) return fail(moved.error());
    standing_ = *moved;
  }
  return !record.empty();
}

}  // namespace syncline::replica
