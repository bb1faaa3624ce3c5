#include <algorithm>
#include <set>
#include <utility>

#include "conflict_acts.hpp"
#include "counter_acts.hpp"
#include "custom_acts.hpp"
#include "list_acts.hpp"
#include "place.hpp"
#include "read_back.hpp"
#include "syncline/simulation/workload.hpp"
#include "transaction_act.hpp"

namespace syncline::simulation {
namespace {

class SchemaWorkload final : public Workload {
 public:
  Act act(Replica& replica, SeededRandom& random) override {
    if (random.below(40) == 0) {
      if (const auto conflict = choose_conflict(replica, random))
        return settle(replica, *conflict, random);
    }
    const Place place = choose_place(replica.schema(), random);
    const std::uint64_t kind = random.below(20);
    if (kind == 0) return erase(replica, place);
    if (kind == 1) return put_record(replica, place, random);
    if (kind == 2) return act_in_one_transaction(replica, place.collection, random);
    const auto before = replica.get(place.collection, place.record);
    Act act = kind == 3   ? clear(replica, place)
              : kind == 4 ? put_field(replica, place, random)
                          : change(replica, place, random);
    if (act.result && !act.surprise && before && *before)
      act.surprise = changed_elsewhere(replica, place, **before, act);
    return act;
  }

  // A copy of what a field held by one rule may come back to devices that have another, as
  // something that was written there.
  void migrated(const Schema& before, const Schema& after,
                const std::set<std::pair<std::string, std::string>>& taken_in) override {
    for (const auto& [collection, field] : taken_in)
      forget_field({.collection = collection, .record = {}, .field = field});
    for (const std::string& collection : after.collection_names()) {
      const CollectionRules& rules = before.collection(collection);
      for (const auto& [field, rule] : after.collection(collection).fields) {
        const auto held = rules.fields.find(field);
        const Merge merge = held == rules.fields.end() ? Merge::kLww : held->second.merge;
        if (merge == rule.merge) continue;
        forget_field({.collection = collection, .record = {}, .field = field});
      }
    }
  }

  std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const override {
    if (auto found = counters_.check_settled(devices)) return found;
    return lists_.check_settled(devices);
  }

 private:
  void forget_field(const Place& place) {
    counters_.forget_field(place);
    lists_.forget_field(place);
  }

  Act change(Replica& replica, const Place& place, SeededRandom& random) {
    switch (place.merge) {
      case Merge::kCounter:
        return counters_.increment(replica, place, random);
      case Merge::kSet:
        return change_set(replica, place, random);
      case Merge::kMap:
        return change_key(replica, place, random);
      case Merge::kList:
        return random.below(4) == 0 ? lists_.put(replica, place, random)
                                    : lists_.change(replica, place, random);
      case Merge::kCustom:
        return change_custom(replica, place, random);
      default:
        return patch(replica, place, random);
    }
  }

  Act settle(Replica& replica, const Conflict& conflict, SeededRandom& random) {
    const Merge merge =
        replica.schema().collection(conflict.collection).field(conflict.field).merge;
    // An item that two devices put back is in its list twice, which the account of lists takes for
    // a move that made two of it.
    if (merge == Merge::kList || random.below(3) == 0) return dismiss_conflict(replica, conflict);
    // Whether or not it is done: the process may end before it says.
    const Place place{.collection = conflict.collection, .record = conflict.record, .field = {}};
    counters_.forget(place);
    lists_.forget(place);
    return restore_conflict(replica, conflict);
  }

  Act erase(Replica& replica, const Place& place) {
    Act act{"delete " + place.collection + "/" + place.record, {}, {}};
    // Whether or not it is done: the process may end before it says.
    counters_.forget(place);
    lists_.forget(place);
    act.result = replica.write([&](Transaction& t) -> Result<void> {
      const auto erased = t.erase(place.collection, place.record);
      return erased ? Result<void>() : fail(erased.error());
    });
    read_back(replica, place, act, [](const auto& record) { return !record.has_value(); });
    return act;
  }

  Act put_record(Replica& replica, const Place& place, SeededRandom& random) {
    const bool plain = place.merge == Merge::kLww || place.merge == Merge::kGroup;
    Value::Object fields;
    if (plain) fields.emplace(place.field, value_of(place.type, random));
    Act act{"put " + place.collection + "/" + place.record + " " + value_to_json(Value(fields)),
            {},
            {}};
    lists_.forget(place);
    act.result = replica.write(
        [&](Transaction& t) { return t.put(place.collection, place.record, fields); });
    const CollectionRules& rules = replica.schema().collection(place.collection);
    if (!act.result) {
      // A custom strategy may refuse to be cleared.
      Place any = place;
      for (const auto& [name, rule] : rules.fields) {
        if (rule.merge == Merge::kCustom) any.merge = Merge::kCustom;
      }
      return pass_over(std::move(act), any);
    }
    read_back(replica, place, act, [&](const std::optional<Record>& record) {
      if (!record) return false;
      Value::Object others = record->fields;
      std::erase_if(others, [&](const auto& field) { return outlives_put(rules, field); });
      return !difference(others, fields, {});
    });
    return act;
  }

  // What accumulates stays, and a set, a list or a map is left empty.
  static bool outlives_put(const CollectionRules& rules, const Value::Object::value_type& field) {
    switch (rules.field(field.first).merge) {
      case Merge::kCounter:
      case Merge::kMin:
      case Merge::kMax:
      case Merge::kCustom:
        return true;
      case Merge::kSet:
      case Merge::kList:
        return field.second == Value(Value::Array{});
      case Merge::kMap:
        return field.second == Value(Value::Object{});
      default:
        return false;
    }
  }

