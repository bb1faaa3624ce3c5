#pragma once

#include <string>
#include <vector>

#include "syncline/replica.hpp"

namespace pictures {

// What one device does, and how a picture says it.
struct Edit {
  std::string text;
  syncline::Replica::Body body;
};

// One rule, and what two devices write under it: both have `before`, then the phone and the tablet
// edit without having heard of each other, the tablet five minutes later.
struct Scene {
  std::string name;   // of the picture's file
  std::string title;  // what the picture is of
  std::string rule;   // how the schema says it
  std::string schema;
  std::string field;  // empty for all fields of the record
  Edit before;
  Edit phone;
  Edit tablet;
};

// Where all of it happens.
inline constexpr std::string_view kCollection = "days";
inline constexpr std::string_view kRecord = "2026-03-01";

// One for each rule, in the order of the guide.
[[nodiscard]] std::vector<Scene> scenes();

}  // namespace pictures
