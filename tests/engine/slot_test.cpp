#include "syncline/slot.hpp"

#include <boost/test/unit_test.hpp>

#include "syncline/batch.hpp"
#include "syncline/limits.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(slot)

BOOST_AUTO_TEST_CASE(the_message_names_the_part_that_is_at_fault) {
  BOOST_TEST(message_of(SlotKey::make("", "r", "f", "")).find("collection") != std::string::npos);
  BOOST_TEST(message_of(SlotKey::make("c", "", "f", "")).find("record") != std::string::npos);
  BOOST_TEST(message_of(SlotKey::make("c", "r", "\n", "")).find("field") != std::string::npos);
  BOOST_TEST(message_of(SlotKey::make("c", "r", "f", std::string(241, 'e'))).find("element") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(bytes_without_four_parts_are_no_key) {
  using namespace std::string_literals;
  BOOST_TEST(code_of(SlotKey::parse("")) == "key_malformed");
  BOOST_TEST(code_of(SlotKey::parse("c\0r\0f"s)) == "key_malformed");
  BOOST_TEST(!split_slot_key("c\0r\0f"s).has_value());
}

BOOST_AUTO_TEST_CASE(an_element_may_hold_zero_bytes) {
  using namespace std::string_literals;
  const SlotKey key = must(SlotKey::make("c", "r", "f", "\0\0x"s));
  BOOST_TEST((must(SlotKey::parse(key.bytes())).element() == "\0\0x"s));
}

BOOST_AUTO_TEST_CASE(regression_a_records_own_slot_is_live_or_dead) {
  BOOST_TEST(code_of(SlotKey::make("c", "r", "", "live")) == "none");
  BOOST_TEST(code_of(SlotKey::make("c", "r", "", "dead")) == "none");
  BOOST_TEST(code_of(SlotKey::make("c", "r", "", "")) == "key_malformed");
  BOOST_TEST(code_of(SlotKey::make("c", "r", "", "alive")) == "key_malformed");
}

BOOST_AUTO_TEST_CASE(only_sixteen_bytes_are_a_stamp) {
  BOOST_TEST(decode_stamp(std::string(16, 'a')).has_value());
  BOOST_TEST(!decode_stamp(std::string(15, 'a')).has_value());
  BOOST_TEST(!decode_stamp(std::string(17, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_time_is_held_to_forty_eight_bits) {
  BOOST_TEST(HybridTime(-1).milliseconds() == 0);
  BOOST_TEST(HybridTime(kMillisecondsMax + 1).milliseconds() == kMillisecondsMax);
  BOOST_TEST(HybridTime(5, 7).counter() == 7);
}

BOOST_AUTO_TEST_CASE(an_encoder_is_empty_after_it_has_finished) {
  BatchEncoder encoder;
  encoder.add(op_of("c", "r", "f", stamp_at(1), Value(1)));
  const std::string first = encoder.finish();
  BOOST_TEST(encoder.count() == 0U);
  encoder.add(op_of("c", "r", "f", stamp_at(1), Value(1)));
  BOOST_TEST((encoder.finish() == first));
}

BOOST_AUTO_TEST_CASE(a_batch_of_ones_own_is_refused_for_one_bad_op) {
  const Op good = op_of("c", "r", "f", stamp_at(1), Value(1));
  Op bad = op_of("c", "r", "g", stamp_at(1), Value(1));
  bad.value = "\x0A";
  const std::vector<Op> ops{good, bad};
  BOOST_TEST(code_of(decode_own_batch(encode_batch(ops))) == "value_malformed");
  BOOST_TEST(must(decode_batch(encode_batch(ops))).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
