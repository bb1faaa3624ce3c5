#include <tuple>

#include "syncline/limits.hpp"
#include "syncline/slot.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t kKeyBytesMax =
    kCollectionBytesMax + kRecordBytesMax + kFieldBytesMax + kElementBytesMax + 3;

auto parts_of(const SlotKey& key) {
  return std::tuple(key.collection(), key.record(), key.field(), key.element());
}

Result<SlotKey> check_key(std::string_view bytes) {
  const auto parts = split_slot_key(bytes);
  auto key = SlotKey::parse(bytes);
  if (!key) {
    const Code code = key.error().code;
    fuzz::require(code == Code::kKeyMalformed || code == Code::kKeyTooLong, "a key's own codes");
    fuzz::require(!key.error().message.empty(), "an error says what is wrong");
    return key;
  }
  fuzz::require(key->bytes() == bytes, "a key is the bytes that it was parsed from");
  fuzz::require(bytes.size() <= kKeyBytesMax, "and within the limit");
  fuzz::require(parts.has_value(), "what parses can be split");
  fuzz::require(
      parts_of(*key) == std::tuple(parts->collection, parts->record, parts->field, parts->element),
      "parsing and splitting agree");
  fuzz::require(check_collection(key->collection()) && check_record(key->record()) &&
                    (key->field().empty() || check_field(key->field())) &&
                    check_element(key->element()),
                "each part is one by itself");
  const auto made = SlotKey::make(key->collection(), key->record(), key->field(), key->element());
  fuzz::require(made && *made == *key, "make(parts(x)) == x");
  return key;
}

}  // namespace

// The first byte says where the input is cut in two keys.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const std::size_t cut = input.byte();
  const auto first = check_key(cut == 0 ? input.rest() : input.take(cut));
  const auto second = check_key(input.rest());
  if (!first || !second) return 0;
  fuzz::require((*first <=> *second) == (parts_of(*first) <=> parts_of(*second)),
                "keys are in the order of their parts");
  return 0;
}
