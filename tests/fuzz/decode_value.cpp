#include "syncline/value.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view bytes = fuzz::bytes_of(data, size_bytes);
  const auto value = decode_value(bytes);
  const auto checked = check_value(bytes);
  fuzz::require(checked.has_value() == value.has_value(), "checking and decoding agree");
  if (!value) {
    fuzz::require(checked.error().code == value.error().code, "they agree on the error");
    return 0;
  }
  const auto encoded = encode_value(*value);
  fuzz::require(encoded && *encoded == bytes, "encode(decode(x)) == x");
  const auto parsed = value_from_json(value_to_json(*value));
  fuzz::require(parsed.has_value(), "the JSON of a value parses");
  return 0;
}
