#include "syncline/value.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "syncline/limits.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(value)

// The JSON inside that many arrays.
std::string inside_arrays(std::size_t count, const std::string& json) {
  return std::string(count, '[') + json + std::string(count, ']');
}

BOOST_AUTO_TEST_CASE(a_double_that_is_not_finite_cannot_be_encoded) {
  BOOST_TEST(code_of(encode_value(Value(std::nan("")))) == "value_not_finite");
  BOOST_TEST(code_of(encode_value(Value(std::numeric_limits<double>::infinity()))) ==
             "value_not_finite");
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_cannot_be_encoded) {
  BOOST_TEST(code_of(encode_value(Value("\xFF"))) == "string_not_utf8");
  BOOST_TEST(code_of(encode_value(Value(Value::Object{{"\xC0\x80", Value(1)}}))) ==
             "string_not_utf8");
}

BOOST_AUTO_TEST_CASE(a_value_above_its_limit_cannot_be_encoded) {
  // Tag and a length of three bytes.
  const std::string fits(kValueBytesMax - 4, 'x');
  BOOST_TEST(code_of(encode_value(Value(fits))) == "none");
  BOOST_TEST(code_of(encode_value(Value(fits + "x"))) == "value_too_large");
}

BOOST_AUTO_TEST_CASE(a_value_that_nests_too_deep_cannot_be_encoded) {
  Value deep = Value(Value::Array());
  for (std::size_t i = 1; i < kValueDepthMax; ++i) deep = Value(Value::Array{std::move(deep)});
  BOOST_TEST(code_of(encode_value(deep)) == "none");
  BOOST_TEST(code_of(encode_value(Value(Value::Array{deep}))) == "value_too_deep");
}

BOOST_AUTO_TEST_CASE(numbers_compare_by_their_exact_value) {
  const auto compare = [](const Value& a, const Value& b) { return compare_numbers(a, b); };
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  BOOST_TEST(compare(Value(1), Value(2)) < 0);
  BOOST_TEST(compare(Value(2), Value(2)) == 0);
  BOOST_TEST(compare(Value(1.5), Value(1)) > 0);
  BOOST_TEST(compare(Value(-1), Value(-1.5)) > 0);
  BOOST_TEST(compare(Value(-2), Value(-1.5)) < 0);
  BOOST_TEST(compare(Value(kMax), Value(9223372036854775808.0)) < 0);
  BOOST_TEST(compare(Value(-9223372036854775808.0), Value(kMin)) > 0);
  BOOST_TEST(compare(Value(std::int64_t{9007199254740993}), Value(9007199254740992.0)) > 0);
  BOOST_TEST(compare(Value(0.0), Value(-0.0)) == 0);
}

BOOST_AUTO_TEST_CASE(an_int64_comes_before_the_double_that_it_equals) {
  BOOST_TEST(compare_numbers(Value(1), Value(1.0)) < 0);
  BOOST_TEST(compare_numbers(Value(1.0), Value(1)) > 0);
}

BOOST_AUTO_TEST_CASE(the_message_about_bad_json_says_where) {
  const auto parsed = value_from_json(R"({"a": [1, 2,, 3]})");
  BOOST_TEST(code_of(parsed) == "json_malformed");
  BOOST_TEST(message_of(parsed).find("byte 12") != std::string::npos, message_of(parsed));
}

BOOST_AUTO_TEST_CASE(regression_bytes_may_stand_inside_sixteen_arrays_in_json) {
  const std::string json = inside_arrays(kValueDepthMax, R"({"$bytes":"AA=="})");
  const auto value = value_from_json(json);
  BOOST_REQUIRE_EQUAL(code_of(value), "none");
  BOOST_TEST(code_of(encode_value(*value)) == "none");
  BOOST_TEST(value_to_json(*value) == json);
  BOOST_TEST(code_of(value_from_json(inside_arrays(kValueDepthMax, R"({"a":1})"))) ==
             "value_too_deep");
  BOOST_TEST(code_of(value_from_json(inside_arrays(kValueDepthMax, R"({"$bytes":1})"))) ==
             "value_too_deep");
  BOOST_TEST(code_of(value_from_json(inside_arrays(kValueDepthMax, "{}"))) == "value_too_deep");
  BOOST_TEST(code_of(value_from_json(inside_arrays(kValueDepthMax, R"({"a":[]})"))) ==
             "value_too_deep");
}

BOOST_AUTO_TEST_CASE(regression_the_digits_of_a_number_can_outweigh_its_exponent) {
  const std::string zeros(400, '0');
  // 10^399 with a small negative exponent, and 10^-401 with a small positive one.
  BOOST_TEST(code_of(value_from_json("1" + zeros + "e-1")) == "number_out_of_range");
  BOOST_TEST(value_to_json(must(value_from_json("0." + zeros + "1e1"))) == "0.0");
  BOOST_TEST(value_to_json(must(value_from_json("-0." + zeros + "1E+1"))) == "-0.0");
  BOOST_TEST(value_to_json(must(value_from_json("1" + zeros + "e-400"))) == "1.0");
  BOOST_TEST(value_to_json(must(value_from_json("0." + zeros + "1e401"))) == "1.0");
  BOOST_TEST(code_of(value_from_json("1e99999999999999999999")) == "number_out_of_range");
}

BOOST_AUTO_TEST_CASE(a_number_out_of_range_is_told_by_its_place) {
  const auto message_of = [](std::string_view text) {
    return value_from_json(text).error().message;
  };
  BOOST_TEST(message_of("9223372036854775808") == "number does not fit in 64 bits");
  BOOST_TEST(message_of(R"({"a":1,"b":[0,{"c":9223372036854775808}]})") ==
             "b[1].c: number does not fit in 64 bits");
  BOOST_TEST(message_of(R"([[],1e99999999999999999999])") ==
             "[1]: number's exponent does not fit in 32 bits");
  // A name may be of any length, and of anything.
  const std::string name = R"(\u001b[2J)" + std::string(55, 'x') + "\xC3\xA9";
  const std::string shown = "?[2J" + std::string(55, 'x');
  BOOST_TEST(message_of("{\"" + name + "\":9223372036854775808}") ==
             shown + ": number does not fit in 64 bits");
  BOOST_TEST(message_of("{\"" + name + "\":1,\"" + name + "\":2}") ==
             "member \"" + shown + "\" is there twice");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
