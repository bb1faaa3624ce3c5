#include <algorithm>
#include <zlib.h>

#include "gzip.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

constexpr int kWindowBitsGzip = 15 + 16;
constexpr int kMemoryLevel = 8;
constexpr std::size_t kContentMax = 256 * 1024;

std::string gzip(std::string_view content, int level) {
  z_stream stream{};
  const int ready =
      deflateInit2(&stream, level, Z_DEFLATED, kWindowBitsGzip, kMemoryLevel, Z_DEFAULT_STRATEGY);
  fuzz::require(ready == Z_OK, "zlib can be used");
  std::string compressed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  fuzz::require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "content can be compressed");
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

void check_gunzip(std::string_view compressed) {
  const auto content = https::gunzip(compressed, kContentMax);
  if (!content) {
    const Code code = content.error().code;
    fuzz::require(code == Code::kResponseMalformed || code == Code::kResponseTooLarge,
                  "only bytes that are none fail");
    return;
  }
  fuzz::require(content->size() <= kContentMax, "the content is within the limit");
  const auto exactly = https::gunzip(compressed, content->size());
  fuzz::require(exactly && *exactly == *content, "a limit is the greatest size that it allows");
  fuzz::require(content->empty() || !https::gunzip(compressed, content->size() - 1),
                "and no greater one");
  fuzz::require(!https::gunzip(compressed.substr(0, compressed.size() - 1), kContentMax),
                "nothing is missing");
  fuzz::require(!https::gunzip(std::string(compressed) + '\0', kContentMax),
                "nothing is left over");
}

// What was compressed comes back, and never as something else.
void check_round_trip(std::string_view content, std::uint8_t choice) {
  std::string compressed = gzip(content, choice % 10);
  const auto whole = https::gunzip(compressed, content.size());
  fuzz::require(whole && *whole == content, "what was compressed comes back");
  check_gunzip(compressed);
  const std::size_t at = choice * compressed.size() / 256;
  compressed[at] = static_cast<char>(compressed[at] ^ (1 << choice % 8));
  const auto damaged = https::gunzip(compressed, kContentMax);
  fuzz::require(!damaged || *damaged == content, "a flipped bit does not change the content");
}

}  // namespace

// An odd first byte says that the rest is content to compress; otherwise it is compressed already.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const std::uint8_t choice = input.byte();
  if (choice % 2 == 0) {
    check_gunzip(input.rest());
  } else {
    check_round_trip(input.rest(), choice);
  }
  return 0;
}
