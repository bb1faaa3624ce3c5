#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>
#include <string>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/limits.hpp"
#include "syncline/value.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline {

// How rapidcheck shows a counterexample.
inline void showValue(const Value& value, std::ostream& out) { out << value_to_json(value); }

}  // namespace syncline

namespace syncline::test {

// One well-formed character: of every length in UTF-8, and at the edges of their ranges.
inline rc::Gen<std::string> any_character() {
  return rc::gen::weightedOneOf<std::string>(
      {{6,
        rc::gen::map(rc::gen::inRange<char>('a', 'e'), [](char c) { return std::string(1, c); })},
       {2, rc::gen::element<std::string>(std::string(1, '\0'), "\n", "\"", "\\", "\x7F", " ")},
       {2, rc::gen::element<std::string>("\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                         "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
                                         "\xF4\x8F\xBF\xBF")}});
}

inline rc::Gen<std::string> any_text() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(any_character()),
                      [](const std::vector<std::string>& characters) {
                        std::string text;
                        for (const auto& character : characters) text += character;
                        return text;
                      });
}

inline rc::Gen<std::string> any_bytes() { return rc::gen::arbitrary<std::string>(); }

inline rc::Gen<std::int64_t> any_int64() {
  return rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(-3, 4), rc::gen::arbitrary<std::int64_t>(),
      rc::gen::element<std::int64_t>(INT64_MIN, INT64_MIN + 1, INT64_MAX, std::int64_t{1} << 53U));
}

// Every finite double, whatever its exponent.
inline rc::Gen<double> any_double() {
  return rc::gen::oneOf(
      rc::gen::suchThat(rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                     [](std::uint64_t bits) {
                                       // A multiplication spreads the small numbers that come
                                       // first.
                                       return std::bit_cast<double>(bits * 0x9E3779B97F4A7C15U);
                                     }),
                        [](double number) { return std::isfinite(number); }),
      rc::gen::element(0.0, -0.0, 1.0, -1.0, 0.1, 5e-324, 1.7976931348623157e308,
                       9007199254740992.0));
}

inline rc::Gen<Value> any_value(int depth = 4);

inline rc::Gen<Value> any_object(int depth) {
  return rc::gen::map(
      rc::gen::resize(4, rc::gen::container<std::vector<std::pair<std::string, Value>>>(
                             rc::gen::pair(any_text(), any_value(depth)))),
      [](std::vector<std::pair<std::string, Value>> members) {
        Value::Object object;
        for (auto& [name, member] : members) object.insert_or_assign(name, std::move(member));
        return Value(std::move(object));
      });
}

inline rc::Gen<Value> any_value(int depth) {
  auto scalar = rc::gen::oneOf(
      rc::gen::just(Value()), rc::gen::map<bool>([](bool b) { return Value(b); }),
      rc::gen::map(any_int64(), [](std::int64_t i) { return Value(i); }),
      rc::gen::map(any_double(), [](double d) { return Value(d); }),
      rc::gen::map(any_text(), [](const std::string& s) { return Value(s); }),
      rc::gen::map(any_bytes(), [](const std::string& s) { return Value(Bytes{s}); }));
  if (depth == 0) return scalar;
  auto array =
      rc::gen::map(rc::gen::resize(4, rc::gen::container<std::vector<Value>>(any_value(depth - 1))),
                   [](std::vector<Value> items) { return Value(Value::Array(std::move(items))); });
  return rc::gen::weightedOneOf<Value>({{4, scalar}, {1, array}, {1, any_object(depth - 1)}});
}

inline rc::Gen<std::string> any_name() {
  return rc::gen::element<std::string>("a", "b", "ab", "é", "long name", std::string(64, 'n'));
}

inline rc::Gen<Stamp> any_stamp() {
  return rc::gen::apply(
      [](std::int64_t milliseconds, std::uint16_t counter, std::uint64_t replica) {
        return Stamp{HybridTime(milliseconds, counter), static_cast<ReplicaId>(replica)};
      },
      rc::gen::inRange<std::int64_t>(0, 4), rc::gen::inRange<std::uint16_t>(0, 3),
      rc::gen::inRange<std::uint64_t>(1, 4));
}

inline rc::Gen<Op> any_op() {
  const auto element = rc::gen::map(
      any_bytes(), [](const std::string& bytes) { return bytes.substr(0, kElementBytesMax); });
  const auto value =
      rc::gen::map(rc::gen::maybe(any_value(2)), [](const rc::Maybe<Value>& written) {
        return written ? must(encode_value(*written)) : std::string(kTombstone);
      });
  return rc::gen::apply(
      [](const std::string& collection, const std::string& record, const std::string& field,
         const std::string& part, const Stamp& stamp, const std::string& encoded) {
        return Op{must(SlotKey::make(collection, record, field, part)), stamp, encoded};
      },
      any_name(), any_name(), any_name(), element, any_stamp(), value);
}

// Bytes that were changed in a few places: one replaced, taken out, put in, or the end cut off.
inline rc::Gen<std::string> changed(const std::string& bytes, const std::string& alphabet = {}) {
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::resize(
          5, rc::gen::container<std::vector<std::tuple<std::uint32_t, std::uint8_t, int>>>(
                 rc::gen::tuple(rc::gen::arbitrary<std::uint32_t>(),
                                rc::gen::oneOf(rc::gen::arbitrary<std::uint8_t>(),
                                               rc::gen::inRange<std::uint8_t>(0, 12)),
                                rc::gen::inRange(0, 4))))),
      [bytes, alphabet](const std::vector<std::tuple<std::uint32_t, std::uint8_t, int>>& changes) {
        std::string out = bytes;
        for (const auto& [where, byte, kind] : changes) {
          if (out.empty()) break;
          const std::size_t at = where * std::size_t{2654435761U} % out.size();
          const char character =
              alphabet.empty() ? static_cast<char>(byte) : alphabet[byte % alphabet.size()];
          if (kind == 0) out[at] = character;
          if (kind == 1) out.erase(at, 1);
          if (kind == 2) out.insert(at, 1, character);
          if (kind == 3 && at > out.size() / 2) out.resize(at);
        }
        return out;
      });
}

}  // namespace syncline::test
