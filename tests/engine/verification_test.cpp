#include "syncline/verification.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "replica/entries.hpp"
#include "syncline/repair.hpp"
#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// What is wrong in a replica's store is told, each entry by its name; and what is sound is not.

namespace syncline::test {
namespace {

struct Found {
  std::vector<StoreFault> faults;
  Verification summary;

  // The kinds in the order in which they were told.
  [[nodiscard]] std::string kinds() const {
    std::string text;
    for (const StoreFault& fault : faults) {
      text += (text.empty() ? "" : " ") + std::string(fault_kind_name(fault.kind));
    }
    return text;
  }
};

Found verify(const Store& store) {
  Found found;
  found.summary = must(
      verify_store(store, [&found](const StoreFault& fault) { found.faults.push_back(fault); }));
  BOOST_TEST(found.summary.faults == found.faults.size());
  return found;
}

std::string key_of(std::string_view record, std::string_view field) {
  return must(SlotKey::make("meals", record, field, "")).bytes();
}

struct VerificationFixture {
  Device device;
  TinyServer server;

  VerificationFixture() {
    device.put("meals", "lunch", {{"name", Value("soup")}, {"kcal", Value(300)}});
    server.round(device);
    device.patch("meals", "lunch", {{"name", Value("stew")}});
    device.put("meals", "dinner", {{"name", Value("bread")}});
  }
  void put_raw(Keyspace keyspace, std::string key, std::string value) {
    StoreBatch batch;
    batch.put(keyspace, std::move(key), std::move(value));
    must(device.store().commit(batch));
  }
  void erase_raw(Keyspace keyspace, std::string key) {
    StoreBatch batch;
    batch.erase(keyspace, std::move(key));
    must(device.store().commit(batch));
  }
  std::string kinds() { return verify(device.store()).kinds(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verification, VerificationFixture)

BOOST_AUTO_TEST_CASE(a_sound_store_has_no_fault_and_is_counted) {
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "");
  BOOST_TEST(found.summary.slots == 5U);
  BOOST_TEST(found.summary.log_ops == 6U);
  BOOST_TEST(found.summary.log_missing_ops == 0U);
  BOOST_TEST(found.summary.pending_ops == 3U);
  BOOST_TEST(found.summary.entries > 10U);
}

BOOST_AUTO_TEST_CASE(a_new_replica_and_one_that_stamped_anew_or_kept_ops_aside_are_sound) {
  Device fresh;
  BOOST_TEST(verify(fresh.store()).kinds() == "");
  device.wall().set(kYear2262Ms);
  device.put("meals", "late", {{"name", Value("cake")}});
  server.round(device);
  BOOST_TEST(kinds() == "");
  device.wall().set(kPresentMs);
  take(device, page_of(std::vector{op_of("meals", "x", "name", stamp_at(kYear2262Ms), Value(1))},
                       kPresentMs, 9));
  server.set_epoch("00000000000000e2");
  server.round(device);
  device.put("meals", "refused", {{"name", Value("pie")}});
  const PushBatch push = next_push(device);
  SyncReply refusing =
      verdicts_reply(std::string(push.items.size(), 'r'), kPresentMs, Code::kValueMalformed);
  refusing.epoch = device.state().epoch;
  take(device, refusing, &push);
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "");
  BOOST_TEST(found.summary.quarantined_ops == 1U);
  BOOST_TEST(found.summary.set_aside_ops > 0U);
}

BOOST_AUTO_TEST_CASE(what_any_strategy_writes_is_sound_also_where_it_is_not_registered) {
  constexpr std::string_view kSchema =
      R"({"name": "t", "version": 1, "collections": {"c": {"fields": {
  "notes": {"merge": "multi"}, "text": {"merge": "merge_text"}, "steps": {"merge": "list"},
  "tags": {"merge": "set"}, "sizes": {"merge": "map"}, "drunk": {"merge": "counter"},
  "own": {"merge": "custom:of_another_build"}}}}})";
  Device one{std::string(kSchema)};
  one.put("c", "r", {{"notes", Value("a")}, {"text", Value("b")}, {"drunk", Value(3)}});
  one.patch("c", "r", {{"notes", Value("c")}, {"sizes", Value(Fields{{"a", Value(1)}})}});
  one.write([](Transaction& t) -> Result<void> {
    if (auto ok = t.add("c", "r", "steps", {Value("x"), Value("y")}); !ok) return ok;
    if (auto ok = t.move("c", "r", "steps", 1, 0); !ok) return ok;
    if (auto ok = t.remove_at("c", "r", "steps", 1); !ok) return ok;
    return t.add("c", "r", "tags", {Value("red")});
  });
  const std::vector<Op> ops = {op_of("c", "r", "own", stamp_at(kPresentMs), Value(1), "\x01\xFF"),
                               op_of("c", "r", "own", stamp_at(kPresentMs), Value("x"))};
  take(one, page_of(ops, kPresentMs));
  const auto before = slots_of(one.store());
  BOOST_TEST(verify(one.store()).kinds() == "");
  StoreBatch batch;
  const std::string key = must(SlotKey::make("c", "r", "own", "\x01\xFF")).bytes();
  batch.put(Keyspace::kSlots, key, replica::encode_slot({7, stamp_at(kPresentMs), "?"}));
  must(one.store().commit(batch));
  const Found found = verify(one.store());
  BOOST_TEST(found.kinds() == "malformed");
  BOOST_TEST(found.faults.at(0).field == "own");
  CountingRandom random(2);
  must(repair_store(one.store(), random, {}, {}));
  BOOST_TEST(verify(one.store()).kinds() == "");
  BOOST_TEST((slots_of(one.store()) == before));
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_not_what_the_log_says_is_named) {
  const std::string key = key_of("lunch", "kcal");
  put_raw(Keyspace::kSlots, key,
          replica::encode_slot({3, stamp_at(kPresentMs), must(encode_value(Value(1)))}));
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "unlike_log");
  BOOST_TEST(found.faults[0].collection == "meals");
  BOOST_TEST(found.faults[0].record == "lunch");
  BOOST_TEST(found.faults[0].field == "kcal");
  BOOST_TEST((found.faults[0].keyspace == Keyspace::kSlots));
  BOOST_TEST(found.faults[0].key == key);
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_missing_is_named_and_so_is_its_mark) {
  erase_raw(Keyspace::kSlots, key_of("dinner", "name"));
  BOOST_TEST(kinds() == "slot_missing mark_amiss");
}

