#include "scene.hpp"

#include <utility>

namespace pictures {
namespace {

using namespace syncline;  // NOLINT(google-build-using-namespace): an example

std::string schema_of(const std::string& rules) {
  return R"({"name": "pictures", "version": 1, "collections": {"days": {)" + rules + "}}}";
}

Edit put(std::string text, Value::Object fields) {
  return {std::move(text), [fields = std::move(fields)](Transaction& day) {
            return day.patch(kCollection, kRecord, fields);
          }};
}

Edit increment(std::string text, std::string field, std::int64_t amount) {
  return {std::move(text), [field = std::move(field), amount](Transaction& day) {
            return day.increment(kCollection, kRecord, field, amount);
          }};
}

Edit insert(std::string text, std::string field, std::size_t index, std::vector<Value> items) {
  return {std::move(text),
          [field = std::move(field), index, items = std::move(items)](Transaction& day) {
            return day.insert(kCollection, kRecord, field, index, items);
          }};
}

Edit put_keys(std::string text, std::string field, Value::Object keys) {
  return {std::move(text), [field = std::move(field), keys = std::move(keys)](Transaction& day) {
            Result<void> done;
            for (const auto& [key, value] : keys) {
              if (done) done = day.put_key(kCollection, kRecord, field, key, value);
            }
            return done;
          }};
}

Edit add_and_remove(std::string text, std::string field, std::vector<Value> added,
                    std::vector<Value> removed) {
  return {std::move(text),
          [field = std::move(field), added = std::move(added),
           removed = std::move(removed)](Transaction& day) -> Result<void> {
            if (auto done = day.add(kCollection, kRecord, field, added); !done) return done;
            return day.remove(kCollection, kRecord, field, removed);
          }};
}

Edit erase() {
  return {"deletes the record", [](Transaction& day) -> Result<void> {
            const auto erased = day.erase(kCollection, kRecord);
            return erased ? Result<void>() : fail(erased.error());
          }};
}

// A field of this rule.
Scene field(const std::string& merge, std::string title, const std::string& name, Edit before,
            Edit phone, Edit tablet) {
  const std::string rule = "\"" + name + "\": {\"merge\": \"" + merge + "\"}";
  return {merge,
          std::move(title),
          rule,
          schema_of("\"fields\": {" + rule + "}"),
          name,
          std::move(before),
          std::move(phone),
          std::move(tablet)};
}

// The same two edits under either rule for deletions.
Scene deletion(const std::string& name, std::string title) {
  const std::string rule = R"("delete": ")" + name + "\"";
  return {name,       std::move(title),
          rule,       schema_of(rule),
          "calories", put("calories = 320", {{"calories", Value(320)}}),
          erase(),    put("calories = 350", {{"calories", Value(350)}})};
}

std::vector<Scene> scenes_of_one_value() {
  std::vector<Scene> made;
  made.push_back(field("lww", "the later write wins", "weight_kg",
                       put("weight_kg = 80.4", {{"weight_kg", Value(80.4)}}),
                       put("weight_kg = 80.1", {{"weight_kg", Value(80.1)}}),
                       put("weight_kg = 79.5", {{"weight_kg", Value(79.5)}})));
  const std::string group = R"("pressure": {"fields": ["systolic", "diastolic"]})";
  made.push_back(
      {"group", "the fields of the group win together", group,
       schema_of("\"groups\": {" + group + "}"), "",
       put("systolic = 128, diastolic = 84", {{"systolic", Value(128)}, {"diastolic", Value(84)}}),
       put("systolic = 135", {{"systolic", Value(135)}}),
       put("diastolic = 79", {{"diastolic", Value(79)}})});
  made.push_back(field("min", "the least stays", "lowest_pulse",
                       put("lowest_pulse = 54", {{"lowest_pulse", Value(54)}}),
                       put("lowest_pulse = 49", {{"lowest_pulse", Value(49)}}),
                       put("lowest_pulse = 52", {{"lowest_pulse", Value(52)}})));
  made.push_back(field("max", "the greatest stays", "longest_streak",
                       put("longest_streak = 5", {{"longest_streak", Value(5)}}),
                       put("longest_streak = 14", {{"longest_streak", Value(14)}}),
                       put("longest_streak = 9", {{"longest_streak", Value(9)}})));
  made.push_back(field(
      "counter", "both additions count", "water_ml", increment("water_ml + 500", "water_ml", 500),
      increment("water_ml + 250", "water_ml", 250), increment("water_ml + 300", "water_ml", 300)));
  return made;
}

std::vector<Scene> scenes_of_many_values() {
  std::vector<Scene> made;
  made.push_back(field("set", "an addition stays, a removal takes what it has seen", "symptoms",
                       add_and_remove("adds headache", "symptoms", {Value("headache")}, {}),
                       add_and_remove("adds nausea", "symptoms", {Value("nausea")}, {}),
                       add_and_remove("adds rash, removes headache", "symptoms", {Value("rash")},
                                      {Value("headache")})));
  made.push_back(field(
      "map", "a key at a time, the later write wins", "sizes",
      put_keys("waist = 84", "sizes", {{"waist", Value(84)}}),
      put_keys("waist = 83, chest = 101", "sizes", {{"waist", Value(83)}, {"chest", Value(101)}}),
      put_keys("waist = 82, hips = 97", "sizes", {{"waist", Value(82)}, {"hips", Value(97)}})));
  made.push_back(field("multi", "both stay, until a person has chosen", "dose",
                       put("dose = 500 mg", {{"dose", Value("500 mg")}}),
                       put("dose = 850 mg", {{"dose", Value("850 mg")}}),
                       put("dose = 1000 mg", {{"dose", Value("1000 mg")}})));
  made.push_back(field("merge_text", "both texts, one below the other", "note",
                       put("note = slept badly", {{"note", Value("slept badly")}}),
                       put("note = slept four hours", {{"note", Value("slept four hours")}}),
                       put("note = better at noon", {{"note", Value("better at noon")}})));
  made.push_back(field(
      "list", "both devices' items, each device's together", "recipe",
      insert("inserts oats, milk", "recipe", 0, {Value("oats"), Value("milk")}),
      insert("inserts salt after oats", "recipe", 1, {Value("salt")}),
      insert("inserts figs, honey after oats", "recipe", 1, {Value("figs"), Value("honey")})));
  return made;
}

}  // namespace

std::vector<Scene> scenes() {
  std::vector<Scene> all = scenes_of_one_value();
  for (Scene& scene : scenes_of_many_values()) all.push_back(std::move(scene));
  all.push_back(deletion("edit_loses", "a deleted record stays deleted"));
  all.push_back(deletion("edit_revives", "an edit brings the record back"));
  return all;
}

}  // namespace pictures
