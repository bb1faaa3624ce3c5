#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "list_acts.hpp"
#include "place.hpp"
#include "syncline/simulation/workload.hpp"
#include "transaction_act.hpp"

namespace syncline::simulation {
namespace {

class SchemaWorkload final : public Workload {
 public:
  Act act(Replica& replica, SeededRandom& random) override {
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

  std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const override {
    for (const auto& [where, sum] : counters_) {
      if (!sum) continue;
      for (const Replica* device : devices) {
        if (device->schema().collection(where.collection).field(where.field).merge !=
            Merge::kCounter) {
          continue;  // an older schema
        }
        const auto record = device->get(where.collection, where.record);
        if (!record) return record.error().message;
        const Value* found = field_of(*record, where.field);
        if (found == nullptr || !(*found == Value(*sum))) {
          return "the counter " + where.collection + "/" + where.record + "." + where.field +
                 " is " + (found == nullptr ? "absent" : value_to_json(*found)) + ", and " +
                 std::to_string(*sum) + " were added to it";
        }
      }
    }
    return lists_.check_settled(devices);
  }

 private:
  struct Counter {
    std::string collection;
    std::string record;
    std::string field;

    auto operator<=>(const Counter&) const = default;
  };

  Act change(Replica& replica, const Place& place, SeededRandom& random) {
    switch (place.merge) {
      case Merge::kCounter:
        return increment(replica, place, random.between(-5, 9), false);
      case Merge::kSet:
        return change_set(replica, place, random);
      case Merge::kMap:
        return change_key(replica, place, random);
      case Merge::kList:
        return random.below(4) == 0 ? lists_.put(replica, place, random)
                                    : lists_.change(replica, place, random);
      default:
        return patch(replica, place, random);
    }
  }

  // Reads the field back, if the write was done.
  template <typename Check>
  static void read_back(const Replica& replica, const Place& place, Act& act, Check check) {
    if (!act.result) return;
    const auto record = replica.get(place.collection, place.record);
    if (!record) {
      act.surprise = "it cannot be read back: " + record.error().message;
    } else if (!check(*record)) {
      const Value* found = field_of(*record, place.field);
      act.surprise = shown(place) + " reads as " +
                     (found == nullptr ? "absent" : value_to_json(*found)) + " after " + act.what;
    }
  }

  // What was added to the counters of a record before no longer tells what they hold.
  void forget_counters(const Place& place) {
    for (auto& [where, sum] : counters_) {
      if (where.collection == place.collection && where.record == place.record) sum.reset();
    }
    forgotten_.insert_or_assign({place.collection, place.record}, true);
  }

  Act erase(Replica& replica, const Place& place) {
    Act act{"delete " + place.collection + "/" + place.record, {}, {}};
    // Whether or not it is done: the process may end before it says.
    forget_counters(place);
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
    const bool leaves_empty =
        place.merge == Merge::kSet || place.merge == Merge::kMap || place.merge == Merge::kList;
    if (place.merge == Merge::kList) lists_.forget(place);
    if (place.merge == Merge::kCounter) forget_counters(place);
    act.result = replica.write(
        [&](Transaction& t) { return t.clear(place.collection, place.record, place.field); });
    if (!leaves_empty) {
      read_back(replica, place, act,
                [&](const auto& record) { return field_of(record, place.field) == nullptr; });
    }
    return act;
  }

  // By an increment, or by putting what it comes to.
  Act increment(Replica& replica, const Place& place, std::int64_t amount, bool by_putting) {
    const auto before = replica.get(place.collection, place.record);
    const bool exists = before && *before;
    const Value* held = exists ? field_of(*before, place.field) : nullptr;
    const Value sum((held != nullptr ? *held->if_int64() : 0) + amount);
    // What a record that does not exist would count, nobody can read.
    by_putting = by_putting && exists;
    Act act{(by_putting ? "count " : "increment ") + shown(place) + " " + std::to_string(amount),
            {},
            {}};
    act.result = replica.write([&](Transaction& t) {
      return by_putting ? t.patch(place.collection, place.record, {{place.field, sum}})
                        : t.increment(place.collection, place.record, place.field, amount);
    });
    // A record that is not there yet may have been counted in: its increments can arrive before
    // what makes it live, because a record that is written again is made live anew.
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      return found != nullptr && (!exists || *found == sum);
    });
    const Counter where{place.collection, place.record, place.field};
    auto& total = counters_.try_emplace(where, std::int64_t{0}).first->second;
    if (forgotten_.contains({place.collection, place.record})) total.reset();
    // A write that failed may have been done: nobody can tell any more.
    if (!act.result) total.reset();
    if (total) *total += amount;
    if (!act.result) forgotten_.insert_or_assign({place.collection, place.record}, true);
    return act;
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

  static Act put_value(Replica& replica, const Place& place, const Value& value) {
    Act act{"patch " + shown(place) + " " + value_to_json(value), {}, {}};
    act.result = replica.write([&](Transaction& t) {
      return t.patch(place.collection, place.record, {{place.field, value}});
    });
    return act;
  }

  // Puts all that a field holds, whatever its strategy.
  Act put_field(Replica& replica, const Place& place, SeededRandom& random) {
    if (place.merge == Merge::kCounter)
      return increment(replica, place, random.between(-5, 9), true);
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

  std::map<Counter, std::optional<std::int64_t>> counters_;
  std::map<std::pair<std::string, std::string>, bool> forgotten_;
  ListActs lists_;
};

}  // namespace

std::unique_ptr<Workload> make_schema_workload() { return std::make_unique<SchemaWorkload>(); }

}  // namespace syncline::simulation
