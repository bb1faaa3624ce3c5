#include <vector>

#include "syncline/batch.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view bytes = fuzz::bytes_of(data, size_bytes);
  const auto decoded = decode_batch(bytes);
  if (!decoded) return 0;
  std::vector<Op> ops;
  for (const DecodedOp& item : *decoded) {
    fuzz::require(item.op.has_value() != item.error.has_value(), "an op or its error");
    if (item.op) {
      ops.push_back(*item.op);
      continue;
    }
    const auto kept = decode_batch(item.raw);
    fuzz::require(kept && kept->size() == 1 && kept->front().error &&
                      kept->front().error->code == item.error->code,
                  "what is kept of a bad op fails as it did");
  }
  if (ops.size() == decoded->size())
    fuzz::require(encode_batch(ops) == bytes, "encode(decode(x)) == x");
  return 0;
}
