#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// The schema of examples/health, and what two devices of that app read when both have changed
// something: a row for each of its rules.

namespace syncline::test {
namespace {

std::string health_schema() {
  std::ifstream file(SYNCLINE_SOURCE_DIR "/examples/health/schema.json");
  BOOST_REQUIRE_MESSAGE(file, "examples/health/schema.json cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// What one device does to the record.
using Change = std::function<Result<void>(Transaction&)>;

struct Row {
  const char* rule;
  const char* collection;
  Fields before;
  Change left;   // first
  Change right;  // a second later, without having seen it
  const char* after;
};

constexpr const char* kRecord = "one";

// Changes of the record of a collection.
class Of {
 public:
  explicit Of(const char* collection) : collection_(collection) {}

  [[nodiscard]] Change patch(Fields fields) const {
    return [name = collection_, fields = std::move(fields)](Transaction& t) {
      return t.patch(name, kRecord, fields);
    };
  }
  [[nodiscard]] Change increment(const char* field, std::int64_t amount) const {
    return [=, name = collection_](Transaction& t) {
      return t.increment(name, kRecord, field, amount);
    };
  }
  [[nodiscard]] Change put_key(const char* field, const char* key, const Value& value) const {
    return [=, name = collection_](Transaction& t) {
      return t.put_key(name, kRecord, field, key, value);
    };
  }
  [[nodiscard]] Change add(const char* field, const std::vector<Value>& items) const {
    return [=, name = collection_](Transaction& t) { return t.add(name, kRecord, field, items); };
  }
  [[nodiscard]] Change insert(const char* field, std::size_t index,
                              const std::vector<Value>& items) const {
    return [=, name = collection_](Transaction& t) {
      return t.insert(name, kRecord, field, index, items);
    };
  }

 private:
  const char* collection_;
};

std::vector<Row> rules() {
  const Of metrics("health_metrics");
  const Of medications("medications");
  const Of meals("meals");
  const Of exercises("exercises");
  const Of plans("meal_plans");
  const Of habits("habits");
  const Of photos("progress_photos");
  return {
      {"the latest value of a field",
       "health_metrics",
       {{"mood", Value("fair")}, {"weight_kg", Value(80.5)}},
       metrics.patch({{"mood", Value("bad")}}),
       metrics.patch({{"mood", Value("good")}}),
       R"({"mood":"good","weight_kg":80.5})"},
      {"edits of different fields are both kept",
       "health_metrics",
       {{"steps", Value(100)}, {"sleep_hours", Value(6.5)}},
       metrics.patch({{"steps", Value(4000)}}),
       metrics.patch({{"sleep_hours", Value(7)}}),
       R"({"sleep_hours":7,"steps":4000})"},
      {"systolic and diastolic together",
       "health_metrics",
       {{"systolic", Value(130)}, {"diastolic", Value(85)}},
       metrics.patch({{"systolic", Value(150)}, {"diastolic", Value(70)}}),
       metrics.patch({{"systolic", Value(120)}, {"diastolic", Value(80)}}),
       R"({"diastolic":80,"systolic":120})"},
      {"one of them alone brings the other that it was read with",
       "health_metrics",
       {{"systolic", Value(130)}, {"diastolic", Value(85)}},
       metrics.patch({{"systolic", Value(150)}}),
       metrics.patch({{"diastolic", Value(80)}}),
       R"({"diastolic":80,"systolic":130})"},
      {"body_measurements a key at a time, all kept",
       "health_metrics",
       {{"body_measurements", Value(Value::Object{{"waist", Value(82)}, {"hips", Value(98)}})}},
       metrics.put_key("body_measurements", "waist", Value(81)),
       metrics.put_key("body_measurements", "neck", Value(38.5)),
       R"({"body_measurements":{"hips":98,"neck":38.5,"waist":81}})"},
      {"water_intake_ml adds up across devices",
       "health_metrics",
       {{"water_intake_ml", Value(500)}},
       metrics.increment("water_intake_ml", 250),
       metrics.increment("water_intake_ml", 300),
       R"({"water_intake_ml":1050})"},
      {"notes of a day combined",
       "health_metrics",
       {},
       metrics.patch({{"notes", Value("Slept well.")}}),
       metrics.patch({{"notes", Value("A long walk.")}}),
       R"({"notes":"Slept well.\n\nA long walk."})"},
      {"the latest dosage",
       "medications",
       {{"dosage", Value("5 mg")}, {"reminder_enabled", Value(false)}},
       medications.patch({{"dosage", Value("10 mg")}}),
       medications.patch({{"dosage", Value("20 mg")}, {"reminder_enabled", Value(true)}}),
       R"({"dosage":"20 mg","reminder_enabled":true})"},
      {"side_effects keep all unique",
       "medications",
       {{"side_effects", Value(Value::Array{Value("headache")})}},
       medications.add("side_effects", {Value("nausea"), Value("dry mouth")}),
       medications.add("side_effects", {Value("nausea"), Value("headache")}),
       R"({"side_effects":["dry mouth","headache","nausea"]})"},
      {"the latest of a meal",
       "meals",
       {{"name", Value("soup")}, {"calories", Value(300)}, {"deleted", Value(false)}},
       meals.patch({{"calories", Value(350)}}),
       meals.patch({{"deleted", Value(true)}}),
       R"({"calories":350,"deleted":true,"name":"soup"})"},
      {"ingredients keep their order",
       "meals",
       {{"ingredients", Value(Value::Array{Value("leek"), Value("salt")})}},
       meals.insert("ingredients", 1, {Value("carrot"), Value("water")}),
       meals.insert("ingredients", 2, {Value("pepper"), Value("cream")}),
       R"({"ingredients":["leek","carrot","water","salt","pepper","cream"]})"},
      {"the latest of an exercise",
       "exercises",
       {{"name", Value("squat")}, {"reps", Value(8)}},
       exercises.patch({{"reps", Value(10)}}),
       exercises.patch({{"reps", Value(12)}}),
       R"({"name":"squat","reps":12})"},
      {"notes of an exercise combined",
       "exercises",
       {{"name", Value("squat")}},
       exercises.patch({{"notes", Value("left knee")}}),
       exercises.patch({{"notes", Value("new shoes")}}),
       R"({"name":"squat","notes":"left knee\n\nnew shoes"})"},
      {"the latest of a meal plan",
       "meal_plans",
       {{"name", Value("May")}, {"active", Value(false)}},
       plans.patch({{"items", Value(Value::Array{Value("soup")})}}),
       plans.patch({{"active", Value(true)}, {"items", Value(Value::Array{Value("stew")})}}),
       R"({"active":true,"items":["stew"],"name":"May"})"},
      {"completed_dates keep all",
       "habits",
       {{"completed_dates", Value(Value::Array{Value("2026-05-01")})}},
       habits.add("completed_dates", {Value("2026-05-02")}),
       habits.add("completed_dates", {Value("2026-05-03"), Value("2026-05-02")}),
       R"({"completed_dates":["2026-05-01","2026-05-02","2026-05-03"]})"},
      {"longest_streak the greatest",
       "habits",
       {{"longest_streak", Value(3)}},
       habits.patch({{"longest_streak", Value(9)}}),
       habits.patch({{"longest_streak", Value(5)}}),
       R"({"longest_streak":9})"},
      {"the latest of a photo",
       "progress_photos",
       {{"kind", Value("front")}},
       photos.patch({{"image", Value(Bytes{"old"})}}),
       photos.patch({{"image", Value(Bytes{"new"})}}),
       R"({"image":{"$bytes":"bmV3"},"kind":"front"})"},
  };
}

// Two devices with the app, and its server.
class Devices {
 public:
  Device left{health_schema(), 1};
  Device right{health_schema(), 2};

  void exchange() {
    for (int i = 0; i < 4; ++i) {
      server_.round(left);
      server_.round(right);
    }
    BOOST_TEST((slots_of(left.store()) == slots_of(right.store())));
  }

 private:
  TinyServer server_;
};

BOOST_AUTO_TEST_SUITE(the_health_app)

BOOST_AUTO_TEST_CASE(its_schema_has_every_field_of_the_app) {
  const std::map<std::string, std::set<std::string>> app{
      {"health_metrics",
       {"date", "weight_kg", "sleep_quality", "sleep_hours", "energy_level", "resting_heart_rate",
        "lowest_heart_rate", "systolic", "diastolic", "steps", "calories_burned", "water_intake_ml",
        "mood", "stress_level", "body_measurements", "notes"}},
      {"medications",
       {"name", "dosage", "frequency", "times", "start_date", "end_date", "reminder_enabled",
        "side_effects"}},
      {"medication_logs", {"medication_id", "taken_at", "dosage", "notes"}},
      {"meals",
       {"date", "meal_type", "name", "protein", "fats", "net_carbs", "calories", "ingredients",
        "recipe_id", "hunger_before", "fullness_after", "eating_reasons", "deleted"}},
      {"exercises",
       {"name", "type", "muscle_groups", "equipment", "duration_min", "sets", "reps", "weight_kg",
        "distance_km", "date", "notes"}},
      {"meal_plans", {"name", "start_date", "end_date", "active", "goals", "items"}},
      {"habits", {"name", "category", "completed_dates", "longest_streak"}},
      {"progress_photos", {"metric_id", "kind", "date", "image"}}};
  const Schema schema = must(Schema::parse(health_schema()));
  std::map<std::string, std::set<std::string>> declared;
  for (const std::string& collection : schema.collection_names()) {
    for (const auto& [field, rule] : schema.collection(collection).fields)
      declared[collection].insert(field);
  }
  BOOST_TEST((declared == app));
}

BOOST_AUTO_TEST_CASE(what_two_devices_changed_apart_reads_as_the_app_expects) {
  for (const Row& row : rules()) {
    BOOST_TEST_CONTEXT(row.collection << ": " << row.rule) {
      Devices devices;
      devices.left.put(row.collection, kRecord, row.before);
      devices.exchange();
      devices.left.wall().advance(1'000);
      devices.left.write(row.left);
      devices.right.wall().advance(2'000);
      devices.right.write(row.right);
      devices.exchange();
      BOOST_TEST(devices.left.read(row.collection, kRecord) == row.after);
      BOOST_TEST(devices.right.read(row.collection, kRecord) == row.after);
    }
  }
}

// Each is a record of its own, and none is ever changed.
BOOST_AUTO_TEST_CASE(medication_logs_are_only_appended) {
  Devices devices;
  std::set<std::string> appended;
  const auto append = [&](Device& device, const char* record, const char* taken_at) {
    device.put("medication_logs", record,
               {{"medication_id", Value("m")}, {"taken_at", Value(taken_at)}});
    appended.insert(record);
  };
  append(devices.left, "left-1", "08:00");
  append(devices.right, "right-1", "08:00");
  devices.exchange();
  append(devices.right, "right-2", "20:00");
  append(devices.left, "left-2", "20:00");
  append(devices.left, "left-3", "20:00");
  devices.exchange();
  for (Device* device : {&devices.left, &devices.right}) {
    std::set<std::string> found;
    must(device->replica().scan("medication_logs", {}, [&](const Record& record) {
      found.insert(record.id);
      return true;
    }));
    BOOST_TEST((found == appended));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
