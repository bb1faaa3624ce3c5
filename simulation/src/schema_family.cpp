#include "schema_family.hpp"

#include <algorithm>
#include <utility>

#include "syncline/simulation/simulation.hpp"

namespace syncline::simulation {
namespace {

// What a schema says, and what another says instead.
struct Change {
  const char* before;
  const char* after;
};
using Changes = std::vector<Change>;

// Kinds that have little in common, so that much of what was held is no value of the new rule.
const Changes kOtherKinds{
    {R"("mood": {"merge": "lww", "type": "string"})", R"("mood": {"merge": "multi"})"},
    {R"("water": {"merge": "counter"})", R"("water": {"type": "integer"})"},
    {R"("least": {"merge": "min"})", R"("least": {"merge": "max"})"},
    {R"("tags": {"merge": "set", "type": "string"})", R"("tags": {"merge": "list"})"},
    {R"("sizes": {"merge": "map", "type": "number"})", R"("sizes": {"type": "json"})"},
    {R"("weight": {"merge": "multi", "type": "number"})", R"("weight": {"type": "number"})"},
    {R"("notes": {"merge": "merge_text"})", R"("notes": {"type": "string"})"},
    {R"("photo": {"type": "bytes"})", R"("photo": {"merge": "set", "type": "bytes"})"},
    {R"({"fields": ["systolic", "diastolic"]})",
     R"({"fields": ["systolic", "diastolic", "extra"]})"},
    {R"("name": {"type": "string"})", R"("name": {"merge": "counter"})"},
    {R"("taken": {"merge": "counter"})", R"("taken": {"type": "integer"})"},
    {R"("order": {"merge": "list"})", R"("order": {"merge": "set"})"},
    {R"("doses": {"merge": "multi"})", R"("doses": {"merge": "merge_text"})"},
    {R"("remarks": {"merge": "merge_text", "type": "string"})", R"("remarks": {"merge": "multi"})"},
    {R"("when": {})", R"("when": {"merge": "multi"})"}};

// One value becomes many, and many one.
const Changes kOtherNumbers{
    {R"("mood": {"merge": "lww", "type": "string"})",
     R"("mood": {"merge": "set", "type": "string"})"},
    {R"("water": {"merge": "counter"})", R"("water": {"merge": "max"})"},
    {R"("least": {"merge": "min"})", R"("least": {"merge": "counter"})"},
    {R"("most": {"merge": "max", "type": "integer"})", R"("most": {"merge": "min"})"},
    {R"("tags": {"merge": "set", "type": "string"})", R"("tags": {"merge": "multi"})"},
    {R"("sizes": {"merge": "map", "type": "number"})", R"("sizes": {"merge": "set"})"},
    {R"("steps": {"merge": "list", "type": "string"})",
     R"("steps": {"merge": "set", "type": "string"})"},
    {R"("weight": {"merge": "multi", "type": "number"})",
     R"("weight": {"merge": "list", "type": "number"})"},
    {R"("notes": {"merge": "merge_text"})", R"("notes": {"merge": "multi", "type": "string"})"},
    {R"({"fields": ["systolic", "diastolic"]})", R"({"fields": ["systolic", "photo"]})"},
    {R"("name": {"type": "string"})", R"("name": {"merge": "list"})"},
    {R"("taken": {"merge": "counter"})", R"("taken": {"merge": "set", "type": "integer"})"},
    {R"("days": {"merge": "set", "type": "integer"})", R"("days": {"type": "integer"})"},
    {R"("order": {"merge": "list"})", R"("order": {"merge": "multi"})"},
    {R"("doses": {"merge": "multi"})", R"("doses": {})"},
    {R"("remarks": {"merge": "merge_text", "type": "string"})", R"("remarks": {"type": "string"})"},
    {R"("when": {})", R"("when": {"merge": "counter"})"}};

// Few fields, which have their rules of before back in the others.
const Changes kFewFields{
    {R"("mood": {"merge": "lww", "type": "string"})", R"("mood": {"merge": "merge_text"})"},
    {R"("water": {"merge": "counter"})", R"("water": {"merge": "min", "type": "number"})"},
    {R"("tags": {"merge": "set", "type": "string"})", R"("tags": {"type": "json"})"},
    {R"("steps": {"merge": "list", "type": "string"})", R"("steps": {"type": "string"})"},
    {R"("extra": {"type": "json"})", R"("extra": {"merge": "map"})"},
    {R"("days": {"merge": "set", "type": "integer"})", R"("days": {"merge": "list"})"},
    {R"("what": {"merge": "custom:unknown"})", R"("what": {"type": "json"})"}};

// The parts of a group stand alone.
const Changes kNoGroup{
    {R"("groups": {"pressure": {"fields": ["systolic", "diastolic"]}},)", ""},
    {R"("tags": {"merge": "set", "type": "string"})",
     R"("tags": {"merge": "set", "type": "string"},
      "systolic": {"type": "integer"}, "diastolic": {"merge": "multi"})"},
    {R"("weight": {"merge": "multi", "type": "number"})", R"("weight": {"merge": "max"})"},
    {R"("taken": {"merge": "counter"})", R"("taken": {"merge": "min", "type": "integer"})"}};

std::string changed(std::string schema, const Changes& changes) {
  for (const Change& change : changes) {
    const std::string before = change.before;
    const auto found = schema.find(before);
    if (found != std::string::npos) schema.replace(found, before.size(), change.after);
  }
  return schema;
}

std::vector<SchemaVersions> family_of(const SchemaVersions& built_in) {
  std::vector<SchemaVersions> family{built_in};
  for (const Changes* changes : {&kOtherKinds, &kOtherNumbers, &kFewFields, &kNoGroup}) {
    SchemaVersions versions;
    for (const std::string& schema : built_in) versions.push_back(changed(schema, *changes));
    family.push_back(std::move(versions));
  }
  return family;
}

}  // namespace

const std::vector<SchemaVersions>& schema_family(bool with_little_history) {
  static const auto kFamily = family_of(built_in_schemas());
  static const auto kWithLittleHistory = family_of(built_in_schemas_with_little_history());
  return with_little_history ? kWithLittleHistory : kFamily;
}

std::optional<std::size_t> place_in(const std::vector<SchemaVersions>& family,
                                    const std::string& document) {
  const auto found = std::find_if(family.begin(), family.end(), [&](const SchemaVersions& one) {
    return std::find(one.begin(), one.end(), document) != one.end();
  });
  if (found == family.end()) return std::nullopt;
  return static_cast<std::size_t>(found - family.begin());
}

}  // namespace syncline::simulation
