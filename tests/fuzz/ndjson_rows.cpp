#include "tests/fuzz/row_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

// The first byte says whether the lines name their collection.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const std::string collection = input.byte() % 2 == 0 ? "*" : "c";
  std::istringstream stream{std::string(input.rest())};
  fuzz::Importer importer;
  const auto rows = cli::open_ndjson_rows(stream, collection);
  static_cast<void>(importer.import_all(*rows));
  importer.check_export();
  return 0;
}
