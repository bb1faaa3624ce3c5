#include "syncline/value.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto value = value_from_json(fuzz::bytes_of(data, size_bytes));
  if (!value) return 0;
  const std::string written = value_to_json(*value);
  const auto again = value_from_json(written);
  fuzz::require(again.has_value(), "what is written parses");
  fuzz::require(value_to_json(*again) == written, "and is written as before");
  const auto encoded = encode_value(*value);
  if (encoded) fuzz::require(encode_value(*again) == *encoded, "and is the same value");
  return 0;
}
