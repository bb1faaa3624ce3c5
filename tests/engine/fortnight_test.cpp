#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/loopback_server.hpp"
#include "tests/engine/support/conflicts.hpp"
#include "tests/engine/support/scripted_strategy.hpp"
#include "tests/engine/support/witness.hpp"

// A fortnight of a health diary, and of journeys that are planned in it, on a phone and a tablet,
// which sync now and then. Somebody looks on and notes who had seen what; the journal has to say
// the same.

namespace syncline::test {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kEmail = "ada@example.org";
constexpr const char* kPassword = "correct horse battery";

// What the diary has no field for.
constexpr const char* kJourneys = R"("journeys": {
  "fields": {"route": {"merge": "multi", "type": "string"},
             "lodging": {"merge": "custom:last"},
             "stops": {"merge": "list", "type": "string"},
             "company": {"merge": "set", "type": "string"},
             "spent": {"merge": "counter"}}},
)";

std::string schema() {
  std::ifstream file(SYNCLINE_SOURCE_DIR "/examples/health/schema.json");
  BOOST_REQUIRE_MESSAGE(file, "examples/health/schema.json cannot be read");
  std::string schema{std::istreambuf_iterator<char>(file), {}};
  const std::string collections = "\"collections\": {";
  const auto found = schema.find(collections);
  BOOST_REQUIRE(found != std::string::npos);
  return schema.insert(found + collections.size(), kJourneys);
}

// A strategy of the app that keeps one value, as lww does.
Strategies strategies() {
  return strategies_of("last",
                       std::make_shared<ScriptedStrategy>(
                           [](const strategy::Mutation& mutation, ScriptedStrategy::Slots slots,
                              const auto&) -> ScriptedStrategy::Writes {
                             if (const auto* put = std::get_if<strategy::Put>(&mutation))
                               return {{{"", *encode_value(put->value)}}};
                             std::vector<strategy::SlotWrite> writes;
                             if (!slots.empty()) writes.push_back({"", std::string(kTombstone)});
                             return writes;
                           },
                           [](ScriptedStrategy::Slots slots) -> std::optional<Value> {
                             if (slots.empty() || is_tombstone(slots.front().value))
                               return std::nullopt;
                             return *decode_value(slots.front().value);
                           }));
}

class DiaryDevice : public Device {
 public:
  explicit DiaryDevice(std::uint64_t id) : Device(schema(), id) { reopen(strategies()); }
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  int below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  const char* one_of(const std::vector<const char*>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }

 private:
  std::mt19937 engine_;
};

// An entry of the diary: of today or yesterday, so that the devices meet.
Result<void> write_entry(Transaction& t, const std::string& today, const std::string& yesterday,
                         Dice& dice) {
  const std::string day = dice.below(4) == 0 ? yesterday : today;
  switch (dice.below(14)) {
    case 0:
      return t.patch("health_metrics", day,
                     {{"mood", Value(dice.one_of({"good", "fair", "bad"}))}});
    case 1:
      return t.patch("health_metrics", day, {{"weight_kg", Value(70.0 + dice.below(40) / 10.0)}});
    case 2:
      return t.patch("health_metrics", day,
                     {{"systolic", Value(110 + dice.below(30))}, {"diastolic", Value(70)}});
    case 3:
      return t.increment("health_metrics", day, "water_intake_ml", 100 + dice.below(5) * 50);
    case 4:
      return t.patch("health_metrics", day, {{"lowest_heart_rate", Value(50 + dice.below(20))}});
    case 5:
      return t.put_key("health_metrics", day, "body_measurements", dice.one_of({"waist", "hip"}),
                       Value(80.0 + dice.below(20)));
    case 6:
      return t.patch("health_metrics", day, {{"notes", Value(dice.one_of({"tired", "a walk"}))}});
    case 7:
      return t.patch("medications", "iron",
                     {{"name", Value("iron")}, {"dosage", Value(dice.one_of({"10", "20", "30"}))}});
    case 8:
      return t.add("medications", "iron", "side_effects", {Value(dice.one_of({"nausea", "none"}))});
    case 9:
      return t.add("meals", day, "ingredients", {Value(dice.one_of({"rice", "beans", "egg"}))});
    case 10:
      return t.patch("meals", day, {{"name", Value(dice.one_of({"soup", "stew", "cake"}))}});
    case 11:
      must(t.add("habits", "walking", "completed_dates", {Value(day)}));
      return t.patch("habits", "walking", {{"longest_streak", Value(1 + dice.below(14))}});
    case 12:
      return t.put("health_metrics", day,
                   {{"mood", Value("new")}, {"steps", Value(dice.below(9))}});
    default: {
      const char* collection = dice.one_of({"health_metrics", "meals", "medications"});
      const bool is_medication = std::string_view(collection) == "medications";
      const auto erased = t.erase(collection, is_medication ? "iron" : day);
      return erased ? Result<void>() : fail(erased.error());
    }
  }
}

