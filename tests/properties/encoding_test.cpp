#include <optional>

#include "replica/entries.hpp"
#include "tests/properties/generators.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(encoding)

RC_BOOST_PROP(a_value_is_what_its_encoding_decodes_to, ()) {
  const Value value = *any_value();
  const std::string encoded = must(encode_value(value));
  const Value decoded = must(decode_value(encoded));
  RC_ASSERT(must(encode_value(decoded)) == encoded);
  RC_ASSERT(decoded == value);
  RC_ASSERT(check_value(encoded).has_value());
}

RC_BOOST_PROP(no_encoding_of_a_value_is_a_prefix_of_another, ()) {
  const std::string a = must(encode_value(*any_value(2)));
  const std::string b = must(encode_value(*any_value(2)));
  RC_ASSERT(a == b || !(a.starts_with(b) || b.starts_with(a)));
}

RC_BOOST_PROP(bytes_that_decode_are_the_encoding_of_what_they_decode_to, ()) {
  const std::string bytes =
      *rc::gen::oneOf(any_bytes(), rc::gen::mapcat(any_value(), [](const Value& value) {
                        return changed(must(encode_value(value)));
                      }));
  const auto decoded = decode_value(bytes);
  RC_ASSERT(check_value(bytes).has_value() == decoded.has_value());
  RC_CLASSIFY(decoded.has_value());
  if (decoded) RC_ASSERT(must(encode_value(*decoded)) == bytes);
}

RC_BOOST_PROP(integers_are_ordered_as_their_encodings, ()) {
  const std::int64_t a = *any_int64();
  const std::int64_t b = *any_int64();
  RC_ASSERT((a < b) == (must(encode_value(Value(a))) < must(encode_value(Value(b)))));
}

RC_BOOST_PROP(doubles_are_ordered_as_their_encodings, ()) {
  const double a = *any_double();
  const double b = *any_double();
  // -0.0 and 0.0 are equal numbers and two values.
  if (a == b) return;
  RC_ASSERT((a < b) == (must(encode_value(Value(a))) < must(encode_value(Value(b)))));
}

