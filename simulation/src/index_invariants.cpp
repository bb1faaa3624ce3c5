#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "invariants.hpp"
#include "syncline/query.hpp"
#include "syncline/value.hpp"

// Queries by an index against a scan that is sorted here, by a plain reading of spec/indexes.md.

namespace syncline::simulation::invariants {
namespace {

// How many records a part of a query has, so that it takes cursors to come to its end.
constexpr std::size_t kRecordsOfAPart = 3;

struct Place {
  int rank = 0;  // none, null, false, true, numbers, strings, bytes
  Value number = 0;
  std::string text;
};

bool is_same(std::int64_t integer, double number) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (number < -kTwoTo63 || number >= kTwoTo63) return false;
  const auto whole = static_cast<std::int64_t>(number);
  return whole == integer && static_cast<double>(whole) == number;
}

bool is_less(const Value& a, const Value& b) {
  // The engine's order of numbers puts an int64 before the double that it equals; an index does
  // not.
  const Value& integer = a.if_int64() != nullptr ? a : b;
  const Value& number = a.if_int64() != nullptr ? b : a;
  const bool mixed = integer.if_int64() != nullptr && number.if_double() != nullptr;
  if (mixed && is_same(*integer.if_int64(), *number.if_double())) return false;
  return compare_numbers(a, b) < 0;
}

bool operator<(const Place& a, const Place& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  return a.rank == 4 ? is_less(a.number, b.number) : a.text < b.text;
}

Place place_of(const Value* value) {
  if (value == nullptr || value->if_array() != nullptr || value->if_object() != nullptr) return {};
  if (value->is_null()) return {1, 0, {}};
  if (const auto* boolean = value->if_bool()) return {*boolean ? 3 : 2, 0, {}};
  if (value->if_int64() != nullptr || value->if_double() != nullptr) return {4, *value, {}};
  if (const auto* text = value->if_string()) return {5, 0, *text};
  return {6, 0, value->if_bytes()->data};
}

using Row = std::vector<Place>;

// Every place of a record: one, or one an item of its first array.
std::vector<Row> rows_of(const IndexRule& rule, const Value::Object& fields) {
  std::vector<Row> rows{{}};
  bool is_spread = false;
  for (const std::string& field : rule.fields) {
    const auto found = fields.find(field);
    const Value* value = found == fields.end() ? nullptr : &found->second;
    const auto* items = value == nullptr || is_spread ? nullptr : value->if_array();
    std::vector<Place> places;
    if (items != nullptr) {
      is_spread = true;
      for (const Value& item : *items) {
        const Place place = place_of(&item);
        if (place.rank != 0) places.push_back(place);
      }
    }
    if (places.empty()) places.push_back(place_of(value));
    std::vector<Row> longer;
    for (const Row& row : rows) {
      for (const Place& place : places) {
        longer.push_back(row);
        longer.back().push_back(place);
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

using Ids = std::vector<std::string>;

// The names of the records as an index has to give them. An item is at once a range of its own.
Result<Ids> sorted_ids(const Replica& replica, const Query& query, const IndexRule& rule) {
  std::set<std::pair<Row, std::string>> sorted;
  const std::optional<Place> only =
      query.equal.empty() ? std::nullopt : std::optional(place_of(&query.equal.front()));
  auto scanned = replica.scan(query.collection, {}, [&](const Record& record) {
    std::vector<Row> rows = rows_of(rule, record.fields);
    if (only) {
      std::erase_if(rows, [&](const Row& row) { return row[0] < *only || *only < row[0]; });
    }
    if (rows.empty()) return true;
    sorted.emplace(query.reverse ? *std::max_element(rows.begin(), rows.end())
                                 : *std::min_element(rows.begin(), rows.end()),
                   record.id);
    return true;
  });
  if (!scanned) return fail(scanned.error());
  Ids ids;
  for (const auto& [row, id] : sorted) ids.push_back(id);
  if (query.reverse) std::reverse(ids.begin(), ids.end());
  return ids;
}

Result<Ids> queried_ids(const Replica& replica, Query query) {
  Ids ids;
  query.limit = kRecordsOfAPart;
  do {
    auto cursor = replica.queries().run(query, [&](const Record& record) {
      ids.push_back(record.id);
      return true;
    });
    if (!cursor) return fail(cursor.error());
    query.cursor = std::move(*cursor);
  } while (!query.cursor.empty());
  return ids;
}

std::string joined(const Ids& ids) {
  std::string text;
  for (const std::string& id : ids) text += id + " ";
  return text;
}

// Values that some record has as the first field of its place, to ask for.
Result<std::vector<Value>> values_of(const Replica& replica, const std::string& collection,
                                     const std::string& field) {
  std::vector<Value> values;
  auto scanned = replica.scan(collection, {}, [&](const Record& record) {
    const auto found = record.fields.find(field);
    if (found == record.fields.end()) return true;
    if (const auto* items = found->second.if_array())
      values.insert(values.end(), items->begin(), items->end());
    else
      values.push_back(found->second);
    return true;
  });
  if (!scanned) return fail(scanned.error());
  std::erase_if(values, [](const Value& value) { return place_of(&value).rank == 0; });
  return values;
}

Finding check_query(const Replica& replica, const Query& query, const IndexRule& rule) {
  const auto expected = sorted_ids(replica, query, rule);
  const auto queried = queried_ids(replica, query);
  const std::string name = query.collection + "." + query.index;
  const std::string invariant = "indexes_agree_with_records";
  if (!expected) return Violation{invariant, expected.error().message};
  if (!queried) return Violation{invariant, name + ": " + queried.error().message};
  if (*expected == *queried) return std::nullopt;
  return Violation{invariant, "by " + name + " a device finds " + joined(*queried) +
                                  "and its records are " + joined(*expected)};
}

// Whether what a live query has is what the record reads as.
bool is_read_so(const Replica& replica, const std::string& collection, const Record& record) {
  const auto read = replica.get(collection, record.id);
  return read && *read && **read == record;
}

}  // namespace

Finding live_queries_agree_with_records(const Replica& replica, const WatchedQuery& watched) {
  const Query& query = watched.query();
  const std::string name = query.collection + "." + query.index;
  if (!watched.trouble().empty()) return Violation{__func__, name + ": " + watched.trouble()};
  const auto& rules = replica.schema().collection(query.collection);
  auto expected = sorted_ids(replica, query, rules.indexes.find(query.index)->second);
  if (!expected) return Violation{__func__, expected.error().message};
  if (query.limit != 0 && expected->size() > query.limit) expected->resize(query.limit);
  Ids told;
  for (const Record& record : watched.result()) told.push_back(record.id);
  if (told != *expected) {
    return Violation{__func__, "of " + name + " a device is told " + joined(told) +
                                   "and its records are " + joined(*expected)};
  }
  for (const Record& record : watched.result()) {
    if (is_read_so(replica, query.collection, record)) continue;
    return Violation{__func__, query.collection + "/" + record.id + " reads otherwise than " +
                                   name + " was told"};
  }
  return std::nullopt;
}

Finding indexes_agree_with_records(const Replica& replica, bool all_built) {
  const auto indexes = replica.queries().indexes();
  if (!indexes) return Violation{__func__, indexes.error().message};
  for (const IndexInfo& info : *indexes) {
    if (info.state != IndexState::kBuilt) {
      if (!all_built) continue;
      return Violation{__func__, info.collection + "." + info.name + " is " +
                                     std::string(index_state_name(info.state)) + " at rest"};
    }
    const auto& rules = replica.schema().collection(info.collection);
    const IndexRule& rule = rules.indexes.find(info.name)->second;
    Query query{info.collection, info.name};
    for (const bool reverse : {false, true}) {
      query.reverse = reverse;
      if (auto found = check_query(replica, query, rule)) return found;
    }
    const auto values = values_of(replica, info.collection, rule.fields.front());
    if (!values) return Violation{__func__, values.error().message};
    for (std::size_t i = 0; i < values->size() && i < 2; ++i) {
      query.equal = {(*values)[i]};
      if (auto found = check_query(replica, query, rule)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace syncline::simulation::invariants
