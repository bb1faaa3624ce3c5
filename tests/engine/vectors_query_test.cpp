#include <boost/test/unit_test.hpp>

#include "query/index_key.hpp"
#include "query/index_list.hpp"
#include "query/places.hpp"
#include "syncline/schema.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/vectors.hpp"

// The keys of indexes, as spec/vectors/index_keys.json has them.

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(vectors)

struct Component {
  std::string bytes;
  bool cut = false;
};

Component component(const json::value& place, std::size_t fields) {
  Component made;
  const bool none = text(place.as_object(), "t") == "none";
  const Value value = none ? Value() : typed(place);
  made.cut =
      query::append_component(made.bytes, none ? nullptr : &value, query::component_room(fields));
  return made;
}

void run_entries(const json::object& one) {
  query::Index index;
  index.number = static_cast<std::uint32_t>(number(one.at("number")));
  for (const json::value& field : one.at("fields").as_array())
    index.fields.emplace_back(field.as_string().c_str());
  const std::string record = text(one, "record");
  const Value values = typed(one.at("values"));
  query::Places places;
  query::add_places(index, record, *values.if_object(), places);
  const json::array& entries = one.at("entries").as_array();
  BOOST_REQUIRE_EQUAL(places.size(), entries.size());
  auto place = places.begin();
  for (const json::value& item : entries) {
    only_members(item.as_object(), {"key", "flags"});
    BOOST_TEST(to_hex_text(place->first) == text(item.as_object(), "key"));
    BOOST_TEST(place->second == static_cast<unsigned>(number(item.at("flags"))));
    const auto parts = query::split_index_key(place->first, index.fields.size());
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST(parts->number == index.number);
    BOOST_TEST(parts->record == record);
    ++place;
  }
}

void run_index_key(const json::object& one) {
  only_members(one, {"name", "kind", "place", "fields", "component", "cut", "less", "greater",
                     "one", "other", "number", "record", "values", "entries", "schema",
                     "collection", "index", "digest"});
  const std::string kind = text(one, "kind");
  if (kind == "component") {
    const auto made =
        component(one.at("place"), static_cast<std::size_t>(number(one.at("fields"))));
    BOOST_TEST(to_hex_text(made.bytes) == text(one, "component"));
    BOOST_TEST(made.cut == one.at("cut").as_bool());
  } else if (kind == "order") {
    BOOST_TEST((component(one.at("less"), 1).bytes < component(one.at("greater"), 1).bytes));
  } else if (kind == "same") {
    BOOST_TEST((component(one.at("one"), 1).bytes == component(one.at("other"), 1).bytes));
  } else if (kind == "entries") {
    run_entries(one);
  } else if (kind == "digest") {
    const auto schema = must(Schema::parse(json::serialize(one.at("schema"))));
    const std::string collection = text(one, "collection");
    BOOST_TEST(query::index_digest(collection, text(one, "index"), schema.collection(collection)) ==
               text(one, "digest"));
  } else {
    unknown("kind", kind);
  }
}

BOOST_AUTO_TEST_CASE(keys_of_indexes_are_those_of_the_vectors) {
  for_each_case("index_keys.json", run_index_key);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
