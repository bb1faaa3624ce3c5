#pragma once

#include <string>
#include <vector>

#include "syncline/query.hpp"
#include "tests/engine/support/device.hpp"

// What tests of queries say often.

namespace syncline::test {

using Ids = std::vector<std::string>;

// The names of the records that a query gives, in its order.
inline Ids ids_of(Device& device, const Query& query) {
  Ids ids;
  must(device.replica().queries().run(query, [&](const Record& record) {
    ids.push_back(record.id);
    return true;
  }));
  return ids;
}

// The same, a few records at a time, each part from where the one before ended.
inline Ids ids_by_pages(Device& device, Query query, std::size_t limit) {
  Ids ids;
  query.limit = limit;
  do {
    std::size_t given = 0;
    query.cursor = must(device.replica().queries().run(query, [&](const Record& record) {
      ids.push_back(record.id);
      ++given;
      return true;
    }));
    BOOST_TEST(given <= limit);
    if (!query.cursor.empty()) BOOST_TEST(given == limit);
  } while (!query.cursor.empty());
  return ids;
}

inline std::string query_code(Device& device, const Query& query) {
  return code_of(device.replica().queries().run(query, [](const Record&) { return true; }));
}

// The states of all indexes as text, "c.by_a built" a line.
inline std::string states_of(Device& device) {
  std::string text;
  for (const IndexInfo& info : must(device.replica().queries().indexes()))
    text +=
        info.collection + "." + info.name + " " + std::string(index_state_name(info.state)) + "\n";
  return text;
}

}  // namespace syncline::test