BOOST_AUTO_TEST_CASE(a_slot_that_no_log_knows_is_told) {
  put_raw(Keyspace::kSlots, key_of("dinner", "x"),
          replica::encode_slot({2, stamp_at(kPresentMs), must(encode_value(Value(1)))}));
  BOOST_TEST(kinds() == "unlike_log");
}

BOOST_AUTO_TEST_CASE(a_slot_that_cannot_be_decoded_is_told_once) {
  put_raw(Keyspace::kSlots, key_of("lunch", "kcal"), "\x01garbage");
  BOOST_TEST(kinds() == "malformed");
  put_raw(Keyspace::kSlots, key_of("lunch", "kcal"),
          replica::encode_slot({3, stamp_at(kPresentMs), "\x7f"}));
  BOOST_TEST(kinds() == "malformed");
  put_raw(Keyspace::kSlots, "no slot key",
          replica::encode_slot({3, stamp_at(kPresentMs), must(encode_value(Value(1)))}));
  BOOST_TEST(kinds() == "malformed malformed");
}

BOOST_AUTO_TEST_CASE(what_the_log_has_lost_is_told_where_a_slot_still_holds_it) {
  const auto first =
      must(must(device.store().snapshot())->get(Keyspace::kLog, replica::sequence_key(1)));
  BOOST_REQUIRE(first);
  erase_raw(Keyspace::kLog, replica::sequence_key(4));
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "not_in_log");
  BOOST_TEST(found.faults[0].field == "name");
  BOOST_TEST(found.summary.log_missing_ops == 1U);
}

BOOST_AUTO_TEST_CASE(a_log_whose_beginning_is_not_kept_is_sound) {
  erase_raw(Keyspace::kLog, replica::sequence_key(1));
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "");
  BOOST_TEST(found.summary.log_missing_ops == 3U);
}

BOOST_AUTO_TEST_CASE(a_log_entry_that_cannot_be_decoded_is_told) {
  put_raw(Keyspace::kLog, replica::sequence_key(4), "\x01\x01garbage");
  BOOST_TEST(kinds() == "malformed not_in_log");
  put_raw(Keyspace::kLog, "key", "value");
  BOOST_TEST(kinds() == "malformed malformed not_in_log");
}

BOOST_AUTO_TEST_CASE(a_mark_that_does_not_fit_its_slot_is_told) {
  put_raw(Keyspace::kOutbox, replica::sequence_key(1),
          replica::encode_outbox({1, key_of("lunch", "name")}));
  BOOST_TEST(kinds() == "mark_amiss");
  put_raw(Keyspace::kOutbox, replica::sequence_key(2), "\x01");
  BOOST_TEST(kinds() == "mark_amiss malformed");
  put_raw(Keyspace::kOutbox, replica::sequence_key(2),
          replica::encode_outbox({99, key_of("lunch", "name")}));
  BOOST_TEST(kinds() == "mark_amiss malformed");
}

