#include <boost/test/unit_test.hpp>

#include "replica/entries.hpp"
#include "replica/log_state.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/vectors.hpp"

namespace syncline::test {
namespace {

using namespace replica;  // NOLINT(google-build-using-namespace): what the vectors are about

HybridTime time_from(const json::value& value) {
  const json::object& time = value.as_object();
  only_members(time, {"milliseconds", "counter"});
  return HybridTime(number(time.at("milliseconds")),
                    static_cast<std::uint16_t>(number(time.at("counter"))));
}

ReplicaId replica_from(const json::object& object) {
  return must(decode_id(from_hex(text(object, "replica"))));
}

void run_head(const json::object& one, const std::string& encoded) {
  only_members(one,
               {"name", "kind", "entry", "last", "confirmed", "offset", "sequence", "encoded"});
  const Head head{
      {time_from(one.at("last")), time_from(one.at("confirmed")), number(one.at("offset"))},
      static_cast<std::uint64_t>(number(one.at("sequence")))};
  BOOST_TEST(encode_head(head) == encoded);
  BOOST_TEST((must(decode_head(encoded)) == head));
}

void run_fence(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "fence", "encoded"});
  const auto fence = static_cast<std::uint64_t>(number(one.at("fence")));
  BOOST_TEST(encode_fence(fence) == encoded);
  BOOST_TEST(must(decode_fence(encoded)) == fence);
}

void run_ancestors(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "ancestors", "encoded"});
  Ancestors ancestors;
  for (const json::value& value : one.at("ancestors").as_array()) {
    const json::object& ancestor = value.as_object();
    only_members(ancestor, {"replica", "confirmed", "fence"});
    ancestors.push_back({replica_from(ancestor), time_from(ancestor.at("confirmed")),
                         is_null_or_absent(ancestor, "fence")
                             ? kFenceOutdated
                             : static_cast<std::uint64_t>(number(ancestor.at("fence")))});
  }
  BOOST_TEST(encode_ancestors(ancestors) == encoded);
  BOOST_TEST((must(decode_ancestors(encoded)) == ancestors));
}

void run_log(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "dropped", "kept", "next", "end", "current",
                     "unconfirmed", "encoded"});
  const auto count = [&one](const char* name) {
    return static_cast<std::uint64_t>(number(one.at(name)));
  };
  LogState log{count("dropped"), count("kept"), count("next"), count("end"), count("current"), {}};
  for (const json::value& value : one.at("unconfirmed").as_array()) {
    const json::object& range = value.as_object();
    only_members(range, {"replica", "first", "last"});
    log.unconfirmed.push_back(
        {replica_from(range), time_from(range.at("first")), time_from(range.at("last"))});
  }
  BOOST_TEST(encode_log_state(log) == encoded);
  BOOST_TEST((must(decode_log_state(encoded)) == log));
}

void run_progress(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "epoch", "cursors", "encoded"});
  Progress progress{text(one, "epoch"), {}};
  for (const auto& [name, cursor] : one.at("cursors").as_object())
    progress.cursors.emplace(name, cursor.as_string());
  BOOST_TEST(encode_progress(progress) == encoded);
  BOOST_TEST((must(decode_progress(encoded)) == progress));
}

void run_outbox(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "commit", "base", "slot_key", "encoded"});
  const std::string slot_key = from_hex(text(one, "slot_key"));
  OutboxEntry entry{static_cast<std::uint64_t>(number(one.at("commit"))), slot_key};
  const std::string base = from_hex(text(one, "base"));
  if (!base.empty()) entry.base = decode_stamp(base).value();
  BOOST_TEST(encode_outbox(entry) == encoded);
  BOOST_TEST((must(decode_outbox(encoded, "key")) == entry));
}

void run_aside(const json::object& one, const std::string& encoded) {
  only_members(one, {"name", "kind", "entry", "code", "after", "base", "batch", "encoded"});
  const auto code = code_from_name(text(one, "code"));
  BOOST_REQUIRE(code);
  std::optional<std::uint64_t> after;
  if (!is_null_or_absent(one, "after")) after = static_cast<std::uint64_t>(number(one.at("after")));
  const std::string batch = from_hex(text(one, "batch"));
  Stamp base;
  if (const std::string bytes = from_hex(text(one, "base")); !bytes.empty())
    base = decode_stamp(bytes).value();
  BOOST_TEST(encode_aside({*code, batch, after, base}) == encoded);
  const AsideEntry entry = must(decode_aside(encoded, "key"));
  BOOST_TEST((entry.code == *code));
  BOOST_TEST(entry.batch == batch);
  BOOST_TEST((entry.after == after));
  BOOST_TEST((entry.base == base));
}

std::string refusal_of(const std::string& entry, const std::string& encoded) {
  if (entry == kHeadName) return code_of(decode_head(encoded));
  if (entry == kFenceName) return code_of(decode_fence(encoded));
  if (entry == kAncestorsName) return code_of(decode_ancestors(encoded));
  if (entry == kLogStateName) return code_of(decode_log_state(encoded));
  if (entry == kProgressName) return code_of(decode_progress(encoded));
  if (entry == "outbox") return code_of(decode_outbox(encoded, "key"));
  if (entry == "aside") return code_of(decode_aside(encoded, "key"));
  unknown("entry", entry);
}

void run_stored(const json::object& one) {
  const std::string entry = text(one, "entry");
  const std::string encoded = from_hex(text(one, "encoded"));
  const std::string kind = text(one, "kind");
  if (kind == "bad") {
    only_members(one, {"name", "kind", "entry", "encoded", "error"});
    BOOST_TEST(refusal_of(entry, encoded) == text(one, "error"));
    return;
  }
  if (kind != "good") unknown("kind", kind);
  if (entry == kHeadName) return run_head(one, encoded);
  if (entry == kFenceName) return run_fence(one, encoded);
  if (entry == kAncestorsName) return run_ancestors(one, encoded);
  if (entry == kLogStateName) return run_log(one, encoded);
  if (entry == kProgressName) return run_progress(one, encoded);
  if (entry == "outbox") return run_outbox(one, encoded);
  if (entry == "aside") return run_aside(one, encoded);
  unknown("entry", entry);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(stored_entries_encode_and_decode_as_the_vectors_say) {
  for_each_case("stored.json", run_stored);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
