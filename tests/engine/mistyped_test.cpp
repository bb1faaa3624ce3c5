#include "syncline/mistyped.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

constexpr std::string_view kSchema = R"({"name": "t", "version": 1, "collections": {"c": {
  "fields": {"name": {"type": "string"}, "tags": {"merge": "set", "type": "integer"},
             "sizes": {"merge": "map", "type": "number"}, "best": {"merge": "max", "type": "integer"},
             "notes": {"merge": "multi", "type": "string"}, "text": {"merge": "merge_text", "type": "string"},
             "steps": {"merge": "list", "type": "string"}, "own": {"merge": "custom:mine", "type": "string"},
             "drunk": {"merge": "counter"}, "any": {}, "from": {}, "to": {}},
  "groups": {"name_and_number": {"fields": ["from", "to"]}}}}})";

// record.field, and the declared type.
std::vector<std::string> found_in(const Store& store) {
  std::vector<std::string> found;
  must(read_mistyped(store, [&found](const Mistyped& one) {
    BOOST_TEST(one.collection == "c");
    found.push_back(one.record + "." + one.field + " " + std::string(type_name(one.declared)));
    return true;
  }));
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mistyped)

// What a device without the schema, or with another one, has written.
BOOST_AUTO_TEST_CASE(values_of_another_type_are_shown_and_stay) {
  Device device{std::string(kSchema)};
  device.put("c", "right", {{"name", Value("soup")}, {"sizes", Value(Fields{{"a", Value(1.5)}})}});
  device.increment("c", "right", "drunk", 3);
  device.patch("c", "right", {{"from", Value(1)}, {"to", Value("x")}, {"any", Value(2)}});
  const Stamp stamp = stamp_at(kPresentMs);
  const std::vector<Op> ops = {
      op_of("c", "wrong", "", stamp, Value(true), kLiveElement),
      op_of("c", "wrong", "name", stamp, Value(7)),
      op_of("c", "wrong", "best", stamp, Value("high"), "12345678"),
      op_of("c", "wrong", "sizes", stamp, Value("wide"), "waist"),
      op_of("c", "wrong", "tags", stamp, Value("red"), std::string(18, 't')),
      op_of("c", "wrong", "any", stamp, Value("x")),
  };
  take(device, page_of(ops, kPresentMs));
  const std::vector<std::string> expected = {"wrong.best integer", "wrong.name string",
                                             "wrong.sizes number", "wrong.tags integer"};
  const std::vector<std::string> found = found_in(device.store());
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  BOOST_TEST((found_in(device.store()) == expected));
}

BOOST_AUTO_TEST_CASE(the_places_of_a_list_and_what_only_the_app_knows_have_no_type) {
  Device device{std::string(kSchema)};
  device.put("c", "right", {{"notes", Value("a")}, {"text", Value("b")}});
  device.write([](Transaction& t) -> Result<void> {
    if (auto ok = t.add("c", "right", "steps", {Value("x"), Value("y")}); !ok) return ok;
    return t.move("c", "right", "steps", 1, 0);
  });
  const Stamp stamp = stamp_at(kPresentMs);
  const std::string tag(18, 't');
  take(device, page_of(std::vector<Op>{op_of("c", "wrong", "notes", stamp, Value(1), tag),
                                       op_of("c", "wrong", "own", stamp, Value(2), "any"),
                                       op_of("c", "wrong", "steps", stamp, Value(3),
                                             std::string(18, '\0') + '\1' + tag),
                                       op_of("c", "wrong", "text", stamp, Value(4), tag)},
                       kPresentMs));
  const std::vector<std::string> expected = {"wrong.notes string", "wrong.steps string",
                                             "wrong.text string"};
  const std::vector<std::string> found = found_in(device.store());
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_of_no_type) {
  Device device{std::string(kSchema)};
  take(device,
       page_of(remote_record("c", "r", "name", Value(7), stamp_at(kPresentMs)), kPresentMs));
  BOOST_TEST(found_in(device.store()).size() == 1U);
  device.write([](Transaction& t) { return t.clear("c", "r", "name"); });
  BOOST_TEST(found_in(device.store()).empty());
}

BOOST_AUTO_TEST_CASE(without_a_schema_nothing_is_of_another_type) {
  Device device;
  device.put("c", "r", {{"name", Value(7)}});
  BOOST_TEST(found_in(device.store()).empty());
}

BOOST_AUTO_TEST_CASE(the_visitor_ends_it) {
  Device device{std::string(kSchema)};
  const Stamp stamp = stamp_at(kPresentMs);
  take(device, page_of(std::vector<Op>{op_of("c", "r", "name", stamp, Value(7)),
                                       op_of("c", "s", "name", stamp, Value(7))},
                       kPresentMs));
  int shown = 0;
  must(read_mistyped(device.store(), [&shown](const Mistyped&) {
    ++shown;
    return false;
  }));
  BOOST_TEST(shown == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