BOOST_AUTO_TEST_CASE(what_is_kept_aside_has_to_be_readable) {
  put_raw(Keyspace::kSetAside, replica::sequence_key(1), "\x01");
  put_raw(Keyspace::kQuarantine, replica::sequence_key(1),
          replica::encode_aside({Code::kStampInFuture, "\x01garbage"}));
  BOOST_TEST(kinds() == "malformed malformed");
}

BOOST_AUTO_TEST_CASE(each_entry_of_meta_is_looked_at) {
  put_raw(Keyspace::kMeta, "progress", "\x01");
  put_raw(Keyspace::kMeta, "memory", "\x01\xff");
  put_raw(Keyspace::kMeta, "schema", "{}");
  put_raw(Keyspace::kMeta, "later", "an entry of a later version");
  BOOST_TEST(kinds() == "malformed malformed malformed");
  put_raw(Keyspace::kMeta, "replica", "short");
  erase_raw(Keyspace::kMeta, "head");
  BOOST_TEST(kinds() == "malformed malformed malformed malformed meta_missing");
}

BOOST_AUTO_TEST_CASE(a_head_that_does_not_know_the_last_changes_is_told) {
  const auto stored = must(must(device.store().snapshot())->get(Keyspace::kMeta, "head"));
  replica::Head head = must(replica::decode_head(*stored));
  head.sequence = 4;
  put_raw(Keyspace::kMeta, "head", replica::encode_head(head));
  BOOST_TEST(kinds() == "head_behind");
}

BOOST_AUTO_TEST_CASE(progress_counts_every_entry_and_may_stop_it) {
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  must(verify_store(device.store(), {}, [&](std::uint64_t done, std::uint64_t total) {
    BOOST_TEST(done == last + 1);
    last = done;
    all = total;
    return true;
  }));
  BOOST_TEST(last == all);
  std::uint64_t calls = 0;
  const auto stopped =
      verify_store(device.store(), {}, [&](std::uint64_t, std::uint64_t) { return ++calls < 3; });
  BOOST_TEST(code_of(stopped) == "cancelled");
  BOOST_TEST(calls == 3U);
}

constexpr const char* kIndexed = R"({"name": "food", "version": 1, "collections": {
  "meals": {"fields": {"kcal": {}}, "indexes": {"by_kcal": {"fields": ["kcal"]}}}}})";

// A device with an index of three records, beside records that none is of.
struct IndexedVerificationFixture {
  Device device{kIndexed};
  std::vector<std::uint64_t> seen;

  IndexedVerificationFixture() {
    for (const auto& [record, kcal] : {std::pair{"a", 300}, {"b", 100}, {"c", 600}})
      device.put("meals", record, {{"kcal", Value(kcal)}});
    device.put("days", "monday", {{"note", Value("rain")}});
  }
  [[nodiscard]] std::uint64_t count(Keyspace keyspace) {
    return must(must(device.store().snapshot())->count(keyspace));
  }
  // Stopped when so many parts are done.
  Result<Verification> verify_until(std::uint64_t parts) {
    seen.clear();
    return verify_store(device.store(), {}, [this, parts](std::uint64_t done, std::uint64_t total) {
      seen.push_back(done);
      BOOST_TEST(done <= total);
      return seen.size() < parts;
    });
  }
  void put_raw(Keyspace keyspace, std::string key, std::string value) {
    StoreBatch batch;
    batch.put(keyspace, std::move(key), std::move(value));
    must(device.store().commit(batch));
  }
  // Takes the place of a record out of the index.
  void erase_place_of(std::string_view record) {
    StoreBatch batch;
    const auto snapshot = must(device.store().snapshot());
    const auto cursor = must(snapshot->cursor(Keyspace::kIndexes));
    for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
      if (cursor->key().ends_with(record))
        batch.erase(Keyspace::kIndexes, std::string(cursor->key()));
    }
    BOOST_TEST(batch.changes().size() == 1U);
    must(device.store().commit(batch));
  }
};

BOOST_FIXTURE_TEST_CASE(regression_the_check_of_the_indexes_is_part_of_the_progress,
                        IndexedVerificationFixture) {
  const std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
  const Verification found = must(verify_until(all));
  BOOST_TEST(found.indexes_checked);
  const std::uint64_t parts = found.entries + count(Keyspace::kSlots) + count(Keyspace::kIndexes);
  BOOST_TEST(seen.size() == parts);
  for (std::size_t i = 0; i < seen.size(); ++i) BOOST_TEST(seen[i] == i + 1);
  // Each slot and each entry of an index can be the last that is looked at.
  for (std::uint64_t part = found.entries; part <= parts; ++part) {
    BOOST_TEST(code_of(verify_until(part)) == "cancelled");
    BOOST_TEST(seen.size() == part);
  }
}

