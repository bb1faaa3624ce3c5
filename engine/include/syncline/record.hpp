#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "syncline/value.hpp"

namespace syncline {

// A record as it resolves now.
struct Record {
  std::string id;
  Value::Object fields;

  bool operator==(const Record&) const = default;
};

// Which records of a collection, and in what order.
struct ScanRange {
  std::string prefix{};   // only ids that begin so
  std::string from{};     // only ids at or after this
  std::string to{};       // only ids before this; empty for no bound
  std::size_t limit = 0;  // at most so many; 0 for all
  bool reverse = false;   // descending by id
};

// Visits records; false ends it.
using RecordVisitor = std::function<bool(const Record&)>;

}  // namespace syncline
