#include "syncline/schema.hpp"

#include <boost/test/unit_test.hpp>

#include "syncline/limits.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(schema)

std::string document(const std::string& collection) {
  return R"({"name":"n","version":1,"collections":{"c":)" + collection + "}}";
}

// The message of a document that is refused as schema_invalid.
std::string fault(const std::string& json) {
  const auto parsed = Schema::parse(json);
  BOOST_TEST(code_of(parsed) == "schema_invalid");
  return message_of(parsed);
}

BOOST_AUTO_TEST_CASE(what_a_schema_declares_is_what_its_rules_say) {
  const Schema schema = must(Schema::parse(document(
      R"({"fields":{"a":{"merge":"counter","type":"integer"},"b":{"type":"string"}},
          "groups":{"g":{"fields":["x","y"]}},"delete":"edit_revives"})")));
  const CollectionRules& rules = schema.collection("c");
  BOOST_TEST((rules.field("a").merge == Merge::kCounter));
  BOOST_TEST((rules.field("a").type == FieldType::kInteger));
  BOOST_TEST((rules.field("b").merge == Merge::kLww));
  BOOST_TEST((rules.field("b").type == FieldType::kString));
  BOOST_TEST((rules.delete_rule == DeleteRule::kEditRevives));
  BOOST_REQUIRE(rules.group("x") != nullptr);
  BOOST_TEST(*rules.group("x") == "g");
  BOOST_TEST(rules.group("g") == nullptr);
  BOOST_TEST(schema.collection_names() == std::vector<std::string>{"c"});
}

BOOST_AUTO_TEST_CASE(what_is_not_declared_has_the_defaults) {
  const Schema schema = must(Schema::parse(document("{}")));
  for (const CollectionRules* rules : {&schema.collection("c"), &schema.collection("other")}) {
    BOOST_TEST((rules->field("f").merge == Merge::kLww));
    BOOST_TEST((rules->field("f").type == FieldType::kAny));
    BOOST_TEST((rules->delete_rule == DeleteRule::kEditLoses));
    BOOST_TEST(rules->group("f") == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(no_schema_has_no_identity) {
  BOOST_TEST(!Schema().id().has_value());
  BOOST_TEST(Schema().collection_names().empty());
}

BOOST_AUTO_TEST_CASE(a_schema_has_its_name_version_and_digest) {
  const Schema schema = must(Schema::parse(R"({"name":"health","version":7,"collections":{}})"));
  BOOST_REQUIRE(schema.id().has_value());
  BOOST_TEST(schema.id()->name == "health");
  BOOST_TEST(schema.id()->version == 7U);
  BOOST_TEST(schema.id()->digest.size() == 32U);
}

BOOST_AUTO_TEST_CASE(the_digest_does_not_depend_on_how_the_document_is_written) {
  const Schema a = must(Schema::parse(R"({"name":"n","version":1,"collections":{}})"));
  const Schema b =
      must(Schema::parse("{ \"version\" : 1,\n\"collections\":{}, \"name\":\"\\u006e\"}"));
  BOOST_TEST(a.id()->digest == b.id()->digest);
  const Schema c = must(Schema::parse(R"({"name":"n","version":2,"collections":{}})"));
  BOOST_TEST(a.id()->digest != c.id()->digest);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json_is_json_malformed) {
  BOOST_TEST(code_of(Schema::parse("{")) == "json_malformed");
}

BOOST_AUTO_TEST_CASE(a_document_above_its_limit_is_refused) {
  const std::string padding(kSchemaBytesMax, ' ');
  BOOST_TEST(fault(document("{}") + padding).find("document") != std::string::npos);
}

// Each fault of a document, and the place that its message has to name.
struct Fault {
  std::string json;
  std::string place;
};

BOOST_AUTO_TEST_CASE(every_message_names_the_place) {
  const std::vector<Fault> faults{
      {R"({"version":1,"collections":{}})", "name"},
      {R"({"name":"","version":1,"collections":{}})", "name"},
      {R"({"name":5,"version":1,"collections":{}})", "name"},
      {R"({"name":"n","version":0,"collections":{}})", "version"},
      {R"({"name":"n","version":1.0,"collections":{}})", "version"},
      {R"({"name":"n","version":2147483648,"collections":{}})", "version"},
      {R"({"name":"n","version":1})", "collections"},
      {R"({"name":"n","version":1,"collections":[]})", "collections"},
      {R"({"name":"n","version":1,"collections":{},"owner":1})", "owner"},
      {R"({"name":"n","version":1,"collections":{"":{}}})", "collections"},
      {document("5"), "collections.c"},
      {document(R"({"field":{}})"), "collections.c.field"},
      {document(R"({"fields":[]})"), "collections.c.fields"},
      {document(R"({"fields":{"f":1}})"), "collections.c.fields.f"},
      {document(R"({"fields":{"f":{"merge":"sum"}}})"), "collections.c.fields.f.merge"},
      {document(R"({"fields":{"f":{"merge":"group"}}})"), "collections.c.fields.f.merge"},
      {document(R"({"fields":{"f":{"merge":1}}})"), "collections.c.fields.f.merge"},
      {document(R"({"fields":{"f":{"type":"date"}}})"), "collections.c.fields.f.type"},
      {document(R"({"fields":{"f":{"type":"any"}}})"), "collections.c.fields.f.type"},
      {document(R"({"fields":{"f":{"unit":"kg"}}})"), "collections.c.fields.f.unit"},
      {document(R"({"fields":{"f":{"merge":"min","type":"string"}}})"),
       "collections.c.fields.f.type"},
      {document(R"({"fields":{"f":{"merge":"counter","type":"json"}}})"),
       "collections.c.fields.f.type"},
      {document(R"({"fields":{"a\u0001":{}}})"), "collections.c.fields"},
      {document(R"({"groups":{"g":{"fields":["a"]}}})"), "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{"fields":"ab"}}})"), "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{"fields":["a",1]}}})"), "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{"fields":["a","a"]}}})"), "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{}}})"), "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{"fields":["a","b"],"merge":"lww"}}})"),
       "collections.c.groups.g.merge"},
      {document(R"({"groups":{"g":{"fields":["a","b"]},"h":{"fields":["b","d"]}}})"),
       "collections.c.groups.h.fields"},
      {document(R"({"groups":{"g":{"fields":["a","b"]}},"fields":{"a":{"merge":"set"}}})"),
       "collections.c.groups.g.fields"},
      {document(R"({"groups":{"g":{"fields":["a","b"]}},"fields":{"g":{}}})"),
       "collections.c.groups.g"},
      {document(R"({"groups":{"g":{"fields":["a","b"]},"a":{"fields":["c","d"]}}})"),
       "collections.c.groups.a"},
      {document(R"({"delete":"never"})"), "collections.c.delete"},
      {document(R"({"delete":true})"), "collections.c.delete"}};
  for (const Fault& one : faults) {
    BOOST_TEST_CONTEXT(one.json) {
      const std::string message = fault(one.json);
      BOOST_TEST(message.find(one.place + ":") != std::string::npos, message);
    }
  }
}

