#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "finding_text.hpp"
#include "invariants.hpp"
#include "syncline/conflicts.hpp"
#include "syncline/slot.hpp"
#include "syncline/value.hpp"

// The conflict journal, held against an account of who had seen what.

namespace syncline::simulation::invariants {
namespace {

// An entry of the journal, by spec/conflicts.md and not as the engine reads it.
struct Entry {
  std::string name;       // of its record
  std::string slot;       // of what lost
  std::string kept_slot;  // the same, or that of the deletion
  Stamp lost;
  Stamp kept;
};

std::string text_in(const Value::Object& about, const char* name) {
  const auto found = about.find(name);
  return found == about.end() ? std::string() : *found->second.if_string();
}

Stamp stamp_in(const Value::Object& about, const char* name) {
  return *decode_stamp(about.at(name).if_bytes()->data);
}

Entry read_about(std::string_view name, const Register& written) {
  const Value value = *decode_value(written.value);
  const Value::Object& about = *value.if_object();
  const auto element = about.find("element");
  Entry entry;
  entry.name = name;
  entry.slot =
      SlotKey::make(text_in(about, "collection"), text_in(about, "record"), text_in(about, "field"),
                    element == about.end() ? "" : element->second.if_bytes()->data)
          ->bytes();
  entry.kept_slot = text_in(about, "rule") == "deletion" ? deletion_slot(entry.slot) : entry.slot;
  entry.lost = stamp_in(about, "lost");
  entry.kept = stamp_in(about, "kept");
  return entry;
}

// All that was ever recorded.
std::vector<Entry> entries_of(const Ledger& ledger) {
  std::vector<Entry> entries;
  ledger.visit([&](const std::string& slot, const std::set<Register>& written) {
    const auto parts = split_slot_key(slot);
    if (parts->collection != kConflictsCollection || parts->field != "about") return;
    for (const Register& about : written) {
      if (!is_tombstone(about.value)) entries.push_back(read_about(parts->record, about));
    }
  });
  return entries;
}

// What was written there with the stamp; nothing if it was stamped anew, two if the stamp was given
// again.
std::set<std::string> values_of(const Ledger& ledger, const std::string& slot, const Stamp& stamp) {
  std::set<std::string> values;
  for (const Register& written : ledger.written(slot)) {
    if (written.stamp == stamp) values.insert(written.value);
  }
  return values;
}

// Whether a migration made another value of what was written there with the stamp: who had seen the
// one need not have seen the other.
bool has_two_meanings(const Ledger& ledger, const std::string& slot, const Stamp& stamp) {
  return ledger.is_carried_over(slot, stamp) && values_of(ledger, slot, stamp).size() > 1;
}

// Whether a value of this slot, if it loses, is one that a person may want back. What is kept side
// by side in slots of its own never loses to another value.
bool is_shown_alone(const Schema& schema, const SlotParts& slot) {
  if (slot.field.empty() || is_engine_collection(slot.collection)) return false;
  const CollectionRules& rules = schema.collection(slot.collection);
  if (rules.groups.contains(slot.field)) return slot.element.empty();
  const Merge merge = rules.field(slot.field).merge;
  if (merge == Merge::kLww) return slot.element.empty();
  // A key is text, which an element of another rule need not be.
  return merge == Merge::kMap && !slot.element.empty() &&
         encode_value(Value(std::string(slot.element))).has_value();
}

// Whether each device that had the write, and did not know who else had seen it, had rules by which
// a value of the other slot is shown alone: then it told what the two did to each other. What a
// migration made is in conflict with nothing.
bool is_told(const Ledger& ledger, const std::string& slot, const Stamp& stamp,
             const std::string& other_slot) {
  if (ledger.is_carried_over(slot, stamp)) return false;
  const auto schemas = ledger.held_by(slot, stamp);
  const auto parts = *split_slot_key(other_slot);
  return !schemas.empty() && std::all_of(schemas.begin(), schemas.end(), [&](const Schema* schema) {
    return is_shown_alone(*schema, parts);
  });
}

// Whether something that replaced or hid it was in the hands of a device that tells nothing of it.
bool may_have_met_in_silence(const Ledger& ledger, const std::string& slot, const Register& lost) {
  const auto written = ledger.written(slot);
  const bool is_replaced =
      std::any_of(written.upper_bound(lost), written.end(),
                  [&](const auto& by) { return !is_told(ledger, slot, by.stamp, slot); });
  if (is_replaced) return true;
  const std::string deletion = deletion_slot(slot);
  const auto deletions = ledger.written(deletion);
  return std::any_of(deletions.begin(), deletions.end(), [&](const Register& by) {
    return !is_told(ledger, deletion, by.stamp, slot);
  });
}

// Whether whoever hid or replaced it had seen it.
bool was_lost_knowingly(const Ledger& ledger, const std::string& slot, const Register& lost,
                        const std::set<Register>& written) {
  const Knowledge& knowledge = ledger.knowledge();
  const bool was_replaced = std::any_of(written.begin(), written.end(), [&](const Register& other) {
    return other != lost &&
           (other.value == lost.value || knowledge.knew(slot, other.stamp, slot, lost.stamp));
  });
  if (was_replaced) return true;
  const std::string deletion = deletion_slot(slot);
  const auto deletions = ledger.written(deletion);
  return std::any_of(deletions.begin(), deletions.end(), [&](const Register& other) {
    return knowledge.knew(deletion, other.stamp, slot, lost.stamp) ||
           knowledge.knew(slot, lost.stamp, deletion, other.stamp);
  });
}

bool is_hidden(const Slots& expected, const std::string& slot, const Stamp& stamp) {
  const std::string deletion = deletion_slot(slot);
  const std::string creation =
      deletion.substr(0, deletion.size() - kDeadElement.size()) + std::string(kLiveElement);
  const auto live = expected.find(creation);
  const auto dead = expected.find(deletion);
  if (live == expected.end()) return true;
  return dead != expected.end() &&
         (live->second.stamp <= dead->second.stamp || stamp <= dead->second.stamp);
}

}  // namespace

Finding conflicts_are_between_strangers(const Ledger& ledger) {
  const Knowledge& knowledge = ledger.knowledge();
  for (const Entry& entry : entries_of(ledger)) {
    if (ledger.is_doubted(entry.slot, entry.lost) || ledger.is_doubted(entry.kept_slot, entry.kept))
      continue;
    if (has_two_meanings(ledger, entry.slot, entry.lost) ||
        has_two_meanings(ledger, entry.kept_slot, entry.kept))
      continue;
    if (!knowledge.has(entry.slot, entry.lost) || !knowledge.has(entry.kept_slot, entry.kept))
      return broken(__func__, printable(entry.slot) + " lost what nobody wrote");
    const bool knew_kept = knowledge.all_knew(entry.slot, entry.lost, entry.kept_slot, entry.kept);
    const bool was_known = knowledge.all_knew(entry.kept_slot, entry.kept, entry.slot, entry.lost);
    if (!knew_kept && !was_known) continue;
    // What had made the record again was stamped anew, below the deletion that it came after.
    const bool is_hidden_again = entry.kept_slot != entry.slot && entry.kept < entry.lost;
    if (knew_kept && is_hidden_again) continue;
    return broken(__func__, printable(entry.slot) + ": " + shown({entry.lost, {}}) +
                                " is recorded as lost to " + shown({entry.kept, {}}) +
                                (was_known ? ", which knew it" : ", which it knew"));
  }
  return std::nullopt;
}

Finding a_conflict_has_one_name(const Ledger& ledger) {
  std::map<std::pair<std::string, std::pair<Stamp, Stamp>>, std::string> names;
  for (const Entry& entry : entries_of(ledger)) {
    const auto known =
        names.emplace(std::pair(entry.slot, std::pair(entry.lost, entry.kept)), entry.name).first;
    if (known->second != entry.name)
      return broken(__func__, printable(entry.slot) + ": what lost is recorded as " +
                                  known->second + " and as " + entry.name);
  }
  return std::nullopt;
}

Finding what_lost_is_a_value_of_its_own(const Ledger& ledger) {
  for (const Entry& entry : entries_of(ledger)) {
    const auto lost = values_of(ledger, entry.slot, entry.lost);
    if (lost == std::set{std::string(kTombstone)})
      return broken(__func__, printable(entry.slot) + ": a removal is recorded as lost");
    // A stamp that was withdrawn may be given again, to what was lost say when it is restored.
    if (ledger.was_withdrawn(entry.kept_slot, entry.kept)) continue;
    if (entry.slot == entry.kept_slot && lost.size() == 1 &&
        lost == values_of(ledger, entry.kept_slot, entry.kept))
      return broken(__func__, printable(entry.slot) + ": what is recorded as lost is kept");
  }
  return std::nullopt;
}

Finding no_value_is_lost_unnoticed(const Ledger& ledger) {
  std::set<std::pair<std::string, Stamp>> recorded;
  for (const Entry& entry : entries_of(ledger)) recorded.emplace(entry.slot, entry.lost);
  const Slots expected = ledger.expected();
  Finding finding;
  ledger.visit([&](const std::string& slot, const std::set<Register>& written) {
    if (finding) return;
    for (const Register& one : written) {
      if (!is_told(ledger, slot, one.stamp, slot)) continue;
      const bool is_there = one == expected.at(slot) && !is_hidden(expected, slot, one.stamp);
      const auto stamps = ledger.knowledge().stamps_of(slot, one.stamp);
      const bool is_recorded = std::any_of(stamps.begin(), stamps.end(), [&](const Stamp& stamp) {
        return recorded.contains({slot, stamp});
      });
      if (is_there || is_tombstone(one.value) || is_recorded) continue;
      if (was_lost_knowingly(ledger, slot, one, written)) continue;
      if (!may_have_met_in_silence(ledger, slot, one)) {
        finding = broken("no_value_is_lost_unnoticed",
                         printable(slot) + " " + shown(one) + " is neither there nor recorded");
        return;
      }
    }
  });
  return finding;
}

Finding of_the_journal(const Ledger& ledger, bool was_set_back) {
  if (auto found = a_conflict_has_one_name(ledger)) return found;
  if (auto found = what_lost_is_a_value_of_its_own(ledger)) return found;
  if (was_set_back) return std::nullopt;
  if (auto found = conflicts_are_between_strangers(ledger)) return found;
  return no_value_is_lost_unnoticed(ledger);
}

}  // namespace syncline::simulation::invariants
