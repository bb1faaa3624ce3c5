#include <array>
#include <string>
#include <vector>

#include "merge/record_slots.hpp"
#include "syncline/schema.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

// Slots of any elements, as a server may send them, under each strategy: what they resolve to, and
// what a change makes of them.

namespace {

constexpr std::array kMerges{"lww", "min",   "max",        "counter", "set",
                             "map", "multi", "merge_text", "list",    "custom:unknown"};
constexpr std::size_t kSlotsMax = 64;

std::string schema_of(std::string_view merge) {
  return R"({"name":"n","version":1,"collections":{"c":{"fields":{"f":{"merge":")" +
         std::string(merge) + R"("}}}}})";
}

std::string value_of(std::uint8_t choice) {
  switch (choice % 5) {
    case 0:
      return std::string(kTombstone);
    case 1:
      return *encode_value(Value(true));
    case 2:
      return *encode_value(Value(Value::Array{Value(1), Value(choice)}));
    case 3:
      return *encode_value(Value("x"));
    default:
      return *encode_value(Value(static_cast<int>(choice)));
  }
}

// An element is made of few ids, so that places hang from each other.
std::string element_of(fuzz::Choices& input) {
  const std::uint8_t shape = input.byte();
  if (shape % 4 == 0) return std::string(input.take(shape / 4));
  std::string element;
  for (int part = 0; part < shape % 4; ++part) {
    const std::uint8_t id = input.byte();
    if (part == 1) element.push_back(static_cast<char>(id >> 4U & 1U));
    element += std::string(17, '\0') + static_cast<char>(id % 8);
  }
  return element;
}

merge::RecordSlots read(fuzz::Choices& input) {
  merge::RecordSlots record;
  const Stamp first{HybridTime(1), ReplicaId{1}};
  record.load("", kLiveElement, {first, *encode_value(Value(true))});
  for (std::size_t i = 0; i < kSlotsMax && !input.is_empty(); ++i) {
    const std::string element = element_of(input);
    const Stamp stamp{HybridTime(2 + input.byte() % 4), ReplicaId{1}};
    record.load("f", element, {stamp, value_of(input.byte())});
  }
  return record;
}

// Whether what is read can be put back without a write.
bool puts_back(std::string_view merge) {
  return merge != "lww" && merge != "min" && merge != "max" && merge != "counter";
}

std::vector<strategy::Mutation> mutations(std::size_t size) {
  const std::vector<Value> items{Value("y"), Value(2)};
  return {strategy::Put{Value(Value::Array{Value("y"), Value(1), Value("x")})},
          strategy::Put{Value("y")},
          strategy::Put{Value(3)},
          strategy::Increment{2},
          strategy::Add{items},
          strategy::Remove{{Value("x")}},
          strategy::PutKey{"k", Value(1)},
          strategy::Insert{size / 2, items},
          strategy::Move{0, size - 1},
          strategy::PutAt{size / 2, Value("z")},
          strategy::RemoveAt{0, size},
          strategy::Put{Value(Value::Object{
              {"$slots", Value(Value::Array{Value(Value::Object{{"element", Value(Bytes{"e"})},
                                                                {"value", Value(1)}})})}})},
          strategy::Clear{}};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  merge::RecordSlots record = read(input);
  for (const char* merge : kMerges) {
    const auto schema = Schema::parse(schema_of(merge));
    const CollectionRules& rules = schema->collection("c");
    const auto before = record.resolve_fields(rules);
    const auto field = before.find("f");
    const auto* items = field == before.end() ? nullptr : field->second.if_array();
    const std::size_t size = items == nullptr ? 1 : items->size();
    if (field != before.end() && puts_back(merge)) {
      const auto done =
          record.write(rules, "f", strategy::Put{field->second}, Stamp{HybridTime(9), ReplicaId{2}},
                       [](std::string_view, std::string_view, const merge::Register&) {
                         fuzz::require(false, "what is read is put back without a write");
                       });
      fuzz::require(done.has_value(), "what is read can be put back");
    }
    for (const strategy::Mutation& mutation : mutations(size)) {
      const Stamp stamp{HybridTime(9), ReplicaId{2}};
      const auto done = record.write(
          rules, "f", mutation, stamp,
          [](std::string_view, std::string_view element, const merge::Register& written) {
            fuzz::require(check_element(element).has_value(), "an element fits");
            fuzz::require(is_tombstone(written.value) || check_value(written.value).has_value(),
                          "what is written is a register");
          });
      fuzz::require(done || !done.error().message.empty(), "an error says what is wrong");
      static_cast<void>(record.resolve_fields(rules));
      record.take_back();
      fuzz::require(record.resolve_fields(rules) == before, "what is taken back changed nothing");
    }
  }
  return 0;
}