BOOST_AUTO_TEST_CASE(names_of_strategies_and_types_are_those_of_documents) {
  BOOST_TEST(std::string(merge_name(Merge::kCounter)) == "counter");
  BOOST_TEST(std::string(merge_name(Merge::kGroup)) == "group");
  BOOST_TEST(std::string(type_name(FieldType::kNumber)) == "number");
}

BOOST_AUTO_TEST_CASE(a_type_accepts_its_own_values_alone) {
  const std::vector<Value> values{Value(true),       Value(1), Value(1.5),           Value("s"),
                                  Value(Bytes{"b"}), Value(),  Value(Value::Array())};
  const auto accepted = [&values](FieldType type) {
    std::string flags;
    for (const Value& value : values) flags += type_accepts(type, value) ? '1' : '0';
    return flags;
  };
  BOOST_TEST(accepted(FieldType::kBoolean) == "1000000");
  BOOST_TEST(accepted(FieldType::kInteger) == "0100000");
  BOOST_TEST(accepted(FieldType::kNumber) == "0110000");
  BOOST_TEST(accepted(FieldType::kString) == "0001000");
  BOOST_TEST(accepted(FieldType::kBytes) == "0000100");
  BOOST_TEST(accepted(FieldType::kJson) == "1111111");
  BOOST_TEST(accepted(FieldType::kAny) == "1111111");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
