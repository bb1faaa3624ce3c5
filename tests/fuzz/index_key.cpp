#include "query/index_key.hpp"

#include <map>
#include <vector>

#include "query/places.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"
#include "syncline/value.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

// Where a value stands, with nothing of keys in it (spec/indexes.md, Order).
int rank_of(const Value& value) {
  if (!query::has_place(value)) return 0;
  if (value.is_null()) return 1;
  if (const auto* boolean = value.if_bool()) return *boolean ? 3 : 2;
  if (value.if_int64() != nullptr || value.if_double() != nullptr) return 4;
  return value.if_string() != nullptr ? 5 : 6;
}

long double number_of(const Value& value) {
  // 64 bits of mantissa hold both types.
  const auto* integer = value.if_int64();
  return integer != nullptr ? static_cast<long double>(*integer)
                            : static_cast<long double>(*value.if_double());
}

std::string_view text_of(const Value& value) {
  return value.if_string() != nullptr ? std::string_view(*value.if_string())
                                      : std::string_view(value.if_bytes()->data);
}

int sign(bool less, bool greater) { return less ? -1 : greater ? 1 : 0; }

int compare(const Value& a, const Value& b) {
  const int a_rank = rank_of(a);
  const int b_rank = rank_of(b);
  if (a_rank != b_rank || a_rank < 4) return sign(a_rank<b_rank, a_rank> b_rank);
  if (a_rank == 4) return sign(number_of(a) < number_of(b), number_of(a) > number_of(b));
  return sign(text_of(a) < text_of(b), text_of(a) > text_of(b));
}

// Any bytes as a key: what can be taken apart is the sum of its parts.
void check_split(std::string_view bytes, std::size_t fields) {
  const auto parts = query::split_index_key(bytes, fields);
  if (!parts) return;
  std::string joined;
  query::append_index_number(joined, parts->number);
  joined.append(parts->components).append(parts->record);
  fuzz::require(joined == bytes, "join(split(x)) == x");
  fuzz::require(check_record(parts->record).has_value(), "the record is a name");
  fuzz::require(query::number_of_index_key(bytes) == parts->number, "the number comes first");
}

// Two values: their components are in their order, whatever comes behind them in a key.
void check_order(const Value& a, const Value& b, std::size_t fields) {
  std::string a_whole;
  std::string b_whole;
  query::append_component(a_whole, &a, query::kUncut);
  query::append_component(b_whole, &b, query::kUncut);
  fuzz::require(sign(a_whole<b_whole, a_whole> b_whole) == compare(a, b),
                "components are in the order of their values");
  // The least and the greatest byte that a tag or a name begins with.
  fuzz::require(compare(a, b) >= 0 || a_whole + '\xF4' < b_whole + '\x01',
                "what comes behind them does not decide");
  std::string a_cut;
  std::string b_cut;
  query::append_component(a_cut, &a, query::component_room(fields));
  query::append_component(b_cut, &b, query::component_room(fields));
  fuzz::require(a_cut.size() <= kIndexValueBytesMax / fields + 3, "a component has its bound");
  fuzz::require(compare(a, b) > 0 || a_cut <= b_cut, "cut, they are never the other way round");
}

// A record with two fields: every place can be taken apart again, and its key fits into a store.
void check_places(const Value& a, const Value& b) {
  query::Index index;
  index.number = 9;
  index.fields = {"a", "b"};
  query::Places places;
  query::add_places(index, std::string(kRecordBytesMax, 'r'), {{"a", a}, {"b", b}}, places);
  fuzz::require(!places.empty(), "a record has a place");
  for (const auto& [key, flags] : places) {
    fuzz::require(key.size() <= 499, "a store takes the key");
    fuzz::require(query::split_index_key(key, 2).has_value(), "a key can be taken apart");
    fuzz::require(((flags & query::kHasOthersFlag) != 0) == (places.size() > 1),
                  "a flag says that there are others");
  }
}

}  // namespace

// The first byte says how many fields; the second where the input is cut in two.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const std::size_t fields = 1 + input.byte() % kIndexFieldsMax;
  const std::size_t cut = input.byte();
  const std::string_view first = input.take(cut);
  const std::string_view second = input.rest();
  check_split(second, fields);
  query::Index index;
  index.number = 1;
  index.digest = std::string(32, 'd');
  index.fields.assign(fields, "f");
  const auto behind = query::decode_cursor(index, false, second);
  if (behind) {
    query::Range range;
    range.index = index;
    fuzz::require(query::cursor_behind(range, *behind) == second, "encode(decode(x)) == x");
  }
  const auto a = decode_value(first);
  const auto b = decode_value(second);
  if (!a || !b) return 0;
  check_order(*a, *b, fields);
  check_order(*b, *a, fields);
  check_places(*a, *b);
  return 0;
}
