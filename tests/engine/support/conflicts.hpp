#pragma once

#include <set>
#include <string>
#include <vector>

#include "syncline/conflicts.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {

inline constexpr std::string_view kConflictSchema =
    R"({"name": "conflicts", "version": 1, "collections": {"days": {
  "fields": {"water": {"merge": "counter"}, "best": {"merge": "max"}, "worst": {"merge": "min"},
             "tags": {"merge": "set"}, "sizes": {"merge": "map"}, "plan": {"merge": "multi"},
             "note": {"merge": "merge_text"}, "courses": {"merge": "list"}},
  "groups": {"pressure": {"fields": ["systolic", "diastolic"]}}}}})";

// The latest first.
inline std::vector<Conflict> conflicts_of(Device& device, const ConflictFilter& filter = {}) {
  std::vector<Conflict> found;
  must(device.replica().conflicts().visit(filter, [&found](const Conflict& conflict) {
    found.push_back(conflict);
    return true;
  }));
  return found;
}

// A line for each open conflict, ascending.
inline std::string summary_of(Device& device) {
  std::set<std::string> lines;
  for (const Conflict& conflict : conflicts_of(device)) {
    std::string line = conflict.collection + "/" + conflict.record + " " + conflict.field + " " +
                       conflict.rule + ": lost " + value_to_json(conflict.lost);
    if (conflict.kept) line += " to " + value_to_json(*conflict.kept);
    lines.insert(line + "\n");
  }
  std::string summary;
  for (const std::string& line : lines) summary += line;
  return summary;
}

}  // namespace syncline::test
