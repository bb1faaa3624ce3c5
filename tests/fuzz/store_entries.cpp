#include "query/index_list.hpp"
#include "replica/entries.hpp"
#include "replica/log_state.hpp"
#include "schema/former_rules.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;           // NOLINT(google-build-using-namespace)
using namespace syncline::replica;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view bytes = fuzz::bytes_of(data, size_bytes);
  if (const auto head = decode_head(bytes))
    fuzz::require(encode_head(*head) == bytes, "head: encode(decode(x)) == x");
  if (const auto slot = decode_slot(bytes, "key"))
    fuzz::require(encode_slot(*slot) == bytes, "slot: encode(decode(x)) == x");
  if (const auto entry = decode_outbox(bytes, "key"))
    fuzz::require(encode_outbox(*entry) == bytes, "outbox: encode(decode(x)) == x");
  if (const auto entry = decode_log(bytes, "key"))
    fuzz::require(encode_log(*entry) == bytes, "log: encode(decode(x)) == x");
  // The name of a code that a newer version wrote is read as another, so these two only read back.
  const auto aside = decode_aside(bytes, "key");
  if (aside) {
    const auto bytes_again = encode_aside(*aside);
    const auto again = decode_aside(bytes_again, "key");
    fuzz::require(again && *again == *aside, "op put aside: reads back");
  }
  if (const auto progress = decode_progress(bytes))
    fuzz::require(encode_progress(*progress) == bytes, "progress: encode(decode(x)) == x");
  if (const auto sequence = parse_sequence_key(bytes))
    fuzz::require(sequence_key(*sequence) == bytes, "sequence: encode(decode(x)) == x");
  if (const auto fence = decode_fence(bytes))
    fuzz::require(encode_fence(*fence) == bytes, "fence: encode(decode(x)) == x");
  if (const auto ancestors = decode_ancestors(bytes))
    fuzz::require(encode_ancestors(*ancestors) == bytes, "ancestors: encode(decode(x)) == x");
  if (const auto list = query::decode_indexes(bytes))
    fuzz::require(query::encode_indexes(*list) == bytes, "indexes: encode(decode(x)) == x");
  if (const auto former = schema::decode_former_rules(bytes))
    fuzz::require(schema::encode_former_rules(*former) == bytes, "former: encode(decode(x)) == x");
  if (const auto log = decode_log_state(bytes))
    fuzz::require(encode_log_state(*log) == bytes, "state of the log: encode(decode(x)) == x");
  const auto memory = decode_memory(bytes);
  if (memory)
    fuzz::require(decode_memory(encode_memory(*memory)).has_value(), "memory: reads back");
  return 0;
}
