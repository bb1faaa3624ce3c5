#include "counter_acts.hpp"

#include "read_back.hpp"

namespace syncline::simulation {

Act CounterActs::increment(Replica& replica, const Place& place, SeededRandom& random) {
  return count(replica, place, random.between(-5, 9), false);
}

Act CounterActs::put(Replica& replica, const Place& place, SeededRandom& random) {
  return count(replica, place, random.between(-5, 9), true);
}

void CounterActs::forget(const Place& place) {
  for (auto& [where, sum] : counters_) {
    if (where.collection == place.collection && where.record == place.record) sum.reset();
  }
  forgotten_.insert({place.collection, place.record});
}

Act CounterActs::count(Replica& replica, const Place& place, std::int64_t amount, bool by_putting) {
  const auto before = replica.get(place.collection, place.record);
  const bool exists = before && *before;
  const Value* held = exists ? field_of(*before, place.field) : nullptr;
  const Value sum((held != nullptr ? *held->if_int64() : 0) + amount);
  // What a record that does not exist would count, nobody can read.
  by_putting = by_putting && exists;
  Act act{
      (by_putting ? "count " : "increment ") + shown(place) + " " + std::to_string(amount), {}, {}};
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
  const std::pair record{place.collection, place.record};
  if (forgotten_.contains(record)) total.reset();
  // A write that failed may have been done: nobody can tell any more.
  if (!act.result) total.reset();
  if (total) *total += amount;
  if (!act.result) forgotten_.insert(record);
  return act;
}

std::optional<std::string> CounterActs::check_settled(
    const std::vector<const Replica*>& devices) const {
  for (const auto& [where, sum] : counters_) {
    if (!sum || migrated_.contains({where.collection, where.field})) continue;
    for (const Replica* device : devices) {
      const FieldRule& rule = device->schema().collection(where.collection).field(where.field);
      if (rule.merge != Merge::kCounter) continue;  // an older schema
      const auto record = device->get(where.collection, where.record);
      if (!record) return record.error().message;
      const Value* found = field_of(*record, where.field);
      if (found != nullptr && *found == Value(*sum)) continue;
      return "the counter " + where.collection + "/" + where.record + "." + where.field + " is " +
             (found == nullptr ? "absent" : value_to_json(*found)) + ", and " +
             std::to_string(*sum) + " were added to it";
    }
  }
  return std::nullopt;
}

}  // namespace syncline::simulation
