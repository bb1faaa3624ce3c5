#include "syncline/simulation/simulation.hpp"

namespace syncline::simulation {
namespace {

// Every strategy, one that no app brings, both rules of deletion, groups, types and indexes; and
// the same before some were added. What changed its strategy would have to be migrated on purpose,
// so nothing does.
constexpr const char* kNow = R"({"name": "simulated", "version": 2, "collections": {
  "diary": {"fields": {
      "mood": {"merge": "lww", "type": "string"},
      "water": {"merge": "counter"},
      "least": {"merge": "min"},
      "most": {"merge": "max", "type": "integer"},
      "tags": {"merge": "set", "type": "string"},
      "sizes": {"merge": "map", "type": "number"},
      "steps": {"merge": "list", "type": "string"},
      "weight": {"merge": "multi", "type": "number"},
      "notes": {"merge": "merge_text"},
      "photo": {"type": "bytes"},
      "extra": {"type": "json"}},
    "groups": {"pressure": {"fields": ["systolic", "diastolic"]}},
    "indexes": {
      "by_mood": {"fields": ["mood"]},
      "by_tag": {"fields": ["tags"]},
      "by_pressure_and_water": {"fields": ["systolic", "water"]},
      "by_extremes": {"fields": ["least", "most"]},
      "by_notes": {"fields": ["notes"]},
      "by_extra": {"fields": ["extra", "tags"]}},
    "delete": "edit_loses"},
  "pills": {"fields": {
      "name": {"type": "string"},
      "taken": {"merge": "counter"},
      "days": {"merge": "set", "type": "integer"},
      "order": {"merge": "list"},
      "doses": {"merge": "multi"},
      "remarks": {"merge": "merge_text", "type": "string"}},
    "indexes": {
      "by_name_and_taken": {"fields": ["name", "taken"]},
      "by_order_and_doses": {"fields": ["order", "doses"]}},
    "delete": "edit_revives"},
  "later": {"fields": {"what": {"merge": "custom:unknown"}, "when": {}}}}})";

// Its journal keeps so little that devices with this schema remove what the others still list.
constexpr const char* kBefore = R"({"name": "simulated", "version": 1,
  "conflicts": {"keep": 3, "keep_days": 1}, "collections": {
  "diary": {"fields": {
      "mood": {"merge": "lww", "type": "string"},
      "water": {"merge": "counter"},
      "tags": {"merge": "set", "type": "string"}},
    "groups": {"pressure": {"fields": ["systolic", "diastolic"]}},
    "indexes": {
      "by_mood": {"fields": ["mood"]},
      "by_tag": {"fields": ["tags", "mood"]},
      "by_notes": {"fields": ["notes"]},
      "by_extremes": {"fields": ["least", "most"]}},
    "delete": "edit_loses"},
  "pills": {"fields": {"name": {"type": "string"}}, "delete": "edit_revives"},
  "later": {"fields": {"when": {}}}}})";

// Declares a history for a collection.
void keep(std::string& schema, const std::string& collection, const std::string& history) {
  const std::string declared = "\"" + collection + "\": {";
  const auto found = schema.find(declared);
  if (found != std::string::npos)
    schema.insert(found + declared.size(), "\"history\": {" + history + "}, ");
}

std::vector<std::string> with_little_history(std::vector<std::string> schemas) {
  for (std::string& schema : schemas) {
    keep(schema, "diary", R"("keep_ops": 0)");
    keep(schema, "pills", R"("keep_ops": 0, "keep_days": 1)");
    keep(schema, "later", R"("keep_ops": 20)");
  }
  return schemas;
}

}  // namespace

const std::vector<std::string>& built_in_schemas() {
  static const std::vector<std::string> kSchemas{kNow, kBefore};
  return kSchemas;
}

const std::vector<std::string>& built_in_schemas_with_little_history() {
  static const std::vector<std::string> kSchemas = with_little_history(built_in_schemas());
  return kSchemas;
}

}  // namespace syncline::simulation
