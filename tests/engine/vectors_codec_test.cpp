#include <algorithm>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "syncline/codes.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/vectors.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(vectors)

void run_value(const json::object& one) {
  only_members(one, {"name", "kind", "value", "encoded", "error", "less", "greater"});
  const std::string kind = text(one, "kind");
  if (kind == "good") {
    const std::string encoded = expand(one.at("encoded"));
    const auto decoded = decode_value(encoded);
    BOOST_REQUIRE_EQUAL(code_of(decoded), "none");
    BOOST_TEST(code_of(check_value(encoded)) == "none");
    BOOST_TEST((must(encode_value(*decoded)) == encoded));
    if (const json::value* value = one.if_contains("value")) {
      BOOST_TEST((*decoded == typed(*value)));
      BOOST_TEST((must(encode_value(typed(*value))) == encoded));
    }
  } else if (kind == "bad") {
    const std::string encoded = expand(one.at("encoded"));
    BOOST_TEST(code_of(decode_value(encoded)) == text(one, "error"));
    BOOST_TEST(code_of(check_value(encoded)) == text(one, "error"));
  } else if (kind == "order") {
    BOOST_TEST(
        (must(encode_value(typed(one.at("less")))) < must(encode_value(typed(one.at("greater"))))));
  } else {
    unknown("kind", kind);
  }
}

BOOST_AUTO_TEST_CASE(values_encode_and_decode_as_the_vectors_say) {
  for_each_case("value.json", run_value);
}

void run_json(const json::object& one) {
  only_members(one, {"name", "kind", "text", "text_hex", "value", "output", "error"});
  const std::string kind = text(one, "kind");
  if (kind == "good") {
    const auto parsed = value_from_json(text(one, "text"));
    BOOST_REQUIRE_EQUAL(code_of(parsed), "none");
    BOOST_TEST((must(encode_value(*parsed)) == must(encode_value(typed(one.at("value"))))));
    const std::string written = value_to_json(*parsed);
    if (!one.at("output").is_null()) BOOST_TEST(written == text(one, "output"));
    BOOST_TEST((must(encode_value(must(value_from_json(written)))) == must(encode_value(*parsed))));
  } else if (kind == "bad") {
    const std::string bad =
        one.contains("text") ? text(one, "text") : from_hex(text(one, "text_hex"));
    const auto parsed = value_from_json(bad);
    const std::string code = parsed ? code_of(encode_value(*parsed)) : code_of(parsed);
    BOOST_TEST(code == text(one, "error"));
  } else {
    unknown("kind", kind);
  }
}

BOOST_AUTO_TEST_CASE(json_maps_onto_values_as_the_vectors_say) {
  for_each_case("json.json", run_json);
}

Result<SlotKey> key_from(const json::value& path) {
  only_members(path.as_object(), {"collection", "record", "field", "element"});
  return SlotKey::make(expand(path.at("collection")), expand(path.at("record")),
                       expand(path.at("field")), expand(path.at("element")));
}

void run_slot_key(const json::object& one) {
  only_members(one, {"name", "kind", "path", "key", "error", "less", "greater"});
  const std::string kind = text(one, "kind");
  if (kind == "good") {
    const auto key = key_from(one.at("path"));
    BOOST_REQUIRE_EQUAL(code_of(key), "none");
    BOOST_TEST(to_hex_text(key->bytes()) == to_hex_text(expand(one.at("key"))));
    const auto parsed = SlotKey::parse(key->bytes());
    BOOST_REQUIRE_EQUAL(code_of(parsed), "none");
    BOOST_TEST((*parsed == *key));
    BOOST_TEST(std::string(parsed->collection()) == expand(one.at("path").at("collection")));
    BOOST_TEST(std::string(parsed->record()) == expand(one.at("path").at("record")));
    BOOST_TEST(std::string(parsed->field()) == expand(one.at("path").at("field")));
    BOOST_TEST((std::string(parsed->element()) == expand(one.at("path").at("element"))));
  } else if (kind == "bad") {
    BOOST_TEST(code_of(key_from(one.at("path"))) == text(one, "error"));
  } else if (kind == "order") {
    BOOST_TEST((must(key_from(one.at("less"))) < must(key_from(one.at("greater")))));
  } else {
    unknown("kind", kind);
  }
}

BOOST_AUTO_TEST_CASE(slot_keys_are_as_the_vectors_say) {
  for_each_case("slot_key.json", run_slot_key);
}

void run_stamp(const json::object& one) {
  only_members(one,
               {"name", "kind", "milliseconds", "counter", "replica", "stamp", "less", "greater"});
  const std::string kind = text(one, "kind");
  if (kind == "good") {
    const Stamp stamp{HybridTime(number(one.at("milliseconds")),
                                 static_cast<std::uint16_t>(number(one.at("counter")))),
                      static_cast<ReplicaId>(std::stoull(text(one, "replica"), nullptr, 16))};
    BOOST_TEST(to_hex_text(encode_stamp(stamp)) == text(one, "stamp"));
    BOOST_TEST((stamp_from_hex(text(one, "stamp")) == stamp));
    BOOST_TEST(to_hex(stamp.replica) == text(one, "replica"));
  } else if (kind == "order") {
    const Stamp less = stamp_from_hex(text(one, "less"));
    const Stamp greater = stamp_from_hex(text(one, "greater"));
    BOOST_TEST((less < greater));
    BOOST_TEST((encode_stamp(less) < encode_stamp(greater)));
  } else {
    unknown("kind", kind);
  }
}