RC_BOOST_PROP(numbers_have_one_order, ()) {
  const auto number =
      rc::gen::oneOf(rc::gen::map(any_int64(), [](std::int64_t i) { return Value(i); }),
                     rc::gen::map(any_double(), [](double d) { return Value(d); }));
  const Value a = *number;
  const Value b = *number;
  const Value c = *number;
  const auto sign = [](int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  RC_ASSERT(sign(compare_numbers(a, b)) == -sign(compare_numbers(b, a)));
  if (compare_numbers(a, b) <= 0 && compare_numbers(b, c) <= 0)
    RC_ASSERT(compare_numbers(a, c) <= 0);
}

RC_BOOST_PROP(a_value_is_what_its_json_parses_to, ()) {
  const Value value = *any_value();
  const std::string json = value_to_json(value);
  const Value parsed = must(value_from_json(json));
  RC_ASSERT(must(encode_value(parsed)) == must(encode_value(value)));
  RC_ASSERT(value_to_json(parsed) == json);
}

RC_BOOST_PROP(json_that_parses_is_written_and_parses_again, ()) {
  const std::string json =
      *rc::gen::oneOf(any_bytes(), rc::gen::mapcat(any_value(), [](const Value& value) {
                        return changed(value_to_json(value), "01.eE-+[]{},:\"\\ a");
                      }));
  const auto parsed = value_from_json(json);
  RC_CLASSIFY(parsed.has_value());
  if (!parsed) return;
  const std::string written = value_to_json(*parsed);
  RC_ASSERT(value_to_json(must(value_from_json(written))) == written);
}

RC_BOOST_PROP(ops_are_what_their_batch_decodes_to, ()) {
  const auto ops = *rc::gen::container<std::vector<Op>>(any_op());
  const std::string batch = encode_batch(ops);
  RC_ASSERT(must(decode_own_batch(batch)) == ops);
  BatchEncoder encoder;
  for (const Op& op : ops) {
    encoder.add(op);
    RC_ASSERT(encoder.size_bytes() <= batch.size());
  }
  RC_ASSERT(encoder.finish() == batch);
}

RC_BOOST_PROP(a_batch_that_decodes_is_the_encoding_of_its_ops, ()) {
  const std::string batch = *rc::gen::oneOf(
      any_bytes(),
      rc::gen::mapcat(rc::gen::container<std::vector<Op>>(any_op()),
                      [](const std::vector<Op>& ops) { return changed(encode_batch(ops)); }));
  const auto decoded = decode_batch(batch);
  RC_CLASSIFY(decoded.has_value());
  if (!decoded) return;
  std::vector<Op> ops;
  for (const DecodedOp& item : *decoded) {
    RC_ASSERT(item.op.has_value() != item.error.has_value());
    if (item.op) {
      ops.push_back(*item.op);
    } else {
      const auto kept = must(decode_batch(item.raw));
      RC_ASSERT(kept.size() == 1U);
      RC_ASSERT(kept.front().error.has_value());
      RC_ASSERT(kept.front().error->code == item.error->code);
    }
  }
  if (ops.size() == decoded->size()) RC_ASSERT(encode_batch(ops) == batch);
}

RC_BOOST_PROP(slot_keys_are_ordered_as_their_parts, ()) {
  const auto part = rc::gen::element<std::string>("a", "a!", "ab", "b", "é", " ");
  const auto parts = rc::gen::tuple(part, part, part, any_bytes());
  const auto a = *parts;
  const auto b = *parts;
  const auto key = [](const auto& path) {
    return must(
        SlotKey::make(std::get<0>(path), std::get<1>(path), std::get<2>(path), std::get<3>(path)));
  };
  RC_ASSERT((a < b) == (key(a) < key(b)));
  RC_ASSERT(must(SlotKey::parse(key(a).bytes())) == key(a));
}

RC_BOOST_PROP(what_is_stored_decodes_to_what_was_encoded, ()) {
  using namespace replica;  // NOLINT(google-build-using-namespace)
  const std::string text = *rc::gen::nonEmpty(any_bytes());
  const auto number = *rc::gen::arbitrary<std::uint64_t>();
  const Stamp stamp = *any_stamp();
  const std::string slot_bytes = encode_slot({number, stamp, text});
  const SlotEntry decoded = must(decode_slot(slot_bytes, "key"));
  RC_ASSERT(decoded.sequence == number);
  RC_ASSERT(decoded.stamp == stamp);
  RC_ASSERT(decoded.value == text);
  const std::string outbox_bytes = encode_outbox({number, text});
  RC_ASSERT(must(decode_outbox(outbox_bytes, "key")).commit == number);
  RC_ASSERT(must(decode_outbox(outbox_bytes, "key")).slot_key == text);
  const OutboxEntry with_base{number, text, *rc::gen::element(stamp, kOfferedAgain)};
  RC_ASSERT(must(decode_outbox(encode_outbox(with_base), "key")) == with_base);
  const AsideEntry aside = *rc::gen::element(
      AsideEntry{Code::kStampInFuture, text}, AsideEntry{Code::kStampInFuture, text, number},
      AsideEntry{Code::kValueTooLarge, text, {}, with_base.base});
  RC_ASSERT(must(decode_aside(encode_aside(aside), "key")) == aside);
  const Head head{{HybridTime::from_packed(number), HybridTime::from_packed(~number),
                   static_cast<std::int64_t>(number)},
                  number / 2};
  RC_ASSERT(must(decode_head(encode_head(head))) == head);
  const Progress progress{text, {{"*", text}, {text, ""}}};
  RC_ASSERT(must(decode_progress(encode_progress(progress))) == progress);
}

// Each decoder of a stored entry answers any bytes, and what it accepts it would have written.
RC_BOOST_PROP(stored_bytes_that_decode_are_what_would_be_stored, ()) {
  using namespace replica;  // NOLINT(google-build-using-namespace)
  const std::string text = *any_bytes();
  const std::string whole = *rc::gen::element(
      encode_head({}), encode_slot({7, {}, text}), encode_outbox({7, text}),
      encode_outbox({7, text, *any_stamp()}), encode_outbox({7, text, kOfferedAgain}),
      encode_aside({Code::kValueMalformed, text}), encode_aside({Code::kStampInFuture, text, 7}),
      encode_aside({Code::kValueMalformed, text, {}, *any_stamp()}),
      encode_log({LogOrigin::kRemote, text}), encode_progress({text, {{"*", text}, {"c", "d"}}}));
  const std::string bytes = *rc::gen::oneOf(changed(whole), any_bytes());
  if (const auto head = decode_head(bytes)) RC_ASSERT(encode_head(*head) == bytes);
  if (const auto slot = decode_slot(bytes, "k")) RC_ASSERT(encode_slot(*slot) == bytes);
  if (const auto entry = decode_outbox(bytes, "k")) RC_ASSERT(encode_outbox(*entry) == bytes);
  if (const auto entry = decode_aside(bytes, "k")) {
    // The name of a code that a newer version wrote is read as another.
    RC_ASSERT(must(decode_aside(encode_aside(*entry), "k")) == *entry);
  }
  if (const auto entry = decode_log(bytes, "k")) RC_ASSERT(encode_log(*entry) == bytes);
  if (const auto progress = decode_progress(bytes)) RC_ASSERT(encode_progress(*progress) == bytes);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