// Changes the stops of a journey by their places.
Result<void> write_stops(Transaction& t, const std::string& journey, Dice& dice) {
  const auto record = must(t.get("journeys", journey));
  const auto stops = record ? record->fields.find("stops") : Fields::const_iterator{};
  const bool has_stops = record && stops != record->fields.end();
  const int count = has_stops ? static_cast<int>(stops->second.if_array()->size()) : 0;
  const auto somewhere = [&](int bound) { return static_cast<std::size_t>(dice.below(bound)); };
  const Value name(dice.one_of({"Bergen", "Oslo", "Malmo", "Ghent"}));
  if (count < 2 || dice.below(3) == 0)
    return t.insert("journeys", journey, "stops", somewhere(count + 1), {name});
  switch (dice.below(4)) {
    case 0:
      return t.move("journeys", journey, "stops", somewhere(count), somewhere(count));
    case 1:
      return t.remove_at("journeys", journey, "stops", somewhere(count));
    default:
      return t.put_at("journeys", journey, "stops", somewhere(count), name);
  }
}

Result<void> write_journey(Transaction& t, Dice& dice) {
  const std::string journey = dice.one_of({"north", "west"});
  const Value somebody(dice.one_of({"Ida", "Noor", "Sam"}));
  switch (dice.below(20)) {
    case 0:
    case 1:
      return t.patch("journeys", journey, {{"route", Value(dice.one_of({"coast", "ridge"}))}});
    case 2:
    case 3:
    case 4:
      return t.patch("journeys", journey,
                     {{"lodging", Value(dice.one_of({"inn", "hut", "tent"}))}});
    case 5:
    case 6:
      return t.add("journeys", journey, "company", {somebody});
    case 7:
      return t.remove("journeys", journey, "company", {somebody});
    case 8:
    case 9:
    case 10:
      return t.increment("journeys", journey, "spent", 5 + dice.below(50));
    case 11:
    case 12:
      return t.clear("journeys", journey, "spent");
    case 13: {
      const char* field = dice.one_of({"stops", "company", "route", "lodging"});
      return t.clear("journeys", journey, field);
    }
    case 14: {
      const auto erased = t.erase("journeys", journey);
      return erased ? Result<void>() : fail(erased.error());
    }
    default:
      return write_stops(t, journey, dice);
  }
}

