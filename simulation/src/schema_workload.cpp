#include <map>
#include <utility>

#include "syncline/simulation/workload.hpp"

namespace syncline::simulation {
namespace {

constexpr std::uint64_t kRecords = 4;
constexpr std::uint64_t kItems = 5;
constexpr std::string_view kUndeclared = "undeclared";

// Where an act happens.
struct Place {
  std::string collection;
  std::string record;
  std::string field;
  Merge merge = Merge::kLww;
  FieldType type = FieldType::kAny;
};

std::string shown(const Place& place) {
  return place.collection + "/" + place.record + "." + place.field;
}

Value value_of(FieldType type, SeededRandom& random) {
  switch (type) {
    case FieldType::kBoolean:
      return Value(random.below(2) == 0);
    case FieldType::kInteger:
      return Value(random.between(-20, 20));
    case FieldType::kNumber:
      return random.below(2) == 0 ? Value(random.between(-20, 20))
                                  : Value(static_cast<double>(random.between(-40, 40)) / 4);
    case FieldType::kString:
      return Value(std::string(1 + random.below(12), static_cast<char>('a' + random.below(26))));
    case FieldType::kBytes:
      return Value(Bytes{std::string(random.below(6), static_cast<char>(random.below(256)))});
    case FieldType::kAny:
    case FieldType::kJson:
      break;
  }
  switch (random.below(5)) {
    case 0:
      return Value();
    case 1:
      return Value(Value::Array{Value(random.between(0, 9)), Value("x")});
    case 2:
      return Value(Value::Object{{"k", Value(random.between(0, 9))}});
    default:
      return Value(random.between(0, 99));
  }
}

// Items of a set and values of a map are drawn from few, so that devices meet.
Value item_of(FieldType type, SeededRandom& random) {
  SeededRandom few(random.below(kItems));
  return value_of(type, few);
}

class SchemaWorkload final : public Workload {
 public:
  Act act(Replica& replica, SeededRandom& random) override {
    const Place place = choose(replica.schema(), random);
    const std::uint64_t kind = random.below(20);
    if (kind == 0) return erase(replica, place);
    if (kind == 1) return put_record(replica, place, random);
    if (kind == 2) return clear(replica, place);
    switch (place.merge) {
      case Merge::kCounter:
        return increment(replica, place, random);
      case Merge::kSet:
        return change_set(replica, place, random);
      case Merge::kMap:
        return change_key(replica, place, random);
      default:
        return patch(replica, place, random);
    }
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
    return std::nullopt;
  }

 private:
  struct Counter {
    std::string collection;
    std::string record;
    std::string field;

    auto operator<=>(const Counter&) const = default;
  };

  static Place choose(const Schema& schema, SeededRandom& random) {
    Place place;
    const auto names = schema.collection_names();
    place.collection =
        names.empty() || random.below(20) == 0 ? "undeclared" : names[random.below(names.size())];
    place.record = "r" + std::to_string(random.below(kRecords));
    const CollectionRules& rules = schema.collection(place.collection);
    std::vector<std::string> fields;
    fields.reserve(rules.fields.size() + rules.group_of.size());
    for (const auto& [name, rule] : rules.fields) fields.push_back(name);
    for (const auto& [part, group] : rules.group_of) fields.push_back(part);
    place.field = fields.empty() || random.below(10) == 0 ? std::string(kUndeclared)
                                                          : fields[random.below(fields.size())];
    const FieldRule rule = rules.field(place.field);
    place.merge = rule.merge;
    place.type = rule.type;
    return place;
  }

  static const Value* field_of(const std::optional<Record>& record, std::string_view field) {
    if (!record) return nullptr;
    const auto found = record->fields.find(std::string(field));
    return found == record->fields.end() ? nullptr : &found->second;
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
    act.result = replica.write(
        [&](Transaction& t) { return t.put(place.collection, place.record, fields); });
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      return record && (!plain || (found != nullptr && *found == fields.begin()->second));
    });
    return act;
  }

  Act clear(Replica& replica, const Place& place) {
    Act act{"clear " + shown(place), {}, {}};
    const bool leaves_empty = place.merge == Merge::kSet || place.merge == Merge::kMap;
    if (place.merge == Merge::kCounter) forget_counters(place);
    act.result = replica.write(
        [&](Transaction& t) { return t.clear(place.collection, place.record, place.field); });
    if (!leaves_empty) {
      read_back(replica, place, act,
                [&](const auto& record) { return field_of(record, place.field) == nullptr; });
    }
    return act;
  }

  Act increment(Replica& replica, const Place& place, SeededRandom& random) {
    const std::int64_t amount = random.between(-5, 9);
    Act act{"increment " + shown(place) + " " + std::to_string(amount), {}, {}};
    const auto before = replica.get(place.collection, place.record);
    const Value* held = before ? field_of(*before, place.field) : nullptr;
    const std::int64_t sum = held != nullptr && held->if_int64() != nullptr ? *held->if_int64() : 0;
    act.result = replica.write([&](Transaction& t) {
      return t.increment(place.collection, place.record, place.field, amount);
    });
    // A record that is not there yet may have been counted in: its increments can arrive before
    // what makes it live, because a record that is written again is made live anew.
    const bool is_known = before && before->has_value();
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      return found != nullptr && (!is_known || *found == Value(sum + amount));
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

  static Act change_set(Replica& replica, const Place& place, SeededRandom& random) {
    const bool adding = random.below(3) != 0;
    std::vector<Value> items{item_of(place.type, random)};
    if (random.below(3) == 0) items.push_back(item_of(place.type, random));
    Act act{
        (adding ? "add " : "remove ") + shown(place) + " " + value_to_json(Value(items)), {}, {}};
    act.result = replica.write([&](Transaction& t) {
      return adding ? t.add(place.collection, place.record, place.field, items)
                    : t.remove(place.collection, place.record, place.field, items);
    });
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      const auto* set = found == nullptr ? nullptr : found->if_array();
      for (const Value& item : items) {
        const bool there =
            set != nullptr && std::find(set->begin(), set->end(), item) != set->end();
        if (there != adding) return false;
      }
      return true;
    });
    return act;
  }

  static Act change_key(Replica& replica, const Place& place, SeededRandom& random) {
    const std::string key = "k" + std::to_string(random.below(kItems));
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
    const Value value = value_of(
        extreme && place.type == FieldType::kAny ? FieldType::kNumber : place.type, random);
    Act act{"patch " + shown(place) + " " + value_to_json(value), {}, {}};
    act.result = replica.write([&](Transaction& t) {
      return t.patch(place.collection, place.record, {{place.field, value}});
    });
    read_back(replica, place, act, [&](const auto& record) {
      const Value* found = field_of(record, place.field);
      if (found == nullptr) return false;
      if (!extreme) return *found == value;
      const int order = compare_numbers(*found, value);
      return place.merge == Merge::kMin ? order <= 0 : order >= 0;
    });
    return act;
  }

  std::map<Counter, std::optional<std::int64_t>> counters_;
  std::map<std::pair<std::string, std::string>, bool> forgotten_;
};

}  // namespace

std::unique_ptr<Workload> make_schema_workload() { return std::make_unique<SchemaWorkload>(); }

}  // namespace syncline::simulation
