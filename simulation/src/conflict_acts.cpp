#include "conflict_acts.hpp"

#include <algorithm>
#include <vector>

#include "place.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kLatest = 8;

std::string name_of(const Conflict& conflict) {
  return conflict.id + " of " + conflict.collection + "/" + conflict.record + "." + conflict.field;
}

// The state that the journal has it in; nothing if it lists it no more.
Result<std::optional<ConflictState>> listed_state(const Replica& replica,
                                                  const Conflict& conflict) {
  ConflictFilter filter;
  filter.settled = true;
  std::optional<ConflictState> state;
  const auto visited = replica.conflicts().visit(filter, [&](const Conflict& listed) {
    if (listed.id == conflict.id) state = listed.state;
    return !state;
  });
  if (!visited) return fail(visited.error());
  return state;
}

void read_state_back(const Replica& replica, const Conflict& conflict, ConflictState expected,
                     Act& act) {
  if (!act.result) return;
  const auto state = listed_state(replica, conflict);
  if (!state) {
    act.surprise = "the journal cannot be read back: " + state.error().message;
  } else if (*state != expected) {
    act.surprise = "the journal does not show what was done: " + act.what;
  }
}

// Whether each member of the one is in the other.
bool has_members(const Value::Object& object, const Value::Object& members) {
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    const auto found = object.find(member.first);
    return found != object.end() && found->second == member.second;
  });
}

// Whether the record has again what lost, as far as the strategy lets one value be told from the
// others.
bool has_again(const Schema& schema, const Conflict& conflict, const std::optional<Record>& before,
               const Record& record) {
  const CollectionRules& rules = schema.collection(conflict.collection);
  const auto group = rules.groups.find(conflict.field);
  if (group != rules.groups.end()) {
    Value::Object parts;
    for (const std::string& part : group->second) {
      const auto found = conflict.lost.if_object()->find(part);
      if (found != conflict.lost.if_object()->end()) parts.insert(*found);
    }
    return has_members(record.fields, parts);
  }
  const Merge merge = rules.field(conflict.field).merge;
  if (merge != Merge::kLww && merge != Merge::kMap) return true;
  // The device may have written that again while it was told of the restore.
  if (conflict.field == kEchoField) return true;
  const auto found = record.fields.find(conflict.field);
  if (found == record.fields.end()) return false;
  const auto* keys = conflict.lost.if_object();
  if (merge == Merge::kLww || keys == nullptr) return found->second == conflict.lost;
  // The keys that were there stay, and of a record that was deleted more may come back.
  Value::Object expected = *keys;
  const Value* held = before ? field_of(before, conflict.field) : nullptr;
  if (held != nullptr && held->if_object() != nullptr)
    expected.insert(held->if_object()->begin(), held->if_object()->end());
  return found->second.if_object() != nullptr && has_members(*found->second.if_object(), expected);
}

// Where two schemas declare a field otherwise, what the one wrote may be nothing that the other
// takes; and a custom strategy may be missing.
bool is_not_taken(const Result<void>& result) {
  if (result) return false;
  const Code code = result.error().code;
  return code == Code::kTypeMismatch || code == Code::kStrategyMissing ||
         code == Code::kWrongStrategy;
}

}  // namespace

std::optional<Conflict> choose_conflict(const Replica& replica, SeededRandom& random) {
  ConflictFilter filter;
  filter.limit = kLatest;
  std::vector<Conflict> open;
  const auto visited = replica.conflicts().visit(filter, [&open](const Conflict& conflict) {
    open.push_back(conflict);
    return true;
  });
  if (!visited || open.empty()) return std::nullopt;
  return open[random.below(open.size())];
}

Act restore_conflict(Replica& replica, const Conflict& conflict) {
  Act act{"restore " + name_of(conflict), {}, {}};
  const auto before = replica.get(conflict.collection, conflict.record);
  act.result = replica.conflicts().restore(conflict.id);
  if (is_not_taken(act.result)) return {act.what + ", which is not taken", {}, {}};
  read_state_back(replica, conflict, ConflictState::kRestored, act);
  if (!act.result || act.surprise || !before) return act;
  const auto after = replica.get(conflict.collection, conflict.record);
  if (!after) {
    act.surprise = "it cannot be read back: " + after.error().message;
  } else if (!*after || !has_again(replica.schema(), conflict, *before, **after)) {
    act.surprise = conflict.collection + "/" + conflict.record + " lacks " +
                   value_to_json(conflict.lost) + " after " + act.what;
  }
  return act;
}

Act dismiss_conflict(Replica& replica, const Conflict& conflict) {
  Act act{"dismiss " + name_of(conflict), {}, {}};
  act.result = replica.conflicts().dismiss(conflict.id);
  read_state_back(replica, conflict, ConflictState::kDismissed, act);
  return act;
}

}  // namespace syncline::simulation