  Act clear(Replica& replica, const Place& place) {
    Act act{"clear " + shown(place), {}, {}};
    const bool may_leave_some = place.merge == Merge::kSet || place.merge == Merge::kMap ||
                                place.merge == Merge::kList || place.merge == Merge::kCustom;
    if (place.merge == Merge::kList) lists_.forget(place);
    if (place.merge == Merge::kCounter) counters_.forget(place);
    act.result = replica.write(
        [&](Transaction& t) { return t.clear(place.collection, place.record, place.field); });
    if (!may_leave_some) {
      read_back(replica, place, act,
                [&](const auto& record) { return field_of(record, place.field) == nullptr; });
    }
    return pass_over(std::move(act), place);
  }

  // A set, whose order does not matter.
  static std::set<std::string> items_of(const Value* set) {
    std::set<std::string> items;
    const auto* array = set == nullptr ? nullptr : set->if_array();
    if (array == nullptr) return items;
    for (const Value& item : *array) items.insert(*encode_value(item));
    return items;
  }

  static Act change_set(Replica& replica, const Place& place, SeededRandom& random) {
    const bool adding = random.below(3) != 0;
    std::vector<Value> items{item_of(place.type, random)};
    if (random.below(3) == 0) items.push_back(item_of(place.type, random));
    Act act{
        (adding ? "add " : "remove ") + shown(place) + " " + value_to_json(Value(items)), {}, {}};
    const auto before = replica.get(place.collection, place.record);
    act.result = replica.write([&](Transaction& t) {
      return adding ? t.add(place.collection, place.record, place.field, items)
                    : t.remove(place.collection, place.record, place.field, items);
    });
    const std::set<std::string> named = items_of(&static_cast<const Value&>(Value(items)));
    read_back(replica, place, act, [&](const std::optional<Record>& record) {
      const auto found = items_of(field_of(record, place.field));
      const bool is_done = std::all_of(named.begin(), named.end(), [&](const auto& item) {
        return found.contains(item) == adding;
      });
      // A record that is made may have items that had lost to its deletion.
      if (!is_done || !before || !*before) return is_done;
      auto expected = items_of(field_of(*before, place.field));
      for (const auto& item : named)
        adding ? void(expected.insert(item)) : void(expected.erase(item));
      return found == expected;
    });
    return act;
  }

  static Act change_key(Replica& replica, const Place& place, SeededRandom& random) {
    const std::string key = key_of_map(random);
    const bool putting = random.below(4) != 0;
    const Value value = value_of(place.type, random);
    Act act{(putting ? "put_key " : "clear_key ") + shown(place) + "." + key +
                (putting ? " " + value_to_json(value) : ""),
            {},
            {}};
    act.result = replica.write([&](Transaction& t) {
      return putting ? t.put_key(place.collection, place.record, place.field, key, value)
                     : t.clear_key(place.collection, place.record, place.field, key);
    });
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      const auto* map = found == nullptr ? nullptr : found->if_object();
      const bool there = map != nullptr && map->contains(key);
      return putting ? there && map->find(key)->second == value : !there;
    });
    return act;
  }

  static Act patch(Replica& replica, const Place& place, SeededRandom& random) {
    const bool extreme = place.merge == Merge::kMin || place.merge == Merge::kMax;
    const Value value = value_of(place.type, random);
    const auto before = replica.get(place.collection, place.record);
    const Value* held = before ? field_of(*before, place.field) : nullptr;
    Act act = put_value(replica, place, value);
    read_back(replica, place, act, [&](const std::optional<Record>& record) {
      const Value* found = field_of(record, place.field);
      if (found == nullptr) return false;
      if (!extreme) return *found == read_after_put(place.merge, value);
      const auto beyond = [&](const Value& one) {
        const int order = compare_numbers(*found, one);
        return place.merge == Merge::kMin ? order <= 0 : order >= 0;
      };
      return beyond(value) && (held == nullptr || beyond(*held));
    });
    return act;
  }

  // Puts all that a field holds, whatever its strategy.
  Act put_field(Replica& replica, const Place& place, SeededRandom& random) {
    if (place.merge == Merge::kCounter) return counters_.put(replica, place, random);
    if (place.merge == Merge::kCustom) return change_custom(replica, place, random);
    if (place.merge == Merge::kList) return lists_.put(replica, place, random);
    if (place.merge != Merge::kSet && place.merge != Merge::kMap)
      return patch(replica, place, random);
    Value::Array items;
    Value::Object members;
    for (std::uint64_t left = random.below(4); left > 0; --left) {
      items.push_back(item_of(place.type, random));
      members.insert_or_assign(key_of_map(random), items.back());
    }
    const bool is_set = place.merge == Merge::kSet;
    const Value value = is_set ? Value(items) : Value(members);
    Act act = put_value(replica, place, value);
    read_back(replica, place, act, [&](const std::optional<Record>& record) {
      const Value* found = field_of(record, place.field);
      if (is_set) return items_of(found) == items_of(&value);
      return found == nullptr ? members.empty() : *found == value;
    });
    return act;
  }

  // What an act did to a field that it has nothing to do with.
  static std::optional<std::string> changed_elsewhere(const Replica& replica, const Place& place,
                                                      const Record& before, const Act& act) {
    const auto after = replica.get(place.collection, place.record);
    if (!after) return "it cannot be read back: " + after.error().message;
    if (!*after) return place.collection + "/" + place.record + " is gone after " + act.what;
    const auto other = difference(before.fields, (*after)->fields, place.field);
    if (!other) return std::nullopt;
    return place.collection + "/" + place.record + "." + *other + " changed with " + act.what;
  }

  CounterActs counters_;
  ListActs lists_;
};

}  // namespace

std::unique_ptr<Workload> make_schema_workload() { return std::make_unique<SchemaWorkload>(); }

}  // namespace syncline::simulation
