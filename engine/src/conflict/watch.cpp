#include "conflict/watch.hpp"

#include <algorithm>
#include <utility>

#include "replica/fold.hpp"
#include "replica/pending.hpp"
#include "replica/record_reader.hpp"

namespace syncline::conflict {

using replica::SlotEntry;

namespace {

bool is_own_slot(const SlotKey& key, std::string_view element) {
  return key.field().empty() && key.element() == element;
}

}  // namespace

Result<void> Watch::meet(const Op& arrived, const std::optional<SlotEntry>& present, After after) {
  const SlotKey& key = arrived.key;
  if ((!unsettled_.any() && !after) || is_engine_collection(key.collection())) return {};
  const auto record = seen(key);
  if (!record) return fail(record.error());
  Seen& found = **record;
  if (is_own_slot(key, kLiveElement)) {
    found.after.live = std::max(found.after.live, arrived.stamp);
    return {};
  }
  if (is_own_slot(key, kDeadElement)) {
    // The same again is looked at: what is stamped anew may have come to stand before it.
    if (arrived.stamp < found.after.dead) return {};
    found.after.dead = arrived.stamp;
    found.arrived_deletion = arrived;
    found.arrived_after = after;
    return {};
  }
  const bool changes =
      !present || beats(arrived.stamp, arrived.value, present->stamp, present->value);
  if (changes && found.deletion && found.deletion->stamp.replica != arrived.stamp.replica) {
    const auto base = unknown_elsewhere(*found.deletion, after);
    if (!base) return fail(base.error());
    if (*base) found.edits.push_back(arrived);
  }
  return present ? meet_in_slot(arrived, *present, after, found) : Result<void>();
}

Result<void> Watch::meet_in_slot(const Op& arrived, const SlotEntry& present, After after,
                                 const Seen& record) {
  if (arrived.stamp.replica == present.stamp.replica || arrived.value == present.value) return {};
  // It lost to what is replaced itself by now.
  if (lost_.contains(arrived.key.bytes())) return {};
  const auto base = unknown_elsewhere(present, after);
  if (!base) return fail(base.error());
  if (!*base || arrived.stamp <= **base) return {};
  const std::string rule =
      rule_name(core_.schema.collection(arrived.key.collection()), arrived.key.field());
  const Op own{arrived.key, present.stamp, std::string(present.value)};
  if (!beats(arrived.stamp, arrived.value, own.stamp, own.value)) {
    note({arrived, own.stamp, own.value, rule});
  } else if (!(record.before.hides(own.stamp) && record.before.dead.replica == own.stamp.replica)) {
    lost_.insert(own.key.bytes());
    note({own, arrived.stamp, arrived.value, rule});
  }
  return {};
}

Result<std::vector<Clash>> Watch::finish() {
  for (auto& [prefix, record] : records_) {
    if (record.arrived_deletion) {
      if (auto ok = find_hidden(prefix, record); !ok) return fail(ok.error());
    }
    for (Op& edit : record.edits) {
      if (record.after.hides(edit.stamp))
        note({std::move(edit), record.deletion->stamp, std::string(kTombstone),
              std::string(kDeletionRule)});
    }
  }
  return std::move(clashes_);
}

// What the deletion that arrived hides of what was written here.
Result<void> Watch::find_hidden(const std::string& prefix, const Seen& record) {
  auto cursor = snapshot_.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek(prefix);
  for (; standing && *standing && (*cursor)->key().starts_with(prefix);
       standing = (*cursor)->next()) {
    auto key = SlotKey::parse((*cursor)->key());
    const auto slot = replica::decode_slot((*cursor)->value(), (*cursor)->key());
    if (!key || !slot) return replica::corrupt("slot", (*cursor)->key());
    const Stamp& deletion = record.arrived_deletion->stamp;
    if (key->field().empty() || lost_.contains(key->bytes()) ||
        slot->stamp.replica == deletion.replica || !record.after.hides(slot->stamp) ||
        (deletion != record.before.dead && record.before.hides(slot->stamp))) {
      continue;
    }
    const auto base = unknown_elsewhere(*slot, record.arrived_after);
    if (!base) return fail(base.error());
    if (*base)
      note({{std::move(*key), slot->stamp, std::string(slot->value)},
            deletion,
            std::string(kTombstone),
            std::string(kDeletionRule)});
  }
  if (!standing) return fail(standing.error());
  return {};
}

Result<Watch::Seen*> Watch::seen(const SlotKey& key) {
  std::string prefix = replica::record_prefix(key.collection(), key.record());
  if (const auto known = records_.find(prefix); known != records_.end()) return &known->second;
  Seen record;
  const auto live = record_slot(prefix, kLiveElement);
  if (!live) return fail(live.error());
  if (*live) record.before.live = (*live)->stamp;
  const auto dead = record_slot(prefix, kDeadElement);
  if (!dead) return fail(dead.error());
  if (*dead) {
    record.before.dead = (*dead)->stamp;
    record.deletion = **dead;
  }
  record.after = record.before;
  return &records_.emplace(std::move(prefix), std::move(record)).first->second;
}

Result<std::optional<SlotEntry>> Watch::record_slot(const std::string& prefix,
                                                    std::string_view element) const {
  std::string key = prefix;
  key.push_back('\0');
  key.append(element);
  return replica::read_slot(snapshot_, key);
}

Result<std::optional<Stamp>> Watch::unknown_elsewhere(const SlotEntry& present, After after) const {
  if (after && present.sequence > *after) {
    const auto is_own = was_written_here(present.sequence);
    if (!is_own) return fail(is_own.error());
    if (*is_own) return Stamp{};
  }
  const auto waiting = replica::find_waiting(snapshot_, unsettled_, present.sequence);
  if (!waiting) return fail(waiting.error());
  if (!*waiting || (!(*waiting)->is_set_aside &&
                    taken_.has(present.stamp.replica, present.sequence, (*waiting)->taken_from)))
    return std::nullopt;
  return (*waiting)->base;
}

// By this replica, or by one that it was restored from.
Result<bool> Watch::was_written_here(std::uint64_t sequence) const {
  bool is_own = false;
  const auto walked = replica::walk_log(snapshot_, sequence, [&](const LogItem& item) {
    is_own = item.sequence == sequence &&
             static_cast<replica::LogOrigin>(item.origin) != replica::LogOrigin::kRemote;
    return false;
  });
  if (!walked) return fail(walked.error());
  return is_own;
}

void Watch::note(Clash clash) {
  if (is_tombstone(clash.lost.value)) return;
  const SlotKey& key = clash.lost.key;
  const CollectionRules& rules = core_.schema.collection(key.collection());
  // Of a field that this schema does not know, another device may show it.
  const bool is_known = rules.fields.contains(key.field()) || rules.groups.contains(key.field());
  if (is_known && !shown(rules, key.field(), key.element(), clash.lost.value)) return;
  clashes_.push_back(std::move(clash));
}

}  // namespace syncline::conflict