BOOST_AUTO_TEST_CASE(stamps_are_as_the_vectors_say) { for_each_case("stamp.json", run_stamp); }

// Every limit of the list that the engine states a constant for. Those that it states by its code
// alone have a test of their own elsewhere; those of the server concern the server.
const std::map<std::string, std::int64_t>& stated_limits() {
  static const std::map<std::string, std::int64_t> kStated{
      {"collection_bytes_max", kCollectionBytesMax},
      {"record_bytes_max", kRecordBytesMax},
      {"field_bytes_max", kFieldBytesMax},
      {"element_bytes_max", kElementBytesMax},
      {"map_key_bytes_max", kElementBytesMax},
      {"slot_key_bytes_max",
       kCollectionBytesMax + kRecordBytesMax + kFieldBytesMax + kElementBytesMax + 3},
      {"value_bytes_max", kValueBytesMax},
      {"value_depth_max", kValueDepthMax},
      {"batch_ops_max", kBatchOpsMax},
      {"batch_bytes_max", kBatchBytesMax},
      {"batch_name_bytes_max", kBatchNameBytesMax},
      {"transaction_ops_max", kTransactionOpsMax},
      {"tags_max", kTagsMax},
      {"stamp_bytes", kStampBytes},
      {"stamp_milliseconds_max", kMillisecondsMax},
      {"drift_ms_max", kDriftMaxMs},
      {"offset_ignored_ms_max", kOffsetMinMs},
      {"schema_bytes_max", kSchemaBytesMax},
      {"schema_name_bytes_max", kSchemaNameBytesMax},
      {"schema_version_max", kSchemaVersionMax},
      {"conflict_days_max", kConflictDaysMax},
      {"conflicts_max", kConflictsMax},
      {"history_days_max", kHistoryDaysMax},
      {"history_ops_max", kHistoryOpsMax},
      {"history_ops_default", kHistoryOpsDefault},
      {"indexes_max", kIndexesMax},
      {"index_fields_max", kIndexFieldsMax},
      {"index_value_bytes_max", kIndexValueBytesMax},
      {"query_cursor_bytes_max", kQueryCursorBytesMax},
      {"page_ops_default", kPullOpsDefault},
      {"page_ops_max", kPullOpsMax},
      {"fence_max", kFenceMax},
      {"through_max", kThroughMax},
      {"request_body_bytes_max", kRequestBytesMax},
      {"client_batch_bytes_max", kPushBytesMax},
      {"reply_header_bytes_max", kReplyHeaderBytesMax},
      {"reply_bytes_max", kReplyBytesMax},
      {"reply_decompressed_bytes_max", kReplyInflatedMax}};
  return kStated;
}

// What the vectors list and the engine has no constant for, with where it is held instead.
const std::set<std::string>& limits_held_elsewhere() {
  static const std::set<std::string> kElsewhere{
      "collection_bytes_min", "record_bytes_min", "map_key_bytes_min",  // slot_key.json
      "value_bytes_min",      "varint_bytes_max",                       // value.json
      "stamp_counter_max",                                              // stamp.json
      "pull_cursors_max"};                                              // pull.json
  return kElsewhere;
}

BOOST_AUTO_TEST_CASE(limits_are_those_of_the_vectors) {
  std::set<std::string> seen;
  for_each_case("limits.json", [&seen](const json::object& one) {
    only_members(one, {"name", "limit", "value"});
    const std::string limit = text(one, "limit");
    const auto stated = stated_limits().find(limit);
    if (stated != stated_limits().end()) {
      BOOST_TEST(stated->second == number(one.at("value")));
      seen.insert(limit);
    } else if (!limits_held_elsewhere().contains(limit)) {
      unknown("limit", limit);
    }
  });
  BOOST_TEST(seen.size() == stated_limits().size());
}

BOOST_AUTO_TEST_CASE(codes_are_those_of_the_specification) {
  const json::value document = json::parse(read_source_file("spec/codes.json"));
  std::set<std::string> listed;
  for (const json::value& item : document.at("codes").as_array()) {
    const json::object& one = item.as_object();
    const std::string name = text(one, "code");
    BOOST_TEST_CONTEXT(name) {
      only_members(one, {"code", "status", "retryable", "used_by", "meaning"});
      BOOST_TEST(listed.insert(name).second);
      const auto code = code_from_name(name);
      BOOST_REQUIRE(code.has_value());
      BOOST_TEST(std::string(code_name(*code)) == name);
      BOOST_TEST(code_retryable(*code) == one.at("retryable").as_bool());
    }
  }
  BOOST_REQUIRE(!listed.empty());
#define SYNCLINE_CODE(identifier, name) BOOST_TEST(listed.contains(name), name);
  SYNCLINE_CODES(SYNCLINE_CODE)
#undef SYNCLINE_CODE
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_code_is_none) {
  BOOST_TEST(!code_from_name("").has_value());
  BOOST_TEST(!code_from_name("KEY_MALFORMED").has_value());
  BOOST_TEST(!code_from_name("no_such_code").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
