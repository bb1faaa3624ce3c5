#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include "tests/storage/store_support.hpp"

// Random batches against a std::map, for every type in StoresUnderTest (see store_contract.hpp).

namespace syncline::test {

using Model = std::array<std::map<std::string, std::string>, kKeyspaceCount>;

struct RandomChange {
  int kind;
  int keyspace;
  std::string key;
  std::size_t value_bytes;
};

inline rc::Gen<RandomChange> any_change() {
  // Few different bytes, so that keys meet and are prefixes of one another.
  const auto key = rc::gen::suchThat(
      rc::gen::container<std::string>(rc::gen::element('\0', 'a', 'b', 'z', '\xff')),
      [](const std::string& text) { return !text.empty() && text.size() <= 499; });
  const auto bytes =
      rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 60)},
                                           {2, rc::gen::inRange<std::size_t>(900, 2'200)},
                                           {1, rc::gen::inRange<std::size_t>(4'000, 20'000)}});
  return rc::gen::construct<RandomChange>(rc::gen::inRange(0, 4), rc::gen::inRange(0, 2), key,
                                          bytes);
}

inline void apply(const RandomChange& change, StoreBatch& batch, Model& model) {
  const auto keyspace = static_cast<Keyspace>(change.keyspace);
  auto& map = model.at(static_cast<std::size_t>(change.keyspace));
  std::string value(change.value_bytes, static_cast<char>('A' + change.key.size() % 26));
  if (change.kind == 0) {
    batch.erase(keyspace, change.key);
    map.erase(change.key);
    return;
  }
  std::string key = change.key;
  const bool has_room = map.empty() || map.rbegin()->first.size() < 490;
  const bool appends = change.kind == 1 && has_room;
  // An append keeps its promise.
  if (appends && !map.empty()) key = map.rbegin()->first + key.substr(0, 1);
  map[key] = value;
  if (appends) {
    batch.append(keyspace, key, value);
  } else {
    batch.put(keyspace, key, value);
  }
}

// Walks and seeks everywhere and compares with the model.
inline void check_same(const Snapshot& snapshot, const Model& model,
                       const std::vector<std::string>& probes) {
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto keyspace = static_cast<Keyspace>(i);
    const auto& map = model.at(i);
    RC_ASSERT(*snapshot.count(keyspace) == map.size());
    RC_ASSERT(entries(snapshot, keyspace) == Entries(map.begin(), map.end()));
    RC_ASSERT(entries_backwards(snapshot, keyspace) == Entries(map.rbegin(), map.rend()));
    const auto cursor = must(snapshot.cursor(keyspace));
    for (const std::string& probe : probes) {
      const auto at = map.lower_bound(probe);
      const auto exact = map.find(probe);
      RC_ASSERT(get(snapshot, keyspace, probe).has_value() == (exact != map.end()));
      RC_ASSERT(*cursor->seek(probe) == (at != map.end()));
      if (at != map.end()) RC_ASSERT(cursor->key() == at->first);
      if (at != map.end()) RC_ASSERT(cursor->value() == at->second);
      RC_ASSERT(*cursor->seek_before(probe) == (at != map.begin()));
      if (at != map.begin()) RC_ASSERT(cursor->key() == std::prev(at)->first);
      if (at != map.begin()) RC_ASSERT(*cursor->next() == (at != map.end()));
    }
  }
}

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE_TEMPLATE(random_batches_leave_what_a_sorted_map_would, Fixture,
                              StoresUnderTest) {
  rc::detail::checkBoostTest([] {
    Fixture fixture;
    Model model;
    const auto batches = *rc::gen::container<std::vector<std::vector<RandomChange>>>(
        rc::gen::container<std::vector<RandomChange>>(any_change()));
    std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> kept;
    std::vector<std::string> probes = {"", "b", std::string(499, 'b')};
    for (const auto& changes : batches) {
      StoreBatch batch;
      for (const RandomChange& change : changes) {
        apply(change, batch, model);
        probes.push_back(change.key);
      }
      must(fixture.store().commit(batch));
      if (kept.size() < 5) kept.emplace_back(must(fixture.store().snapshot()), model);
    }
    kept.emplace_back(must(fixture.store().snapshot()), model);
    if (probes.size() > 40) probes.resize(40);
    for (const auto& [snapshot, expected] : kept) check_same(*snapshot, expected, probes);
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test

namespace rc {
inline void showValue(const syncline::test::RandomChange& change, std::ostream& out) {
  out << "kind " << change.kind << " in " << change.keyspace << ", " << change.value_bytes
      << " bytes under ";
  show(change.key, out);
}
}  // namespace rc
