#include "syncline/query.hpp"

#include <list>
#include <map>

#include "tests/engine/support/lmdb.hpp"
#include "tests/engine/support/queries.hpp"
#include "tests/properties/history.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(query_properties)

// What spec/indexes.md says of the order of values, with nothing of keys in it.
struct Place {
  int rank = 0;  // of the type; 0 for none
  long double number = 0;
  std::string text;

  auto operator<=>(const Place&) const = default;
};

Place place_of(const Value* value) {
  if (value == nullptr || value->if_array() != nullptr || value->if_object() != nullptr) return {};
  if (value->is_null()) return {1, 0, {}};
  if (const auto* boolean = value->if_bool()) return {*boolean ? 3 : 2, 0, {}};
  // 64 bits of mantissa hold both types exactly.
  if (const auto* integer = value->if_int64()) return {4, static_cast<long double>(*integer), {}};
  if (const auto* number = value->if_double()) return {4, static_cast<long double>(*number), {}};
  if (const auto* string = value->if_string()) return {5, 0, *string};
  return {6, 0, value->if_bytes()->data};
}

using Row = std::vector<Place>;

std::vector<Row> rows_of(const std::vector<std::string>& fields, const Value::Object& record) {
  std::vector<Row> rows{{}};
  bool spread = false;
  for (const std::string& field : fields) {
    const auto found = record.find(field);
    const Value* value = found == record.end() ? nullptr : &found->second;
    std::vector<Place> places;
    if (value != nullptr && value->if_array() != nullptr && !spread) {
      spread = true;
      for (const Value& item : *value->if_array()) {
        if (place_of(&item).rank != 0) places.push_back(place_of(&item));
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

bool is_in_range(const Query& query, const Row& row) {
  for (std::size_t i = 0; i < query.equal.size(); ++i) {
    if (row[i] != place_of(&query.equal[i])) return false;
  }
  if (!query.from && !query.to) return true;
  const Place& place = row[query.equal.size()];
  if (place.rank == 0) return false;
  if (query.from && place < place_of(&*query.from)) return false;
  return !query.to || place < place_of(&*query.to);
}

// A full scan, filtered and sorted.
std::vector<Record> expected_of(Replica& replica, const Query& query) {
  const auto& fields = replica.schema().collection(query.collection).indexes.at(query.index).fields;
  std::map<std::pair<Row, std::string>, Record> sorted;
  must(replica.scan(query.collection, {}, [&](const Record& record) {
    std::optional<Row> best;
    for (const Row& row : rows_of(fields, record.fields)) {
      if (!is_in_range(query, row)) continue;
      if (!best || (query.reverse ? row > *best : row < *best)) best = row;
    }
    if (best) sorted.emplace(std::pair(*best, record.id), record);
    return true;
  }));
  std::vector<Record> records;
  for (const auto& [where, record] : sorted) records.push_back(record);
  if (query.reverse) std::reverse(records.begin(), records.end());
  if (query.limit > 0 && records.size() > query.limit) records.resize(query.limit);
  return records;
}

std::vector<Record> result_of(Replica& replica, const Query& query) {
  std::vector<Record> records;
  static_cast<void>(must(replica.queries().run(query, [&](const Record& record) {
    records.push_back(record);
    return true;
  })));
  return records;
}

// A query of an index of the replica's schema.
Query any_query(const Replica& replica, std::mt19937& random) {
  Query query;
  query.collection = random() % 2 == 0 ? "loses" : "revives";
  const auto& indexes = replica.schema().collection(query.collection).indexes;
  const auto index =
      std::next(indexes.begin(), static_cast<std::ptrdiff_t>(random() % indexes.size()));
  query.index = index->first;
  const auto bound = [&random] {
    const int amount = static_cast<int>(random() % 40) - 20;
    const Value item = item_of(amount);
    return random() % 2 == 0 || item.if_array() != nullptr ? Value(amount / 2.0) : item;
  };
  if (random() % 3 == 0) query.equal.push_back(bound());
  if (query.equal.size() < index->second.fields.size()) {
    if (random() % 2 == 0) query.from = bound();
    if (random() % 2 == 0) query.to = bound();
  }
  query.reverse = random() % 2 == 0;
  return query;
}

// Any history of local and remote ops leaves queries that say what a scan says, whole and in parts.
void check_queries(Device& device, std::mt19937& random) {
  RC_ASSERT(code_of(device.replication().verify()) == "none");
  for (int i = 0; i < 6; ++i) {
    const Query query = any_query(device.replica(), random);
    const auto expected = expected_of(device.replica(), query);
    RC_ASSERT(result_of(device.replica(), query) == expected);
    Ids ids;
    for (const Record& record : expected) ids.push_back(record.id);
    RC_ASSERT(ids_by_pages(device, query, 1 + random() % 3) == ids);
  }
}

void queries_are_sorted_scans(const Fleet::MakeStore& make_store) {
  Fleet fleet(3, make_store);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const auto history = *any_history();
  const std::size_t half = history.size() / 2;
  fleet.run({history.begin(), history.begin() + static_cast<std::ptrdiff_t>(half)});
  for (std::size_t i = 0; i < fleet.size(); ++i) check_queries(fleet[i], random);
  fleet.run({history.begin() + static_cast<std::ptrdiff_t>(half), history.end()});
  fleet.deliver_everything(static_cast<unsigned>(random()));
  for (std::size_t i = 0; i < fleet.size(); ++i) check_queries(fleet[i], random);
}

class Disks {
 public:
  std::unique_ptr<Store> operator()(std::size_t) { return open_lmdb(directories_.emplace_back()); }

 private:
  std::list<TemporaryDirectory> directories_;
};

RC_BOOST_PROP(a_query_is_a_scan_filtered_and_sorted, ()) {
  queries_are_sorted_scans([](std::size_t) { return make_memory_store(); });
}

RC_BOOST_PROP(a_query_on_disk_is_a_scan_filtered_and_sorted, ()) {
  Disks disks;
  queries_are_sorted_scans(std::ref(disks));
}

// A live query, and what it has shown.
struct Shown {
  Query query;
  std::vector<Record> records;
  Subscription subscription;
};

RC_BOOST_PROP(the_differences_of_a_live_query_make_its_result, ()) {
  Fleet fleet(2, [](std::size_t) { return make_memory_store(); });
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  std::list<Shown> shown;
  for (int i = 0; i < 6; ++i) {
    Shown& one = shown.emplace_back();
    one.query = any_query(fleet[0].replica(), random);
    if (i % 2 == 1) one.query.limit = 1 + random() % 3;
  }
  const auto watch_all = [&] {
    for (Shown& one : shown) {
      one.records.clear();
      one.subscription = must(fleet[0].replica().queries().watch(
          one.query, [&one](const Result<QueryDifference>& told) {
            one.records = apply_difference(must(told), std::move(one.records));
          }));
    }
  };
  watch_all();
  for (const Step& step : *any_history()) {
    fleet.run({step});
    if (step.kind > kTurnsWall) watch_all();  // which opens a replica anew
    for (const Shown& one : shown)
      RC_ASSERT(one.records == expected_of(fleet[0].replica(), one.query));
  }
}

// The history's schema with other indexes, some of them of the same names.
std::string other_schema() {
  std::string schema = history_schema();
  const auto replace = [&schema](const std::string& from, const std::string& to) {
    for (std::size_t at = schema.find(from); at != std::string::npos; at = schema.find(from, at))
      schema.replace(at, from.size(), to), at += to.size();
  };
  replace(R"("by_plain":{"fields":["plain"]})", R"("by_plain":{"fields":["plain","count"]})");
  replace(R"("by_set")", R"("by_items")");
  replace(R"("low":{"merge":"min"},)", "");
  return schema;
}

RC_BOOST_PROP(an_index_is_right_whatever_happens_while_it_is_built, ()) {
  const bool on_disk = *rc::gen::arbitrary<bool>();
  Disks disks;
  Fleet fleet(2, [&](std::size_t device) { return on_disk ? disks(device) : make_memory_store(); });
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const std::vector<std::string> schemas{history_schema(), other_schema()};
  Device& device = fleet[0];
  for (const Step& step : *any_history()) {
    fleet.run({step});
    if (random() % 6 == 0) device.reopen(schemas[random() % 2]);
    if (random() % 3 == 0) {
      auto left = random() % 4;
      device.store().let_pass(random() % 5 == 0 ? 1 : -1);
      static_cast<void>(device.replica().queries().build(
          {1 + random() % 12}, [&left](const BuildProgress&) { return left-- > 0; }));
      device.store().let_pass(-1);
    }
    RC_ASSERT(code_of(device.replication().verify()) == "none");
  }
  RC_ASSERT(must(device.replica().queries().build({1 + random() % 12}, {})));
  check_queries(device, random);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
