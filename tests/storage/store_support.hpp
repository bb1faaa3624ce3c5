#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/store.hpp"

// What the tests of stores say often.

namespace syncline::test {

using Entries = std::vector<std::pair<std::string, std::string>>;

// The value of a result that has to be there.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    BOOST_FAIL(std::string(code_name(result.error().code)) + ": " + result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : std::string(code_name(result.error().code));
}

inline void put(Store& store, Keyspace keyspace, std::string key, std::string value) {
  StoreBatch batch;
  batch.put(keyspace, std::move(key), std::move(value));
  must(store.commit(batch));
}

inline std::optional<std::string> get(const Snapshot& snapshot, Keyspace keyspace,
                                      std::string_view key) {
  const auto value = must(snapshot.get(keyspace, key));
  if (!value) return std::nullopt;
  return std::string(*value);
}

inline std::optional<std::string> get(const Store& store, Keyspace keyspace, std::string_view key) {
  return get(*must(store.snapshot()), keyspace, key);
}

inline std::uint64_t count(const Store& store, Keyspace keyspace) {
  return must(must(store.snapshot())->count(keyspace));
}

// Everything in a keyspace, forwards.
inline Entries entries(const Snapshot& snapshot, Keyspace keyspace) {
  Entries all;
  const auto cursor = must(snapshot.cursor(keyspace));
  for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
    all.emplace_back(cursor->key(), cursor->value());
  }
  return all;
}

// Everything in a keyspace, backwards.
inline Entries entries_backwards(const Snapshot& snapshot, Keyspace keyspace) {
  Entries all;
  const auto cursor = must(snapshot.cursor(keyspace));
  for (bool on = must(cursor->seek_last()); on; on = must(cursor->previous())) {
    all.emplace_back(cursor->key(), cursor->value());
  }
  return all;
}

// Eight bytes that sort as the number does, as the keys of a log.
inline std::string sequence_key(std::uint64_t sequence) {
  std::string key;
  for (unsigned shift = 64; shift != 0;) key += static_cast<char>(sequence >> (shift -= 8));
  return key;
}

}  // namespace syncline::test
