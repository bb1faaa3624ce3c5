#include "transaction_act.hpp"

#include <array>
#include <optional>

#include "place.hpp"

namespace syncline::simulation {
namespace {

constexpr std::string_view kNoField = "\x7f";  // a name that no field may have
constexpr std::string_view kGivenUp = "the app thinks better of it";
const std::array<std::string, 2> kRecords{"t0", "t1"};

using Reading = std::array<std::optional<Record>, kRecords.size()>;

Result<void> change_list(Transaction& t, const Place& place, SeededRandom& random) {
  const auto record = t.get(place.collection, place.record);
  if (!record) return fail(record.error());
  const Value* held = field_of(*record, place.field);
  const auto* items = held == nullptr ? nullptr : held->if_array();
  const std::uint64_t size = items == nullptr ? 0 : items->size();
  const std::uint64_t kind = size == 0 ? 0 : random.below(4);
  if (kind < 2) {
    const std::vector<Value> inserted{item_of(place.type, random), item_of(place.type, random)};
    return t.insert(place.collection, place.record, place.field, random.below(size + 1), inserted);
  }
  const std::uint64_t index = random.below(size);
  if (kind == 2) return t.remove_at(place.collection, place.record, place.field, index);
  return t.move(place.collection, place.record, place.field, index, random.below(size));
}

Result<void> change(Transaction& t, const Place& place, SeededRandom& random) {
  switch (place.merge) {
    case Merge::kCounter:
      return t.increment(place.collection, place.record, place.field, random.between(-5, 9));
    case Merge::kSet: {
      const std::vector<Value> items{item_of(place.type, random)};
      return random.below(3) == 0 ? t.remove(place.collection, place.record, place.field, items)
                                  : t.add(place.collection, place.record, place.field, items);
    }
    case Merge::kMap:
      return t.put_key(place.collection, place.record, place.field, key_of_map(random),
                       item_of(place.type, random));
    case Merge::kList:
      return change_list(t, place, random);
    case Merge::kMin:
    case Merge::kMax:
      return t.patch(place.collection, place.record,
                     {{place.field, Value(random.between(-20, 20))}});
    default:
      return t.patch(place.collection, place.record, {{place.field, value_of(place.type, random)}});
  }
}

// One change of the transaction, told in `what`.
Result<void> change_one(Transaction& t, const Schema& schema, const std::string& collection,
                        SeededRandom& random, std::string& what) {
  Place place = choose_place(schema, random);
  place.collection = collection;
  place.record = kRecords[random.below(kRecords.size())];
  set_rule(place, schema.collection(collection).field(place.field));
  const std::uint64_t kind = random.below(6);
  what += kind == 0 ? ", delete " : kind == 1 ? ", fail at " : ", change ";
  what += kind == 0 ? place.record : shown(place);
  if (kind == 0) {
    const auto erased = t.erase(collection, place.record);
    return erased ? Result<void>() : fail(erased.error());
  }
  if (kind > 1) {
    auto changed = change(t, place, random);
    return is_not_offered(place, changed) ? Result<void>() : changed;
  }
  const auto failed =
      t.patch(collection, place.record,
              {{"undeclared", Value(random.between(0, 99))}, {std::string(kNoField), Value(true)}});
  if (failed) return fail(Code::kInternal, "a field without a name was written");
  return failed.error().code == Code::kKeyMalformed ? Result<void>() : failed;
}

template <typename Reader>
Result<Reading> read(Reader& reader, const std::string& collection) {
  Reading reading;
  for (std::size_t i = 0; i < kRecords.size(); ++i) {
    auto record = reader.get(collection, kRecords[i]);
    if (!record) return fail(record.error());
    reading[i] = std::move(*record);
  }
  return reading;
}

std::optional<std::string> surprise_of(const Reading& expected, const Reading& found) {
  for (std::size_t i = 0; i < kRecords.size(); ++i) {
    // The second writer may have made anew what the transaction deleted.
    if (!expected[i] && field_of(found[i], kEchoField) != nullptr) continue;
    if (expected[i].has_value() != found[i].has_value())
      return kRecords[i] + (found[i] ? " is there" : " is not there");
    if (!found[i]) continue;
    if (const auto field = difference(expected[i]->fields, found[i]->fields, {}))
      return kRecords[i] + "." + *field + " is not what the transaction saw";
  }
  return std::nullopt;
}

}  // namespace

Act act_in_one_transaction(Replica& replica, const std::string& collection, SeededRandom& random) {
  Act act{"in one transaction of " + collection, {}, {}};
  const bool gives_up = random.below(6) == 0;
  auto expected = read(replica, collection);
  act.result = replica.write([&](Transaction& t) -> Result<void> {
    for (std::uint64_t left = 2 + random.below(4); left > 0; --left) {
      auto done = change_one(t, replica.schema(), collection, random, act.what);
      if (!done) return done;
    }
    if (gives_up) return fail(Code::kInvalidArgument, std::string(kGivenUp));
    expected = read(t, collection);
    return {};
  });
  if (gives_up && !act.result && act.result.error().message == kGivenUp) {
    act.what += ", and give up";
    act.result = {};
  }
  if (!act.result) return act;
  const auto found = read(replica, collection);
  if (!expected || !found) {
    act.surprise = "it cannot be read back";
  } else if (auto surprise = surprise_of(*expected, *found)) {
    act.surprise = *surprise + " after: " + act.what;
  }
  return act;
}

}  // namespace syncline::simulation
