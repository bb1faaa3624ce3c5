#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "finding_text.hpp"
#include "invariants.hpp"
#include "syncline/conflicts.hpp"
#include "syncline/slot.hpp"
#include "syncline/value.hpp"

// The bounds of the conflict journal, held against what a device's log says of it.

namespace syncline::simulation::invariants {
namespace {

const Register* find(const Slots& slots, const std::string& name, std::string_view field,
                     std::string_view element) {
  const auto key = SlotKey::make(kConflictsCollection, name, field, element);
  const auto held = key ? slots.find(key->bytes()) : slots.end();
  return held == slots.end() ? nullptr : &held->second;
}

// The entries that are not deleted.
std::set<std::string> names_there(const Slots& slots) {
  std::set<std::string> names;
  const std::string first = std::string(kConflictsCollection) + '\0';
  for (auto slot = slots.lower_bound(first); slot != slots.end(); ++slot) {
    if (!slot->first.starts_with(first)) break;
    const auto parts = split_slot_key(slot->first);
    if (!parts->field.empty() || parts->element != kLiveElement) continue;
    const std::string name(parts->record);
    const Register* dead = find(slots, name, {}, kDeadElement);
    if (dead == nullptr || dead->stamp < slot->second.stamp) names.insert(name);
  }
  return names;
}

// When an entry was found, as it says itself.
std::int64_t found_ms(const Slots& slots, const std::string& name) {
  const Register* about = find(slots, name, "about", {});
  if (about == nullptr || is_tombstone(about->value)) return 0;
  const Value value = *decode_value(about->value);
  const auto found = value.if_object()->find("found");
  return *found->second.if_int64();
}

}  // namespace

Finding the_journal_keeps_its_bounds(const Slots& slots, const JournalNews& news,
                                     std::size_t keep) {
  if (news.recorded.empty()) return std::nullopt;
  // What came beside what was recorded is bounded when the next one is.
  std::set<std::string> kept = names_there(slots);
  std::erase_if(kept, [&](const std::string& name) {
    return news.arrived.contains(name) && !news.recorded.contains(name);
  });
  if (kept.size() > std::max(keep, news.recorded.size())) {
    return broken(__func__, "the journal has " + std::to_string(kept.size()) + " entries and may " +
                                "keep " + std::to_string(keep));
  }
  for (const std::string& removed : news.removed) {
    for (const char* field : {"lost", "kept"}) {
      const Register* held = find(slots, removed, field, {});
      if (held != nullptr && !is_tombstone(held->value))
        return broken(__func__, removed + " is removed and still has what it " + field);
    }
    const auto is_older = [&](const std::string& name) {
      return !news.recorded.contains(name) && name < removed &&
             found_ms(slots, name) < found_ms(slots, removed);
    };
    const auto older = std::find_if(kept.begin(), kept.end(), is_older);
    if (older != kept.end())
      return broken(__func__, removed + " is removed and the older " + *older + " is kept");
  }
  return std::nullopt;
}

}  // namespace syncline::simulation::invariants
