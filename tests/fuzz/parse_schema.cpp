#include "syncline/schema.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view json = fuzz::bytes_of(data, size_bytes);
  const auto schema = Schema::parse(json);
  if (!schema) {
    fuzz::require(!schema.error().message.empty(), "an error says what is wrong");
    return 0;
  }
  fuzz::require(schema->id() && schema->id()->digest.size() == 32, "a schema has a digest");
  for (const std::string& name : schema->collection_names()) {
    const CollectionRules& rules = schema->collection(name);
    for (const auto& [part, group] : rules.group_of) {
      fuzz::require(rules.groups.contains(group), "a part is in a group that there is");
      fuzz::require(rules.field(part).merge == Merge::kLww, "a part is lww");
    }
  }
  const auto document = value_from_json(json);
  const auto again = Schema::parse(value_to_json(*document));
  fuzz::require(again && again->id() == schema->id(), "the digest is that of the document");
  return 0;
}
