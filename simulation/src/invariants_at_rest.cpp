#include <algorithm>
#include <map>

#include "finding_text.hpp"
#include "invariants.hpp"
#include "meaning.hpp"
#include "syncline/slot.hpp"

// What holds when all faults are over.

namespace syncline::simulation::invariants {
namespace {

Result<std::string> everything_read(const Replica& replica) {
  const auto view = replica.view();
  return view ? simulation::everything_read(*view) : fail(view.error());
}

}  // namespace

Finding all_converge_within_bounded_rounds(unsigned rounds, unsigned rounds_max,
                                           const std::string& who) {
  if (rounds <= rounds_max) return std::nullopt;
  return broken(__func__, who + " after " + std::to_string(rounds_max) + " rounds without faults");
}

Finding nothing_acknowledged_is_lost(const Slots& expected, const Slots& held,
                                     const std::string& who) {
  for (const auto& [slot, written] : expected) {
    const auto found = held.find(slot);
    if (found == held.end())
      return broken(__func__, who + " lacks " + printable(slot) + " " + shown(written));
    if (found->second != written) {
      return broken(__func__, who + " holds " + printable(slot) + " " + shown(found->second) +
                                  ", and " + shown(written) + " was written");
    }
  }
  if (held.size() == expected.size()) return std::nullopt;
  const auto extra = std::find_if(held.begin(), held.end(),
                                  [&](const auto& slot) { return !expected.contains(slot.first); });
  return broken(__func__, who + " holds " + printable(extra->first) + " " + shown(extra->second) +
                              ", which nobody has written");
}

Finding deletions_stay_deleted(const Slots& slots, const Replica& replica) {
  std::map<std::pair<std::string, std::string>, std::pair<Stamp, Stamp>> lives;  // live, dead
  for (const auto& [slot, held] : slots) {
    const auto parts = split_slot_key(slot);
    auto& life = lives[{std::string(parts->collection), std::string(parts->record)}];
    if (!parts->field.empty()) continue;
    if (parts->element == kLiveElement) life.first = held.stamp;
    if (parts->element == kDeadElement) life.second = held.stamp;
  }
  for (const auto& [record, life] : lives) {
    const auto found = replica.get(record.first, record.second);
    if (!found) return broken(__func__, found.error().message);
    if (found->has_value() == (life.first > life.second)) continue;
    return broken(__func__, record.first + "/" + record.second + " is " +
                                (found->has_value() ? "there" : "not there") +
                                ", against what is newer of its creation and its deletion");
  }
  return std::nullopt;
}

Finding reads_are_what_the_slots_say(const Slots& slots, const Replica& replica) {
  const auto read = everything_read(replica);
  if (!read) return broken(__func__, read.error().message);
  const std::string meant = meaning_of(slots, replica.schema());
  if (*read == meant) return std::nullopt;
  return broken(__func__, "a device reads:\n" + *read + "and its slots say:\n" + meant);
}

Finding devices_read_the_same(const std::vector<const Replica*>& devices) {
  std::map<std::string, std::string> by_schema;
  for (const Replica* device : devices) {
    const auto read = everything_read(*device);
    if (!read) return broken(__func__, read.error().message);
    const auto& id = device->schema().id();
    const auto [known, is_new] = by_schema.emplace(id ? id->digest : "", *read);
    if (!is_new && known->second != *read)
      return broken(__func__, "two devices read:\n" + known->second + "and\n" + *read);
  }
  return std::nullopt;
}

Finding an_app_finds_what_it_did(const std::optional<std::string>& surprise) {
  if (!surprise) return std::nullopt;
  return broken(__func__, *surprise);
}

}  // namespace syncline::simulation::invariants