class Fortnight {
 public:
  explicit Fortnight(unsigned seed) : dice_(seed) {
    BOOST_REQUIRE(server_.handle(RegisterRequest{kEmail, Secret(kPassword)}));
    // Their clocks are not quite right.
    tablet.wall().advance(dice_.below(240'000) - 120'000);
  }

  void live() {
    for (int day = 1; day <= 14; ++day) {
      for (int hour = 0; hour < 24; ++hour) {
        for (Device* device : {&phone, &tablet}) {
          if (dice_.below(4) == 0) write(*device, day);
          if (dice_.below(12) == 0) sync(*device, dice_.below(4) == 0);
        }
        pass_an_hour();
      }
    }
    for (int round = 0; round < 6; ++round) {
      for (Device* device : {&phone, &tablet}) sync(*device, false);
    }
  }

  DiaryDevice phone{1};
  DiaryDevice tablet{2};
  Witness witness{phone.replica().schema()};

 private:
  void write(Device& device, int day) {
    device.wall().advance(1 + dice_.below(1'000));
    device.write([&](Transaction& t) {
      return dice_.below(2) == 0
                 ? write_journey(t, dice_)
                 : write_entry(t, std::to_string(day), std::to_string(day - 1), dice_);
    });
    witness.look_at(device);
  }

  // One exchange, whose reply may be lost.
  void sync(Device& device, bool loses_reply) {
    SyncRequest request;
    // A token does not live until the next sync.
    const auto login = server_.handle(LoginRequest{kEmail, Secret(kPassword)});
    BOOST_REQUIRE(login);
    request.access_token = std::get<TokensReply>(*login).access_token;
    request.replica = static_cast<std::uint64_t>(device.replica().id());
    request.pull = SyncRequest::Pull{must(device.replication().cursors()), {}};
    const auto push = must(device.replication().next_push(kAnyPush));
    if (push) {
      request.push_ops = push->ops;
      request.push_through = push->items.back().sequence;
    }
    const auto answer = server_.handle(request);
    BOOST_REQUIRE(answer);
    const auto& reply = std::get<SyncReply>(*answer);
    if (push) witness.reaches_the_server(must(decode_own_batch(push->ops)), reply.push->verdicts);
    if (loses_reply) return;
    take(device, reply, push ? &*push : nullptr);
    witness.look_at(device);
    witness.arrives(device, must(decode_own_batch(reply.pull->ops)));
  }

  void pass_an_hour() {
    clock_.advance(kHourMs);
    phone.wall().advance(kHourMs);
    tablet.wall().advance(kHourMs);
  }

  Dice dice_;
  ManualWall clock_;
  CountingRandom random_;
  LoopbackServer server_{clock_, random_};
};

std::string told(const Conflict& entry) {
  return entry.collection + "/" + entry.record + "." + entry.field + " by " + entry.rule +
         ": lost " + value_to_json(entry.lost) + " to " +
         (entry.kept ? value_to_json(*entry.kept) : "nothing");
}

// Each entry is of two writes, neither of which knew the other.
void check_entry(const Fortnight& fortnight, const Conflict& entry,
                 const std::set<ReplicaId>& ids) {
  const auto lost = fortnight.witness.lost_of(entry);
  BOOST_REQUIRE_MESSAGE(lost.size() == 1, "nobody wrote what lost in " << told(entry));
  const auto kept = fortnight.witness.kept_of(entry, *lost.front());
  BOOST_REQUIRE_MESSAGE(kept.size() == 1, "nobody wrote what was kept in " << told(entry));
  BOOST_TEST(!lost.front()->knew(*kept.front()), "it knew what it lost to: " << told(entry));
  BOOST_TEST(!kept.front()->knew(*lost.front()), "what replaced it knew it: " << told(entry));
  BOOST_TEST((lost.front()->op.value != kept.front()->op.value), "the same value: " << told(entry));
  BOOST_TEST((entry.lost_stamp.replica != entry.kept_stamp.replica));
  for (const ReplicaId id : {entry.lost_stamp.replica, entry.kept_stamp.replica})
    BOOST_TEST(ids.contains(id));
  const Op& later = fortnight.witness.later_at_the_server(lost.front()->op, kept.front()->op);
  BOOST_TEST((entry.found_by == later.stamp.replica), "another device found " << told(entry));
  BOOST_TEST((entry.state == ConflictState::kOpen));
}

BOOST_AUTO_TEST_SUITE(fortnight)

BOOST_AUTO_TEST_CASE(the_journal_says_what_somebody_says_who_looked_on) {
  std::size_t entries = 0;
  std::set<std::string> rules;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      Fortnight fortnight(seed);
      fortnight.live();
      const auto listed = conflicts_of(fortnight.phone);
      BOOST_TEST(summary_of(fortnight.phone) == summary_of(fortnight.tablet));
      for (const Conflict& entry : listed) {
        check_entry(fortnight, entry,
                    {fortnight.phone.replica().id(), fortnight.tablet.replica().id()});
        rules.insert(entry.rule);
      }
      for (const Witness::Write* lost : fortnight.witness.lost_unknowingly()) {
        std::set<Stamp> kept;
        for (const Conflict& entry : listed) {
          if (!fortnight.witness.is_of(entry, *lost)) continue;
          // It may lose once more, to another write that did not know it either.
          BOOST_TEST(kept.insert(entry.kept_stamp).second, "told of twice: " << told(entry));
        }
        BOOST_TEST(!kept.empty(), fortnight.witness.name_of(*lost) << " is told of nowhere");
      }
      entries += listed.size();
    }
  }
  BOOST_TEST(entries > 200U);
  BOOST_TEST((rules == std::set<std::string>{"counter", "custom:last", "deletion", "group", "list",
                                             "lww", "map"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