BOOST_FIXTURE_TEST_CASE(regression_an_index_is_checked_where_something_else_is_wrong,
                        IndexedVerificationFixture) {
  erase_place_of("b");
  put_raw(Keyspace::kSetAside, replica::sequence_key(1), "garbage");
  put_raw(Keyspace::kSlots, key_of("a", "kcal"), "garbage");
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "malformed malformed index_amiss");
  BOOST_TEST(found.faults.back().what.find("by_kcal lacks an entry of the record b") !=
             std::string::npos);
  BOOST_TEST(found.summary.indexes_checked);
  BOOST_TEST(found.summary.unindexed_records == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_record_with_a_slot_that_cannot_be_trusted_says_nothing_of_an_index,
                        IndexedVerificationFixture) {
  StoreBatch batch;
  batch.erase(Keyspace::kSlots, key_of("a", "kcal"));
  must(device.store().commit(batch));
  device.store().damage(Keyspace::kSlots, key_of("c", "kcal"));
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "slot_missing damaged mark_amiss");
  BOOST_TEST(found.summary.indexes_checked);
  BOOST_TEST(found.summary.unindexed_records == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_record_of_no_index_is_none_that_was_passed_over,
                        IndexedVerificationFixture) {
  device.store().damage(Keyspace::kSlots,
                        must(SlotKey::make("days", "monday", "note", "")).bytes());
  const Found found = verify(device.store());
  BOOST_TEST(found.kinds() == "damaged");
  BOOST_TEST(found.summary.indexes_checked);
  BOOST_TEST(found.summary.unindexed_records == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_says_which_indexes_there_are_has_to_be_readable_to_check_them,
                        IndexedVerificationFixture) {
  erase_place_of("b");
  for (const char* name : {"schema", "indexes"}) {
    device.store().damage(Keyspace::kMeta, name);
    std::uint64_t last = 0;
    std::uint64_t all = 0;
    std::uint64_t faults = 0;
    const Verification found = must(verify_store(
        device.store(), [&](const StoreFault&) { ++faults; },
        [&](std::uint64_t done, std::uint64_t total) {
          last = done;
          all = total;
          return true;
        }));
    BOOST_TEST(!found.indexes_checked);
    BOOST_TEST(faults > 0U);
    BOOST_TEST(last == all);
  }
}

BOOST_FIXTURE_TEST_CASE(an_entry_of_an_index_that_is_damaged_is_told_once,
                        IndexedVerificationFixture) {
  std::string key;
  {
    const auto snapshot = must(device.store().snapshot());
    const auto cursor = must(snapshot->cursor(Keyspace::kIndexes));
    BOOST_TEST(must(cursor->seek("")));
    key = cursor->key();
  }
  device.store().damage(Keyspace::kIndexes, key);
  BOOST_TEST(verify(device.store()).kinds() == "damaged");
}

// One byte of any entry changed, or any entry gone: told, or without a meaning for what is read and
// sent.
BOOST_AUTO_TEST_CASE(whatever_is_done_to_the_entry_of_a_slot_or_a_mark_is_told) {
  std::mt19937_64 random(20'231'114);
  for (const Keyspace keyspace : {Keyspace::kSlots, Keyspace::kOutbox}) {
    std::vector<std::pair<std::string, std::string>> entries;
    {
      const auto snapshot = must(device.store().snapshot());
      const auto cursor = must(snapshot->cursor(keyspace));
      for (bool on = must(cursor->seek("")); on; on = must(cursor->next())) {
        entries.emplace_back(cursor->key(), cursor->value());
      }
    }
    BOOST_REQUIRE(!entries.empty());
    for (const auto& [key, value] : entries) {
      for (std::size_t byte = 0; byte < value.size(); ++byte) {
        // The commit of a mark only says what is sent together, and its base, where it has one,
        // what the op overwrote.
        const std::size_t told_from = value.front() == '\x02' ? 25 : 9;
        if (keyspace == Keyspace::kOutbox && byte >= 1 && byte < told_from) continue;
        std::string changed = value;
        changed[byte] = static_cast<char>(changed[byte] ^ static_cast<char>(1 + random() % 255));
        put_raw(keyspace, key, changed);
        BOOST_TEST(kinds() != "", "byte " << byte);
      }
      put_raw(keyspace, key, value);
      BOOST_TEST(kinds() == "");
      if (keyspace == Keyspace::kOutbox) continue;  // one that is gone has been acknowledged
      erase_raw(keyspace, key);
      BOOST_TEST(kinds() != "");
      put_raw(keyspace, key, value);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
