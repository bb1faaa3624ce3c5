#include "replica/field_moves.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "schema/comparison.hpp"
#include "schema/rule_names.hpp"
#include "syncline/value.hpp"

namespace syncline::replica {
namespace {

using schema::declared_rule;
using schema::group_of_rule;
using schema::kUndeclared;

std::string named(const std::string& rule) {
  return rule.empty() ? std::string(kUndeclared) : rule;
}

// The rule by its words. A part of a group is read and written by the group.
FieldRule rule_of(const std::string& name, const Strategies& strategies) {
  FieldRule rule;
  if (group_of_rule(name)) {
    rule.merge = Merge::kGroup;
  } else if (auto found = schema::stored_rule(name, strategies)) {
    rule = std::move(*found);
  }
  return rule;
}

// The rule whose values the field may still hold: that which is being changed, or else the last
// one, or what it was before anyone declared it. Empty if there is none.
std::string rule_before(const std::string& collection, const std::string& field,
                        const std::string& after, Merge merge, const SchemaComparison& comparison,
                        const schema::FormerRules& former) {
  for (const SchemaDifference& one : comparison.differences) {
    if (one.needs_migration && one.collection == collection && one.name == field)
      return named(one.before);
  }
  const auto& names = former.of({collection, field});
  const auto last = std::find_if(names.rbegin(), names.rend(),
                                 [&after](const std::string& name) { return name != after; });
  if (last != names.rend()) return *last;
  return schema::reads_undeclared(merge) ? std::string() : std::string(kUndeclared);
}

// A part of an object that a group holds.
std::optional<strategy::Holding> part_of(const merge::RecordSlots& slots, const std::string& group,
                                         const std::string& part) {
  auto holding = strategy::holding_of({.merge = Merge::kGroup}, slots.counting(group),
                                      slots.deletion(), false);
  if (!holding) return std::nullopt;
  const auto found = holding->value.if_object()->find(part);
  if (found == holding->value.if_object()->end()) return std::nullopt;
  return strategy::Holding{found->second, holding->stamp};
}

std::optional<strategy::Holding> held_before(const FieldMove& move,
                                             const merge::RecordSlots& slots) {
  if (move.group_before) return part_of(slots, *move.group_before, move.field);
  const bool to_list = move.after.merge == Merge::kList;
  return strategy::holding_of(move.before, slots.counting(move.field), slots.deletion(), to_list);
}

// Parts that become a group's: those that are later than what it holds join it, with the stamp of
// the latest.
void move_into_group(const std::string& group, const std::vector<FieldMove*>& parts,
                     const merge::RecordSlots& slots, std::vector<MovedSlots>& moved) {
  const auto present = slots.counting(group);
  const bool is_held = !present.empty() && present.front().element.empty();
  Stamp latest = is_held ? present.front().stamp : Stamp{};
  const Stamp held_until = latest;
  Value::Object object;
  if (auto value = strategy::group_strategy().resolve(present, slots.deletion()))
    object = *value->if_object();
  std::vector<FieldMove*> joined;
  for (FieldMove* part : parts) {
    const auto holding = held_before(*part, slots);
    if (!holding || holding->stamp <= held_until) continue;
    object.insert_or_assign(part->field, holding->value);
    latest = std::max(latest, holding->stamp);
    joined.push_back(part);
  }
  if (joined.empty()) return;
  auto encoded = encode_value(Value(std::move(object)));
  if (encoded) {
    moved.push_back({group, {{{}, latest, std::move(*encoded)}}, std::move(joined)});
  } else {
    for (FieldMove* part : joined) ++part->left;
  }
}

// The stamps that groups get where others join them.
using GroupStamps = std::map<std::string, Stamp>;

void move_field(FieldMove& move, const merge::RecordSlots& slots, const GroupStamps& groups,
                std::vector<MovedSlots>& moved) {
  auto holding = held_before(move, slots);
  if (!holding) return;
  // A part that leaves such a group would be found in it with that stamp the next time.
  if (move.group_before) {
    const auto joined = groups.find(*move.group_before);
    if (joined != groups.end()) holding->stamp = std::max(holding->stamp, joined->second);
  }
  auto carried = strategy::carry_over(move.before, move.after, *holding, slots.counting(move.field),
                                      slots.deletion(), move.is_return);
  if (!carried) {
    ++move.left;
    return;
  }
  moved.push_back({move.field, std::move(*carried), {&move}});
}

}  // namespace

std::vector<FieldMove> field_moves(const std::string& collection,
                                   const SchemaComparison& comparison,
                                   const schema::FormerRules& former, const CollectionRules& given,
                                   const Strategies& strategies) {
  std::set<std::string> fields;
  for (const auto& [name, rule] : given.fields) fields.insert(name);
  for (const auto& [part, group] : given.group_of) fields.insert(part);
  for (const SchemaDifference& one : comparison.differences) {
    if (one.needs_migration && one.collection == collection) fields.insert(one.name);
  }
  std::vector<FieldMove> moves;
  for (const std::string& field : fields) {
    FieldMove move{field, {}, named(declared_rule(given, field)), {}, {}};
    move.after = rule_of(move.after_name, strategies);
    move.before_name =
        rule_before(collection, field, move.after_name, move.after.merge, comparison, former);
    if (move.before_name.empty() || move.before_name == move.after_name) continue;
    move.before = rule_of(move.before_name, strategies);
    move.group_before = group_of_rule(move.before_name);
    move.group_after = group_of_rule(move.after_name);
    const auto& names = former.of({collection, field});
    move.is_return = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == move.after_name ||
             strategy::share_slots(rule_of(name, strategies).merge, move.after.merge);
    });
    moves.push_back(std::move(move));
  }
  return moves;
}

std::vector<MovedSlots> move_record(std::vector<FieldMove>& moves,
                                    const merge::RecordSlots& slots) {
  std::vector<MovedSlots> moved;
  std::map<std::string, std::vector<FieldMove*>> groups;
  for (FieldMove& move : moves) {
    if (move.group_after) groups[*move.group_after].push_back(&move);
  }
  for (const auto& [group, parts] : groups) move_into_group(group, parts, slots, moved);
  GroupStamps stamps;
  for (const MovedSlots& group : moved) stamps.emplace(group.field, group.registers.front().stamp);
  for (FieldMove& move : moves) {
    if (!move.group_after) move_field(move, slots, stamps, moved);
  }
  return moved;
}

}  // namespace syncline::replica
