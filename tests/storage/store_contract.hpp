#pragma once

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "tests/storage/store_support.hpp"

// What every store has to do. Include it after defining
//
//   using StoresUnderTest = std::tuple<...>;
//
// of types with a default constructor and a member `Store& store()`, which is empty to begin with.

namespace syncline::test {

using namespace std::string_literals;

inline constexpr std::array kKeyspaces = {
    Keyspace::kLog,        Keyspace::kSlots, Keyspace::kOutbox, Keyspace::kSetAside,
    Keyspace::kQuarantine, Keyspace::kMeta,  Keyspace::kIndexes};

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_store_is_empty, Fixture, StoresUnderTest) {
  Fixture fixture;
  const auto snapshot = must(fixture.store().snapshot());
  for (const Keyspace keyspace : kKeyspaces) {
    BOOST_TEST(must(snapshot->count(keyspace)) == 0U);
    BOOST_TEST(!get(*snapshot, keyspace, "key"));
    const auto cursor = must(snapshot->cursor(keyspace));
    BOOST_TEST(!must(cursor->seek("")));
    BOOST_TEST(!must(cursor->seek("key")));
    BOOST_TEST(!must(cursor->seek_before("key")));
    BOOST_TEST(!must(cursor->seek_last()));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_that_was_put_is_read_back, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kMeta, "clock", "12");
  BOOST_TEST(get(fixture.store(), Keyspace::kMeta, "clock").value() == "12");
  BOOST_TEST(!get(fixture.store(), Keyspace::kMeta, "cloc"));
  BOOST_TEST(!get(fixture.store(), Keyspace::kMeta, "clock2"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_put_replaces_the_value_before, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kMeta, "clock", "first");
  put(fixture.store(), Keyspace::kMeta, "clock", "second, and longer");
  BOOST_TEST(get(fixture.store(), Keyspace::kMeta, "clock").value() == "second, and longer");
  put(fixture.store(), Keyspace::kMeta, "clock", "3");
  BOOST_TEST(get(fixture.store(), Keyspace::kMeta, "clock").value() == "3");
  BOOST_TEST(count(fixture.store(), Keyspace::kMeta) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_key_in_two_keyspaces_is_two_entries, Fixture,
                              StoresUnderTest) {
  Fixture fixture;
  StoreBatch batch;
  for (const Keyspace keyspace : kKeyspaces) {
    batch.put(keyspace, "key", std::to_string(static_cast<int>(keyspace)));
  }
  must(fixture.store().commit(batch));
  for (const Keyspace keyspace : kKeyspaces) {
    BOOST_TEST(get(fixture.store(), keyspace, "key").value() ==
               std::to_string(static_cast<int>(keyspace)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_erased_entry_is_gone, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kSlots, "a", "1");
  put(fixture.store(), Keyspace::kSlots, "b", "2");
  StoreBatch batch;
  batch.erase(Keyspace::kSlots, "a");
  must(fixture.store().commit(batch));
  BOOST_TEST(!get(fixture.store(), Keyspace::kSlots, "a"));
  BOOST_TEST(get(fixture.store(), Keyspace::kSlots, "b").value() == "2");
  BOOST_TEST(count(fixture.store(), Keyspace::kSlots) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(erasing_what_is_not_there_changes_nothing, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kSlots, "b", "2");
  StoreBatch batch;
  batch.erase(Keyspace::kSlots, "a");
  batch.erase(Keyspace::kSlots, "c");
  batch.erase(Keyspace::kLog, "b");
  must(fixture.store().commit(batch));
  BOOST_TEST(count(fixture.store(), Keyspace::kSlots) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(appended_entries_are_read_in_order, Fixture, StoresUnderTest) {
  Fixture fixture;
  Entries expected;
  for (std::uint64_t sequence = 1; sequence <= 1'000; ++sequence) {
    expected.emplace_back(sequence_key(sequence), std::to_string(sequence));
  }
  for (std::size_t start = 0; start < expected.size(); start += 100) {
    StoreBatch batch;
    for (std::size_t i = start; i < start + 100; ++i) {
      batch.append(Keyspace::kLog, expected[i].first, expected[i].second);
    }
    must(fixture.store().commit(batch));
  }
  BOOST_TEST((entries(*must(fixture.store().snapshot()), Keyspace::kLog) == expected));
}

// Two replicas over one store wrote over each other's log.
BOOST_AUTO_TEST_CASE_TEMPLATE(regression_an_append_that_is_not_last_changes_nothing, Fixture,
                              StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kLog, "b", "old");
  for (const std::string_view key : {"a", "b"}) {
    StoreBatch batch;
    batch.put(Keyspace::kMeta, "beside", "1");
    batch.append(Keyspace::kLog, std::string(key), "new");
    BOOST_TEST(code_of(fixture.store().commit(batch)) == "invalid_argument");
  }
  StoreBatch twice;
  twice.append(Keyspace::kLog, "c", "1");
  twice.append(Keyspace::kLog, "c", "2");
  BOOST_TEST(code_of(fixture.store().commit(twice)) == "invalid_argument");
  const Entries expected = {{"b", "old"}};
  BOOST_TEST((entries(*must(fixture.store().snapshot()), Keyspace::kLog) == expected));
  BOOST_TEST(count(fixture.store(), Keyspace::kMeta) == 0U);
  StoreBatch last;
  last.append(Keyspace::kLog, "c", "1");
  must(fixture.store().commit(last));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_changes_of_a_batch_are_made_in_their_order, Fixture,
                              StoresUnderTest) {
  Fixture fixture;
  StoreBatch batch;
  batch.put(Keyspace::kMeta, "a", "1");
  batch.erase(Keyspace::kMeta, "a");
  batch.put(Keyspace::kMeta, "b", "1");
  batch.put(Keyspace::kMeta, "b", "2");
  batch.erase(Keyspace::kMeta, "c");
  batch.put(Keyspace::kMeta, "c", "3");
  must(fixture.store().commit(batch));
  const Entries expected = {{"b", "2"}, {"c", "3"}};
  BOOST_TEST((entries(*must(fixture.store().snapshot()), Keyspace::kMeta) == expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_batch_is_a_commit, Fixture, StoresUnderTest) {
  Fixture fixture;
  must(fixture.store().commit({}));
  BOOST_TEST(count(fixture.store(), Keyspace::kMeta) == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(keys_are_ordered_by_their_unsigned_bytes, Fixture, StoresUnderTest) {
  Fixture fixture;
  const Entries expected = {{"\0"s, "1"},   {"\0\0"s, "2"},   {"\0a"s, "3"},
                            {"\x01"s, "4"}, {"a"s, "5"},      {"a\0"s, "6"},
                            {"a\0b"s, "7"}, {"aa"s, "8"},     {"\x7f"s, "9"},
                            {"\x80"s, ""},  {"\xff"s, "\0"s}, {"\xff\xff"s, "\xff"s}};
  StoreBatch batch;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& [key, value] = expected[(i * 5) % expected.size()];
    batch.put(Keyspace::kSlots, key, value);
  }
  must(fixture.store().commit(batch));
  const auto snapshot = must(fixture.store().snapshot());
  BOOST_TEST((entries(*snapshot, Keyspace::kSlots) == expected));
  BOOST_TEST((entries_backwards(*snapshot, Keyspace::kSlots) ==
              Entries(expected.rbegin(), expected.rend())));
  for (const auto& [key, value] : expected)
    BOOST_TEST((get(*snapshot, Keyspace::kSlots, key) == value));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(seeks_find_their_neighbours, Fixture, StoresUnderTest) {
  Fixture fixture;
  for (const char* key : {"b", "d", "f"}) put(fixture.store(), Keyspace::kSlots, key, "");
  const auto snapshot = must(fixture.store().snapshot());
  const auto cursor = must(snapshot->cursor(Keyspace::kSlots));
  const auto first_from = [&](std::string_view key) {
    return must(cursor->seek(key)) ? std::string(cursor->key()) : "none";
  };
  const auto last_before = [&](std::string_view key) {
    return must(cursor->seek_before(key)) ? std::string(cursor->key()) : "none";
  };
  BOOST_TEST(first_from("") == "b");
  BOOST_TEST(first_from("b") == "b");
  BOOST_TEST(first_from("b\0"s) == "d");
  BOOST_TEST(first_from("f") == "f");
  BOOST_TEST(first_from("g") == "none");
  BOOST_TEST(first_from(std::string(600, 'c')) == "d");
  BOOST_TEST(last_before("") == "none");
  BOOST_TEST(last_before("b") == "none");
  BOOST_TEST(last_before("c") == "b");
  BOOST_TEST(last_before("d") == "b");
  BOOST_TEST(last_before("f\0"s) == "f");
  BOOST_TEST(last_before(std::string(600, 'z')) == "f");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cursor_turns_round_and_ends_at_both_ends, Fixture,
                              StoresUnderTest) {
  Fixture fixture;
  for (const char* key : {"a", "b", "c"}) put(fixture.store(), Keyspace::kSlots, key, key);
  const auto snapshot = must(fixture.store().snapshot());
  const auto cursor = must(snapshot->cursor(Keyspace::kSlots));
  BOOST_TEST(must(cursor->seek("b")));
  BOOST_TEST(must(cursor->next()));
  BOOST_TEST(cursor->key() == "c");
  BOOST_TEST(must(cursor->previous()));
  BOOST_TEST(cursor->key() == "b");
  BOOST_TEST(must(cursor->previous()));
  BOOST_TEST(cursor->value() == "a");
  BOOST_TEST(!must(cursor->previous()));
  BOOST_TEST(must(cursor->seek_last()));
  BOOST_TEST(!must(cursor->next()));
  BOOST_TEST(must(cursor->seek_before("c")));
  BOOST_TEST(must(cursor->next()));
  BOOST_TEST(cursor->key() == "c");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(values_of_every_size_come_back, Fixture, StoresUnderTest) {
  Fixture fixture;
  const std::array<std::size_t, 12> sizes = {0,     1,     100,     1'000,   2'030,     4'074,
                                             4'096, 8'192, 100'000, 524'288, 3'000'000, 9'000'000};
  StoreBatch batch;
  for (const std::size_t size : sizes) {
    std::string value(size, '\0');
    for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<char>(i * 31 + size);
    batch.put(Keyspace::kLog, std::to_string(size), std::move(value));
  }
  must(fixture.store().commit(batch));
  const auto snapshot = must(fixture.store().snapshot());
  for (const StoreBatch::Change& change : batch.changes()) {
    BOOST_TEST((get(*snapshot, Keyspace::kLog, change.key) == change.value));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_that_is_too_short_or_too_long_fails_the_whole_batch, Fixture,
                              StoresUnderTest) {
  Fixture fixture;
  for (const std::string& key : {""s, std::string(500, 'k')}) {
    StoreBatch batch;
    batch.put(Keyspace::kMeta, "before", "1");
    batch.put(Keyspace::kMeta, key, "2");
    BOOST_TEST(code_of(fixture.store().commit(batch)) == "invalid_argument");
    BOOST_TEST(count(fixture.store(), Keyspace::kMeta) == 0U);
    BOOST_TEST(!get(fixture.store(), Keyspace::kMeta, key));
  }
  put(fixture.store(), Keyspace::kMeta, std::string(499, 'k'), "3");
  BOOST_TEST(get(fixture.store(), Keyspace::kMeta, std::string(499, 'k')).value() == "3");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_does_not_see_later_commits, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kSlots, "a", "1");
  put(fixture.store(), Keyspace::kSlots, "b", "1");
  const auto before = must(fixture.store().snapshot());
  const auto cursor = must(before->cursor(Keyspace::kSlots));
  BOOST_TEST(must(cursor->seek("a")));
  const std::string_view kept = must(before->get(Keyspace::kSlots, "a")).value();
  StoreBatch batch;
  batch.put(Keyspace::kSlots, "a", "2");
  batch.erase(Keyspace::kSlots, "b");
  batch.put(Keyspace::kSlots, "c", "2");
  must(fixture.store().commit(batch));
  BOOST_TEST(kept == "1");
  BOOST_TEST(cursor->value() == "1");
  BOOST_TEST(must(cursor->next()));
  BOOST_TEST(cursor->key() == "b");
  BOOST_TEST(!must(cursor->next()));
  BOOST_TEST(must(before->count(Keyspace::kSlots)) == 2U);
  const Entries after = {{"a", "2"}, {"c", "2"}};
  BOOST_TEST((entries(*must(fixture.store().snapshot()), Keyspace::kSlots) == after));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(many_snapshots_each_keep_their_own_moment, Fixture, StoresUnderTest) {
  Fixture fixture;
  std::vector<std::unique_ptr<Snapshot>> snapshots;
  for (int version = 0; version < 60; ++version) {
    StoreBatch batch;
    batch.put(Keyspace::kSlots, "version", std::to_string(version));
    batch.put(Keyspace::kSlots, "k" + std::to_string(version), std::string(5'000, 'x'));
    if (version >= 10) batch.erase(Keyspace::kSlots, "k" + std::to_string(version - 10));
    must(fixture.store().commit(batch));
    snapshots.push_back(must(fixture.store().snapshot()));
  }
  for (int version = 59; version >= 0; --version) {
    const auto& snapshot = snapshots[static_cast<std::size_t>(version)];
    BOOST_TEST(get(*snapshot, Keyspace::kSlots, "version").value() == std::to_string(version));
    BOOST_TEST(entries(*snapshot, Keyspace::kSlots).size() ==
               static_cast<std::size_t>(std::min(version + 1, 10) + 1));
    snapshots.pop_back();
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_may_outlive_its_store, Fixture, StoresUnderTest) {
  std::unique_ptr<Snapshot> snapshot;
  {
    Fixture fixture;
    put(fixture.store(), Keyspace::kMeta, "clock", "12");
    snapshot = must(fixture.store().snapshot());
  }
  BOOST_TEST(get(*snapshot, Keyspace::kMeta, "clock").value() == "12");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(readers_in_many_threads_see_whole_commits, Fixture, StoresUnderTest) {
  constexpr int kKeys = 20;
  constexpr int kCommits = 300;
  Fixture fixture;
  Store& store = fixture.store();
  const auto commit = [&store](int version) {
    StoreBatch batch;
    for (int key = 0; key < kKeys; ++key) {
      batch.put(Keyspace::kSlots, "k" + std::to_string(key), std::to_string(version));
    }
    batch.append(Keyspace::kLog, sequence_key(static_cast<std::uint64_t>(version)), "entry");
    return store.commit(batch).has_value();
  };
  BOOST_TEST(commit(1));
  std::atomic<bool> done = false;
  std::atomic<int> mixed = 0;  // Boost.Test's checks are for one thread
  const auto read = [&] {
    std::uint64_t newest = 0;
    while (!done) {
      const auto snapshot = store.snapshot();
      const auto first =
          snapshot ? (*snapshot)->get(Keyspace::kSlots, "k0") : fail(snapshot.error());
      const auto logged = snapshot ? (*snapshot)->count(Keyspace::kLog) : fail(snapshot.error());
      if (!first || !*first || !logged) {
        ++mixed;
        return;
      }
      const std::string expected(**first);
      if (std::to_string(*logged) != expected || *logged < newest) ++mixed;
      newest = *logged;
      const auto cursor = (*snapshot)->cursor(Keyspace::kSlots);
      int seen = 0;
      for (Result<bool> on = (*cursor)->seek(""); on && *on; on = (*cursor)->next()) {
        if ((*cursor)->value() != expected) ++mixed;
        ++seen;
      }
      if (seen != kKeys) ++mixed;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) readers.emplace_back(read);
  bool committed = true;
  for (int version = 2; version <= kCommits; ++version) committed = commit(version) && committed;
  done = true;
  for (std::thread& reader : readers) reader.join();
  BOOST_TEST(committed);
  BOOST_TEST(mixed == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(commits_of_many_threads_take_turns, Fixture, StoresUnderTest) {
  Fixture fixture;
  Store& store = fixture.store();
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&store, &failed, writer] {
      for (int i = 0; i < 50; ++i) {
        StoreBatch batch;
        batch.put(Keyspace::kSlots, std::to_string(writer) + "-" + std::to_string(i), "x");
        if (!store.commit(batch)) ++failed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(count(store, Keyspace::kSlots) == 200U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_moves_between_threads, Fixture, StoresUnderTest) {
  Fixture fixture;
  put(fixture.store(), Keyspace::kMeta, "clock", "12");
  std::unique_ptr<Snapshot> snapshot;
  std::thread([&] { snapshot = std::move(fixture.store().snapshot().value()); }).join();
  BOOST_TEST(get(*snapshot, Keyspace::kMeta, "clock").value() == "12");
  std::thread([&] { snapshot.reset(); }).join();
  put(fixture.store(), Keyspace::kMeta, "clock", "13");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
