#include "list_acts.hpp"

#include <algorithm>

namespace syncline::simulation {
namespace {

std::vector<Value> items_of(const std::optional<Record>& record, std::string_view field) {
  const Value* found = field_of(record, field);
  const auto* items = found == nullptr ? nullptr : found->if_array();
  return items == nullptr ? std::vector<Value>() : *items;
}

std::string text_of(const std::vector<Value>& items) { return value_to_json(Value(items)); }

bool holds(const std::vector<Value>& items, const Value& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// An item that is there twice.
std::optional<std::string> doubled(const std::vector<Value>& items) {
  std::set<std::string> found;
  for (const Value& item : items) {
    if (!found.insert(*encode_value(item)).second)
      return value_to_json(item) + " is twice in " + text_of(items);
  }
  return std::nullopt;
}

std::ptrdiff_t at(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

}  // namespace

Value ListActs::new_item(FieldType type) {
  const std::int64_t number = next_++;
  return type == FieldType::kString ? Value("i" + std::to_string(number)) : Value(number);
}

ListActs::Items ListActs::new_items(FieldType type, std::uint64_t count) {
  Items items;
  while (items.size() < count) items.push_back(new_item(type));
  return items;
}

Act ListActs::change(Replica& replica, const Place& place, SeededRandom& random) {
  const auto record = replica.get(place.collection, place.record);
  const bool existed = record && *record;
  const Items before = existed ? items_of(*record, place.field) : Items();
  Items after = before;
  Act act;
  const auto run = [&](const std::string& what, auto mutation) {
    act.what = what + " " + shown(place);
    act.result = replica.write(mutation);
  };
  constexpr std::uint64_t kEdit = 6;
  constexpr std::uint64_t kNear = 3;  // the items that devices meet at
  const std::uint64_t kind = before.empty() ? 0 : random.below(8);
  const std::size_t index = random.below(before.size() + 1);
  const std::size_t from =
      before.empty() ? 0 : random.below(std::min<std::uint64_t>(before.size(), kNear));
  if (kind < 4) {
    const bool appends = existed && kind == 3;
    const Items items = new_items(place.type, 1 + random.below(3));
    after.insert(appends ? after.end() : after.begin() + at(index), items.begin(), items.end());
    run("insert " + text_of(items) + " at " + std::to_string(index), [&](Transaction& t) {
      return appends ? t.add(place.collection, place.record, place.field, items)
                     : t.insert(place.collection, place.record, place.field, index, items);
    });
  } else if (kind < 6) {
    const std::size_t to = random.below(before.size());
    after.erase(after.begin() + at(from));
    after.insert(after.begin() + at(to), before[from]);
    run("move " + std::to_string(from) + " to " + std::to_string(to), [&](Transaction& t) {
      return t.move(place.collection, place.record, place.field, from, to);
    });
  } else if (kind == kEdit) {
    after[from] = new_item(place.type);
    run("put_at " + std::to_string(from), [&](Transaction& t) {
      return t.put_at(place.collection, place.record, place.field, from, after[from]);
    });
  } else {
    after.erase(after.begin() + at(from));
    run("remove_at " + std::to_string(from), [&](Transaction& t) {
      return t.remove_at(place.collection, place.record, place.field, from);
    });
  }
  settle_act(replica, place, existed, before, after, act);
  // A removal or another edit may win over this one.
  if (kind == kEdit)
    inserted_[{place.collection, place.record, place.field}].erase(*encode_value(after[from]));
  return act;
}

Act ListActs::put(Replica& replica, const Place& place, SeededRandom& random) {
  const auto record = replica.get(place.collection, place.record);
  const bool existed = record && *record;
  const Items before = existed ? items_of(*record, place.field) : Items();
  // Items may be there of which the device has not heard that their record is.
  if (!existed) forget(place);
  Items wanted;
  for (const Value& item : before) {
    if (random.below(6) == 0) continue;
    const bool stays = random.below(3) != 0;
    wanted.insert(stays ? wanted.end() : wanted.begin() + at(random.below(wanted.size() + 1)),
                  item);
  }
  for (std::uint64_t left = random.below(3); left > 0; --left)
    wanted.insert(wanted.begin() + at(random.below(wanted.size() + 1)), new_item(place.type));
  Act act{"put " + shown(place) + " " + text_of(wanted), {}, {}};
  act.result = replica.write([&](Transaction& t) {
    return t.patch(place.collection, place.record, {{place.field, Value(wanted)}});
  });
  settle_act(replica, place, existed, before, wanted, act);
  return act;
}

void ListActs::settle_act(const Replica& replica, const Place& place, bool existed,
                          const Items& before, const Items& expected, Act& act) {
  const ListName name{place.collection, place.record, place.field};
  auto& inserted = inserted_[name];
  // Whether or not it was done, what it took out may be gone.
  for (const Value& item : before) {
    if (!holds(expected, item)) inserted.erase(*encode_value(item));
  }
  if (!act.result) return;
  for (const Value& item : expected) {
    if (!holds(before, item)) inserted.insert(*encode_value(item));
  }
  const auto record = replica.get(place.collection, place.record);
  if (!record) {
    act.surprise = "it cannot be read back: " + record.error().message;
    return;
  }
  Items found = items_of(*record, place.field);
  // A record that is made may have items that had lost to its deletion.
  if (!existed) std::erase_if(found, [&](const Value& item) { return !holds(expected, item); });
  const bool is_migrated = migrated_.contains({place.collection, place.field});
  if (const auto twice = is_migrated ? std::nullopt : doubled(found)) {
    act.surprise = shown(place) + ": " + *twice + " after " + act.what;
  } else if (found != expected) {
    act.surprise = shown(place) + " reads as " + text_of(found) + " instead of " +
                   text_of(expected) + " after " + act.what;
  }
}

void ListActs::forget(const Place& place) { forgotten_.insert({place.collection, place.record}); }

std::optional<std::string> ListActs::check_settled(
    const std::vector<const Replica*>& devices) const {
  for (const auto& [name, inserted] : inserted_) {
    if (migrated_.contains({name.collection, name.field})) continue;
    for (const Replica* device : devices) {
      const FieldRule& rule = device->schema().collection(name.collection).field(name.field);
      if (rule.merge != Merge::kList) continue;  // an older schema
      const auto record = device->get(name.collection, name.record);
      if (!record) return record.error().message;
      const std::string where =
          "the list " + name.collection + "/" + name.record + "." + name.field;
      const Items items = items_of(*record, name.field);
      if (const auto twice = doubled(items)) return where + ": " + *twice;
      if (forgotten_.contains({name.collection, name.record})) continue;
      for (const std::string& encoded : inserted) {
        const Value item = *decode_value(encoded);
        if (!holds(items, item))
          return where + " has lost " + value_to_json(item) + ": " + text_of(items);
      }
    }
  }
  return std::nullopt;
}

}  // namespace syncline::simulation
